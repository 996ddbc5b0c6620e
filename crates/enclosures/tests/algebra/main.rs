//! Certified singular values and vectors, eigenvalues, powers and linear systems against matrices whose answers are known
//! exactly.

mod exact;
mod f64_matrices;
mod f64_routines;
mod nalgebra_svd;
mod powers;
mod precision;
mod snapshots;
mod symmetric;
mod systems;
mod values;
mod vectors;
mod windows;

use enclosures::algebra::elimination::solve;
use enclosures::number::Matrix;
