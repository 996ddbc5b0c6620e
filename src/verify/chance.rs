//! Claims about chance: formulas are compared in exact or certified arithmetic, and events are drawn until they are decided.
//!
//! A verdict that rests on samples is wrong with probability at most one minus its confidence. That error is shared out equally among
//! the samples of the claim.
//!
//! Where a formula gives the probability of an event, the formula decides and the sample must agree with it: a sample that does
//! not is a broken check, not a refutation.

use std::time::Instant;

use rayon::prelude::*;
use rug::Rational;

use crate::claims::{ChanceCase, ChanceEvent, ChanceStatement, Claim, TwoLaws};
use crate::number::Ball;
use crate::time_limit::OutOfTime;

use super::control::Caught;
use super::counterexample::{Counterexample, Verification};
use super::examine::FIRST_BITS;
use super::instance_verdict::{InstanceVerdict, NumberSystem, Subject};
use super::observe::Cut;
use super::options::{Limits, OUT_OF_TIME, Options, Progress};
use super::panics::{Panicked, caught};
use super::remarks::Remark;
use super::sample::{Sample, SampleVerdict};
use super::verdict::{ClaimVerdict, Status};

/// Checks a claim about chance.
pub(super) fn verify_chance(
    claim: &Claim,
    statement: &dyn ChanceStatement,
    options: &Options,
    progress: &dyn Progress,
) -> ClaimVerdict {
    let begun = Instant::now();
    let mut verdict = ClaimVerdict::blank(claim);
    if options.limits.exhausted() {
        verdict.cut_short();
        return verdict;
    }
    let cases = match caught(|| examine_chance(statement, claim.id(), options)) {
        Ok(cases) => cases,
        Err(Panicked(message)) => {
            verdict.fail(Remark::Broken(format!("panicked: {message}")));
            verdict.note.add(Remark::OnSeed(options.seed));
            return verdict;
        }
    };
    for case in cases {
        progress.instance();
        verdict.gather_case(&case.name, case.found);
        verdict.samples.extend(case.samples);
    }
    verdict.conclude();
    if !verdict.samples.is_empty() {
        verdict.confidence = Some(statement.confidence().to_f64());
    }
    if verdict.status == Status::Failed {
        verdict.note.add(Remark::OnSeed(options.seed));
    } else if let Some(sample) = verdict.samples.iter().find(|sample| sample.agrees == Some(false)) {
        verdict.status = Status::Failed;
        verdict.note.replace(Remark::Contradicted(sample.clone()));
    } else if let (Some(sample), true) = (verdict.headline(), verdict.note.is_empty()) {
        let drawn = Remark::Drawn(sample.clone());
        verdict.note.add(drawn);
    }
    if verdict.status == Status::Refuted {
        verdict.counterexample = Some(Counterexample::Case(Verification::of(options)));
    }
    verdict.name_inequalities();
    if verdict.status == Status::Undecided && options.limits.exhausted() {
        verdict.cut_short();
    }
    verdict.note_control(Caught::run(claim, options));
    verdict.time = begun.elapsed();
    verdict
}

/// What was found of one case.
struct CaseVerdict {
    name: String,
    found: InstanceVerdict,
    samples: Vec<SampleVerdict>,
}

/// What is drawn for a case.
#[derive(Default)]
struct Draft {
    events: Vec<ChanceEvent<Ball>>,
    laws: Vec<TwoLaws>,
}

impl Draft {
    fn len(&self) -> usize {
        self.events.len() + self.laws.len()
    }
}

/// Checks the cases of `statement`, at most as many as instances are asked for; `stream` names its draws.
fn examine_chance(statement: &dyn ChanceStatement, stream: &str, options: &Options) -> Vec<CaseVerdict> {
    let all = || (0..options.instances).map_while(|index| statement.case(options.seed, index)).collect();
    let cases: Vec<Box<dyn ChanceCase>> = match options.limits.time.within(all) {
        Ok(cases) => cases,
        Err(OutOfTime) => {
            return vec![CaseVerdict { name: "all cases".to_owned(), found: cut_short(), samples: Vec::new() }];
        }
    };
    let formulas: Vec<(InstanceVerdict, Draft)> = cases
        .par_iter()
        .map(|case| {
            let formulas = || options.limits.time.within(|| examine_formulas(&**case, &options.limits));
            match caught(formulas) {
                Ok(found) => found.unwrap_or_else(|OutOfTime| (cut_short(), Draft::default())),
                Err(panicked) => (broken(panicked), Draft::default()),
            }
        })
        .collect();
    let count: usize = formulas.iter().map(|(_, draft)| draft.len()).sum();
    let error = (Rational::from(1) - statement.confidence()) / count.max(1) as u64;
    formulas
        .into_par_iter()
        .zip(&cases)
        .enumerate()
        .map(|(index, ((mut found, draft), case))| {
            let begun = Instant::now();
            let sample = |number| Sample {
                case: case.name(),
                stream: format!("{stream}, case {index}, sample {number}"),
                error: &error,
                options,
            };
            let events = draft.events.par_iter().enumerate().map(|(number, event)| sample(number).of_event(event));
            let laws = draft.laws.par_iter().enumerate();
            let laws = laws.map(|(number, laws)| sample(draft.events.len() + number).of_laws(laws));
            let mut samples = Vec::new();
            for (verdict, finding) in events.chain(laws).collect::<Vec<_>>() {
                found.take_in_sample(&finding);
                samples.push(verdict);
            }
            found.time += begun.elapsed();
            CaseVerdict { name: case.name(), found, samples }
        })
        .collect()
}

/// What is known of a case that time did not suffice for.
fn cut_short() -> InstanceVerdict {
    let mut found = InstanceVerdict::new(NumberSystem::Rational);
    found.open(super::When::START, OUT_OF_TIME);
    found
}

/// What is known of a case that the code of the claim broke at.
fn broken(panicked: Panicked) -> InstanceVerdict {
    let mut found = InstanceVerdict::new(NumberSystem::Rational);
    found.cut(super::When::START, &Cut::Panicked(panicked));
    found
}

/// Hypotheses and relations between numbers, over the rationals and then over balls of rising precision; and what is to be drawn,
/// nothing if the hypotheses are not met or a relation is not true.
fn examine_formulas(case: &dyn ChanceCase, limits: &Limits) -> (InstanceVerdict, Draft) {
    let begun = Instant::now();
    let (finding, events, laws) = case.over_rationals().into_parts();
    let mut found = InstanceVerdict::new(NumberSystem::Rational);
    found.take_in(&finding, Subject::of_case());
    let open = InstanceVerdict::wants_more;
    let mut draft = Draft { events: Vec::new(), laws };
    let mut bits = FIRST_BITS.min(limits.max_bits);
    if !events.is_empty() && !open(&found) {
        draft.events = case.over_balls(bits).into_parts().1;
    }
    while open(&found) {
        let (finding, events, laws) = case.over_balls(bits).into_parts();
        found = InstanceVerdict::new(NumberSystem::Ball(bits));
        found.take_in(&finding, Subject::of_case());
        draft = Draft { events, laws };
        if bits >= limits.max_bits || limits.exhausted() {
            found.give_up(limits.max_bits);
            break;
        }
        bits = found.next_bits(bits).min(limits.max_bits);
    }
    if found.refuted.is_some() || found.undecided.is_some() || found.unmet.is_some() {
        draft = Draft::default();
    }
    found.time = begun.elapsed();
    (found, draft)
}

/// Whether the statement of a control comes out as it must: refuted on some case, and with `repaired` applicable and informative on some,
/// not refuted and decided on all. A sample that contradicts its formula is neither.
///
/// # Errors
///
/// What the code of the statement said when it panicked.
pub(super) fn control_comes_out(
    statement: &dyn ChanceStatement,
    stream: &str,
    repaired: bool,
    options: &Options,
) -> Result<bool, Panicked> {
    // A control is decided with as many draws as it needs, however few were asked for.
    let options = Options { draws: None, ..options.clone() };
    let cases = caught(|| examine_chance(statement, stream, &options))?;
    if let Some(message) = cases.iter().find_map(|case| case.found.broken.clone()) {
        return Err(Panicked(message));
    }
    let any = |what: &dyn Fn(&CaseVerdict) -> bool| cases.iter().any(what);
    if any(&|case| case.samples.iter().any(|sample| sample.agrees == Some(false))) {
        return Ok(false);
    }
    let refuted = any(&|case| case.found.refuted.is_some());
    Ok(if repaired {
        let applies = |case: &CaseVerdict| case.found.applicable && case.found.informative;
        any(&applies) && !refuted && !any(&|case| case.found.undecided.is_some())
    } else {
        refuted
    })
}
