//! Claims of Ji & Telgarsky on runs that nobody made for them, and facts about single statements.

mod flows;
mod gradient;
mod limits;
mod own_run;
mod points;
mod rank_one;
mod structure;
