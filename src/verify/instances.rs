//! Claims about instances: those of one source share its instances, until each has as many applicable ones as were asked for.

use rayon::prelude::*;

use crate::claims::{Claim, Expected, Statement};
use crate::generate::{Instance, Source};
use crate::time_limit::OutOfTime;

use super::control::Caught;
use super::counterexample::Counterexample;
use super::examine::{Extent, examine};
use super::instance_verdict::InstanceVerdict;
use super::options::{Options, Progress};
use super::panics::{Panicked, caught};
use super::remarks::Remark;
use super::verdict::{ClaimVerdict, Status};

/// A source may be asked for this many times the applicable instances that are wanted.
const TRIES: u64 = 8;

/// Instances are examined this many at a time; more would only cost memory.
const BATCH: u64 = 256;

/// A claim, and what it says of an instance.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Its place among all claims.
    pub(super) place: usize,
    pub(super) claim: &'a Claim,
    pub(super) statement: &'a dyn Statement,
}

/// Checks claims about the instances of `source`.
pub(super) fn verify_on_instances(
    source: &dyn Source,
    claims: &[Asked<'_>],
    options: &Options,
    progress: &dyn Progress,
) -> Vec<ClaimVerdict> {
    let mut gathering: Vec<Gathering> = claims.iter().map(|asked| Gathering::new(*asked, options)).collect();
    let threads = rayon::current_num_threads() as u64;
    let end = options.instances.saturating_mul(TRIES);
    let (mut first, mut source_ended) = (0, false);
    while first < end && !source_ended && !options.limits.exhausted() {
        let mut wanting: Vec<&mut Gathering> = gathering.iter_mut().filter(|claim| claim.is_wanting()).collect();
        // As many instances at a time as the claim wants that wants the fewest, so that none is examined on more than it needs; but
        // enough for all threads.
        let Some(wanted) = wanting.iter().map(|claim| claim.wants()).min() else { break };
        let size = wanted.max(threads).clamp(1, BATCH).min(end - first);
        let statements: Vec<&dyn Statement> = wanting.iter().map(|gathering| gathering.asked.statement).collect();
        let batch: Vec<Drawn> = (first..first + size)
            .into_par_iter()
            .map(|index| match caught(|| options.limits.time.within(|| source.instance(options.seed, index))) {
                Ok(Ok(Some(instance))) => {
                    let found = examine(&statements, &instance, &options.limits, Extent::Verdict);
                    progress.instance();
                    Drawn::Examined { index, instance, found }
                }
                Ok(Ok(None)) => Drawn::Ended,
                Ok(Err(OutOfTime)) => Drawn::OutOfTime,
                Err(Panicked(message)) => Drawn::Broken { index, message },
            })
            .collect();
        for drawn in batch {
            match drawn {
                Drawn::Examined { index, instance, found } => {
                    for (gathering, found) in wanting.iter_mut().zip(found) {
                        gathering.take_in(index, &instance, found);
                    }
                }
                Drawn::Ended => source_ended = true,
                Drawn::OutOfTime => {}
                Drawn::Broken { index, message } => {
                    for gathering in wanting.iter_mut().filter(|gathering| gathering.is_wanting()) {
                        gathering.verdict.fail(Remark::Broken(format!("its source panicked: {message}")));
                        gathering.verdict.note.add(Remark::OnInstance { index, seed: options.seed });
                    }
                }
            }
        }
        first += size;
    }
    let controls: Vec<Caught> = claims.par_iter().map(|asked| Caught::run(asked.claim, options)).collect();
    let all = gathering.into_iter().zip(controls);
    all.map(|(gathering, caught)| gathering.concluded(source, source_ended, caught)).collect()
}

/// What became of one number of the source.
enum Drawn {
    /// An instance, and what was found on it of each claim that wanted more.
    Examined { index: u64, instance: Instance, found: Vec<InstanceVerdict> },
    /// The source has no more of them.
    Ended,
    /// There was no time to draw it.
    OutOfTime,
    /// The code of the source broke.
    Broken { index: u64, message: String },
}

/// A claim, and what the instances have said of it so far.
struct Gathering<'a> {
    asked: Asked<'a>,
    options: &'a Options,
    verdict: ClaimVerdict,
    /// The first instance that refutes it, and its number.
    refutation: Option<(u64, Instance)>,
    /// The first instance that leaves it undecided.
    open: Option<Instance>,
}

impl<'a> Gathering<'a> {
    fn new(asked: Asked<'a>, options: &'a Options) -> Self {
        Self { asked, options, verdict: ClaimVerdict::blank(asked.claim), refutation: None, open: None }
    }

    /// Whether it wants more instances. A bound that was trivial wherever it applied has said nothing yet.
    fn is_wanting(&self) -> bool {
        let has_spoken = self.verdict.informative > 0 || self.verdict.status == Status::Refuted;
        self.verdict.status != Status::Failed && (self.verdict.applicable < self.options.instances || !has_spoken)
    }

    /// How many more applicable instances it wants; if it has not spoken that is not known, and as many again are tried.
    fn wants(&self) -> u64 {
        match self.options.instances.saturating_sub(self.verdict.applicable) {
            0 => self.options.instances,
            wanted => wanted,
        }
    }

    /// Takes in what was found on the instance with this number, unless it has had enough of them.
    fn take_in(&mut self, index: u64, instance: &Instance, found: InstanceVerdict) {
        if self.is_wanting() {
            if found.refuted.is_some() {
                self.refutation.get_or_insert_with(|| (index, instance.clone()));
            }
            if found.undecided.is_some() {
                self.open.get_or_insert_with(|| instance.clone());
            }
            let broken = found.broken.is_some();
            self.verdict.gather(instance, found);
            if broken {
                self.verdict.note.add(Remark::OnInstance { index, seed: self.options.seed });
                self.verdict.counterexample = Some(Counterexample::of(instance, self.options));
            }
        }
    }

    /// The verdict, when no more instances are looked at.
    fn concluded(mut self, source: &dyn Source, source_ended: bool, caught: Caught) -> ClaimVerdict {
        let (verdict, options) = (&mut self.verdict, self.options);
        verdict.conclude();
        verdict.name_inequalities();
        let enough = source_ended || verdict.applicable >= options.instances;
        if !enough && options.limits.exhausted() {
            verdict.cut_short();
        }
        if !source_ended {
            verdict.note_scarcity(options.instances);
        }
        if let (Some((index, instance)), Status::Refuted) = (self.refutation, verdict.status) {
            let instance = shrunk(source, self.asked, options, index, instance);
            verdict.counterexample = Some(Counterexample::of(&instance, options));
        }
        verdict.note_control(caught);
        if verdict.status == Status::Undecided {
            verdict.left_open = self.open.map(|instance| Counterexample::of(&instance, options));
        }
        self.verdict
    }
}

/// What refutes as instance `index` does, shrunk as far as time allows, unless the refutation is expected.
fn shrunk(
    source: &dyn Source,
    Asked { claim, statement, .. }: Asked<'_>,
    options: &Options,
    index: u64,
    mut instance: Instance,
) -> Instance {
    if claim.expected() == Expected::Holds {
        let shrunk = options.limits.time.within(|| {
            source.shrink(options.seed, index, &mut |simpler| {
                let found = examine(&[statement], simpler, &options.limits, Extent::Verdict);
                let is_refuted = found[0].refuted.is_some();
                if is_refuted {
                    instance = simpler.clone();
                }
                is_refuted
            })
        });
        if let Ok(Some(shrunk)) = shrunk {
            instance = shrunk;
        }
    }
    instance
}
