//! Claims about chance: what the harness decides by formulas and by samples, and what it decides of Arora et al.'s section on
//! random initialisation.

mod decisions;
mod formulas;
mod random_initialisation;
