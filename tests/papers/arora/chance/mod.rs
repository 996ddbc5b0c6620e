//! Arora et al.'s section on random initialisation.

mod formulas;
mod random_initialisation;
