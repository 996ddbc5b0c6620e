//! The lemmas behind Arora, Cohen, Golowich & Hu's Theorem 1, and what goes wrong without its hypotheses.

mod counterexamples;
mod floating_point;
mod instances;
mod own_runs;
mod tightness;
