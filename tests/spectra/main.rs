//! Certified singular values and vectors against matrices whose decomposition is known exactly.

mod exact;
mod nalgebra_svd;
mod powers;
mod symmetric;
mod values;
mod vectors;

use gradient_witness::problem::Matrix;
use gradient_witness::reference::exact_algebra::solve;
