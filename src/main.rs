//! The command line `witness`.
fn main() {}
