//! The command line `witness`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gradient_witness::cli::main()
}
