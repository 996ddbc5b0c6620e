//! Claims of Arora, Cohen, Golowich & Hu on set-up, Theorem 1, Lemma 2 and the flow, on runs that nobody made for them; and Theorem 1 to its
//! very end.

mod chance;
mod hypotheses;
mod lemmas;
mod long_runs;
mod own_runs;
mod reasons;
