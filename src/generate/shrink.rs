//! What was drawn, made simpler by its choices.
//!
//! A list of choices is simpler than another if it is shorter, or as long and smaller where they first differ. What is chosen first says
//! how much is chosen later, so the shorter list mostly makes the smaller thing, with fewer layers, units or examples; and smaller
//! choices make rounder numbers and plainer structures. Hypothesis shrinks like this (MacIver & Donaldson, Test-Case Reduction via
//! Test-Case Generation, 2020). How many steps a run takes need not have been chosen, and is tried apart.

use std::collections::HashSet;

use super::{Instance, Look, Random, Source};
use crate::panics::caught;

/// Blocks of so many choices are left out.
const BLOCKS: [usize; 5] = [16, 8, 4, 2, 1];

/// A choice is made smaller in so many ways: all later ones stay, one of the next few is left out (one layer less needs one width less),
/// or the later ones are drawn anew, a few times (smaller layers need other entries).
const WAYS: usize = 1 + LEFT_OUT + ANEW;
const LEFT_OUT: usize = 4;
const ANEW: usize = 2;

/// A search for the simplest instance that fails, one proposal at a time.
///
/// ```
/// use gradient_witness::generate::{Family, Shrinker};
/// let family = Family::Points;
/// let mut shrinker = Shrinker::new(&family, 1, 5).expect("a family has an instance for every number");
/// while let Some(simpler) = shrinker.next(&family) {
///     let fails = simpler.problem.depth() >= 3;
///     shrinker.learn(fails);
/// }
/// let layers = shrinker.best().problem.initial();
/// assert_eq!(layers.iter().map(|layer| layer.entries().len()).collect::<Vec<_>>(), [1, 1, 1]);
/// ```
#[derive(Clone, Debug)]
pub struct Shrinker {
    name: String,
    seed: u64,
    index: u64,
    best: Case,
    has_found: bool,
    proposal: Option<Case>,
    /// What was proposed before.
    seen: HashSet<(Vec<u64>, u64)>,
    pass: Pass,
    /// The choice that is made smaller, or how many choices follow the block that is left out.
    place: usize,
    /// How many changes were tried there.
    tried: usize,
    /// Whether anything was found since the first pass began.
    has_found_lately: bool,
}

/// An instance, and the choices that it is made of.
#[derive(Clone, Debug)]
struct Case {
    instance: Instance,
    choices: Vec<u64>,
}

/// What is tried, one after the other, until nothing is found any more.
#[derive(Clone, Copy, Debug)]
enum Pass {
    /// Fewer steps.
    Steps,
    /// Smaller choices, from the first to the last.
    Smaller,
    /// Blocks of choices left out, from the last to the first: the number says of which size.
    LeftOut(usize),
    /// Nothing.
    Over,
}

impl Shrinker {
    /// Begins at the instance of `source` with this seed and number, which fails; `None` if there is none.
    #[must_use]
    pub fn new<S: Source + ?Sized>(source: &S, seed: u64, index: u64) -> Option<Self> {
        let name = source.name();
        let mut random = Random::new(&name, seed, index);
        let instance = source.draw(&mut random)?;
        let best = Case { instance, choices: random.choices().to_vec() };
        Some(Self {
            name,
            seed,
            index,
            best,
            has_found: false,
            proposal: None,
            seen: HashSet::new(),
            pass: Pass::Steps,
            place: 0,
            tried: 0,
            has_found_lately: false,
        })
    }

    /// The simplest instance that is known to fail.
    #[must_use]
    pub fn best(&self) -> &Instance {
        &self.best.instance
    }

    /// That instance, unless it is the first.
    #[must_use]
    pub fn found(self) -> Option<Instance> {
        self.has_found.then_some(self.best.instance)
    }

    /// A simpler instance than the best of `source`, of which is to be [learnt](Self::learn) whether it fails; `None` if there is nothing
    /// left to try.
    pub fn next<S: Source + ?Sized>(&mut self, source: &S) -> Option<&Instance> {
        self.proposal = None;
        while self.proposal.is_none() && !matches!(self.pass, Pass::Over) {
            match self.change() {
                Some((random, steps)) => {
                    self.tried += 1;
                    self.proposal = self.simpler(source, random, steps);
                }
                None => self.go_on(),
            }
        }
        self.proposal.as_ref().map(|case| &case.instance)
    }

    /// Takes the last proposal for the best if it fails.
    pub fn learn(&mut self, fails: bool) {
        if fails && let Some(case) = self.proposal.take() {
            self.best = case;
            (self.has_found, self.has_found_lately) = (true, true);
            self.tried = 0;
        }
    }

    /// The next change at this place: where to draw from, and how many steps to take at most; `None` if there is none.
    fn change(&self) -> Option<(Random, u64)> {
        let Case { instance, choices } = &self.best;
        let steps = instance.look.steps();
        let choosing = |choices| Random::choosing(&self.name, self.seed, self.index, choices);
        match self.pass {
            Pass::Steps => {
                let fewer = *[1, steps / 8, steps / 2, steps.saturating_sub(1)].get(self.tried)?;
                Some((choosing(choices.clone()), fewer.max(1)))
            }
            Pass::Smaller => {
                let smaller = *smaller(*choices.get(self.place)?).get(self.tried / WAYS)?;
                let mut choices = choices.clone();
                choices[self.place] = smaller;
                let random = match self.tried % WAYS {
                    0 => choosing(choices),
                    way @ 1..=LEFT_OUT => {
                        let next = (self.place + way).min(choices.len());
                        choices.drain(next..choices.len().min(next + 1));
                        choosing(choices)
                    }
                    way => {
                        choices.truncate(self.place + 1);
                        Random::beginning(&self.name, self.seed, self.index, choices, way as u64)
                    }
                };
                Some((random, steps))
            }
            Pass::LeftOut(block) if self.tried == 0 => {
                let end = choices.len().checked_sub(self.place)?;
                let begin = end.checked_sub(BLOCKS[block])?;
                Some((choosing([&choices[..begin], &choices[end..]].concat()), steps))
            }
            Pass::LeftOut(_) | Pass::Over => None,
        }
    }

    /// Goes to the next place, or to the next pass.
    fn go_on(&mut self) {
        self.tried = 0;
        self.place += 1;
        if self.place < self.best.choices.len() && !matches!(self.pass, Pass::Steps) {
            return;
        }
        self.place = 0;
        self.pass = match self.pass {
            Pass::Steps => Pass::Smaller,
            Pass::Smaller => Pass::LeftOut(0),
            Pass::LeftOut(block) if block + 1 < BLOCKS.len() => Pass::LeftOut(block + 1),
            Pass::LeftOut(_) if self.has_found_lately => Pass::Steps,
            Pass::LeftOut(_) | Pass::Over => Pass::Over,
        };
        if matches!(self.pass, Pass::Steps) {
            self.has_found_lately = false;
        }
    }

    /// What is made of `random`, with at most so many steps, if it is simpler than the best and was not proposed before.
    ///
    /// Nobody would draw what is tried here: a source that cannot make anything of it may panic.
    fn simpler<S: Source + ?Sized>(&mut self, source: &S, mut random: Random, steps: u64) -> Option<Case> {
        let mut instance = caught(|| source.draw(&mut random)).ok()??;
        if let Look::Run(taken) = &mut instance.look {
            *taken = steps.min(*taken);
        }
        let (choices, steps) = (random.choices().to_vec(), instance.look.steps());
        let best = (self.best.choices.len(), &self.best.choices, self.best.instance.look.steps());
        let is_new = (choices.len(), &choices, steps) < best && self.seen.insert((choices.clone(), steps));
        is_new.then_some(Case { instance, choices })
    }
}

/// Smaller choices than `choice`, the smallest first: for a dyadic number these are numbers of fewer digits near it, of either sign.
fn smaller(choice: u64) -> Vec<u64> {
    let mut smaller = vec![0];
    let mut digits = u64::BITS - choice.leading_zeros();
    while digits > 1 {
        digits = digits.div_ceil(2);
        smaller.extend([choice >> digits, (choice >> digits) + 1]);
        if digits == 1 {
            break;
        }
    }
    smaller.push(choice.saturating_sub(1));
    smaller.retain(|smaller| *smaller < choice);
    smaller.dedup();
    smaller
}
