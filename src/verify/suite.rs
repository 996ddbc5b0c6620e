//! All claims that were asked for, each on as many applicable instances as were asked for.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::claims::{ChanceStatement, Check, Claim, Expected, Scope, Shape, Statement};
use crate::generate::{Instance, Source};
use crate::problem::Spec;

use super::chance::{SampleVerdict, examine_chance};
use super::control::Caught;
use super::examine::{Arithmetic, Extent, Failure, InstanceVerdict, Limits, examine};
use super::identity::examine_identity;
use super::verdict::{ClaimVerdict, Evidence, Range, Report, Status};

/// A source may be asked for this many times the applicable instances that are wanted.
const TRIES: u64 = 8;

/// Instances are examined this many at a time; more would only cost memory.
const BATCH: u64 = 256;

/// What is noted of a claim whose check was not finished.
const OUT_OF_TIME: &str = "the time budget is used up";

/// What to verify with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed of the instances.
    pub seed: u64,
    /// The number of applicable instances a claim.
    pub instances: u64,
    /// The number of draws of each event of a claim about chance; without it, as many as it takes to decide.
    pub draws: Option<NonZeroU64>,
    /// Precision, time and interruption.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, instances: 64, draws: None, limits: Limits::default() }
    }
}

/// Is told what has been finished.
pub trait Progress: Sync {
    /// A claim has its verdict.
    fn claim(&self, verdict: &ClaimVerdict);

    /// An instance of a source has been examined.
    fn instance(&self) {}
}

/// Tells nobody.
impl Progress for () {
    fn claim(&self, _verdict: &ClaimVerdict) {}
}

/// Checks every claim. The verdicts come in the order of `claims` and do not depend on the number of threads.
///
/// ```
/// use gradient_witness::{claims, verify};
/// let claims = claims::catalogue();
/// let one: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.layer-balance-gradient").collect();
/// let report = verify::verify(&one, &verify::Options::default(), &());
/// assert_eq!(report.claims[0].status, verify::Status::Holds);
/// assert_eq!(report.claims[0].evidence, Some(verify::Evidence::Proved));
/// ```
#[must_use]
pub fn verify(claims: &[&Claim], options: &Options, progress: &dyn Progress) -> Report {
    let jobs = jobs(claims);
    let found = InOrder::new(jobs.len(), claims, progress);
    jobs.par_iter().enumerate().with_max_len(1).for_each(|(place, job)| {
        if !options.limits.interrupted() {
            let verdicts = job.run(claims, options, progress);
            // What was under way when the user stopped it has not been finished, and is left out.
            if !options.limits.interrupted() {
                found.finished(place, &job.members, verdicts);
            }
        }
    });
    Report { seed: options.seed, claims: found.into_verdicts(), interrupted: options.limits.interrupted() }
}

/// Claims that are checked together.
struct Job {
    /// Where their instances come from; `None` of a single claim that is no statement about instances.
    source: Option<Arc<dyn Source>>,
    /// Their places among all claims.
    members: Vec<usize>,
}

impl Job {
    fn run(&self, claims: &[&Claim], options: &Options, progress: &dyn Progress) -> Vec<ClaimVerdict> {
        let group: Vec<&Claim> = self.members.iter().map(|&index| claims[index]).collect();
        match (&self.source, group[0].check()) {
            (None, Check::Identity(shapes)) => vec![verify_identity(group[0], shapes, options)],
            (None, Check::Chance(statement)) => vec![verify_chance(group[0], &**statement, options, progress)],
            (Some(source), _) | (None, Check::Instances(source)) => verify_group(&**source, &group, options, progress),
        }
    }
}

/// All that is to be done: identities first, then claims about instances, source by source, then those about chance, which keep all
/// threads busy to the end.
fn jobs(claims: &[&Claim]) -> Vec<Job> {
    let alone = |is_one: fn(&Check) -> bool| {
        let places = (0..claims.len()).filter(move |&index| is_one(claims[index].check()));
        places.map(|index| Job { source: None, members: vec![index] })
    };
    let identities = alone(|check| matches!(check, Check::Identity(_)));
    let chance = alone(|check| matches!(check, Check::Chance(_)));
    let groups = by_source(claims).into_iter().map(|(source, members)| Job { source: Some(source), members });
    identities.chain(groups).chain(chance).collect()
}

/// Takes in verdicts as the jobs end and tells of them in the order of the jobs, whichever thread was first.
struct InOrder<'a> {
    progress: &'a dyn Progress,
    found: Mutex<Found>,
}

struct Found {
    /// The verdicts, in the order of the claims.
    verdicts: Vec<Option<ClaimVerdict>>,
    /// The claims of each job that has ended.
    ended: Vec<Option<Vec<usize>>>,
    /// The number of jobs that were told of.
    told: usize,
}

impl Found {
    fn tell(&self, members: &[usize], progress: &dyn Progress) {
        for verdict in members.iter().filter_map(|&index| self.verdicts[index].as_ref()) {
            progress.claim(verdict);
        }
    }
}

impl<'a> InOrder<'a> {
    fn new(jobs: usize, claims: &[&Claim], progress: &'a dyn Progress) -> Self {
        let found = Found { verdicts: vec![None; claims.len()], ended: vec![None; jobs], told: 0 };
        Self { progress, found: Mutex::new(found) }
    }

    fn finished(&self, place: usize, members: &[usize], verdicts: Vec<ClaimVerdict>) {
        // A thread that panicked ends the program.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (&index, verdict) in members.iter().zip(verdicts) {
            found.verdicts[index] = Some(verdict);
        }
        found.ended[place] = Some(members.to_vec());
        while let Some(Some(members)) = found.ended.get(found.told) {
            found.tell(members, self.progress);
            found.told += 1;
        }
    }

    /// All verdicts. Those of jobs behind one that was not finished are told of now.
    fn into_verdicts(self) -> Vec<ClaimVerdict> {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        for members in found.ended.split_off(found.told).into_iter().flatten() {
            found.tell(&members, self.progress);
        }
        found.verdicts.into_iter().flatten().collect()
    }
}

/// The claims that are checked on instances, those of one source together, in the order of their first claim.
fn by_source(claims: &[&Claim]) -> Vec<(Arc<dyn Source>, Vec<usize>)> {
    let mut groups: Vec<(Arc<dyn Source>, Vec<usize>)> = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        if let Check::Instances(source) = claim.check() {
            match groups.iter_mut().find(|(known, _)| known.name() == source.name()) {
                Some((_, members)) => members.push(index),
                None => groups.push((Arc::clone(source), vec![index])),
            }
        }
    }
    groups
}

fn verify_identity(claim: &Claim, shapes: &[Shape], options: &Options) -> ClaimVerdict {
    let begun = Instant::now();
    let mut verdict = blank(claim);
    if options.limits.exhausted() {
        cut_short(&mut verdict);
        return verdict;
    }
    let found: Vec<_> = shapes
        .par_iter()
        .enumerate()
        .map(|(index, shape)| (shape, examine_identity(claim.statement(), shape, options.seed ^ (index as u64) << 32)))
        .collect();
    let mut degree = 0;
    for (shape, found) in found {
        verdict.instances += 1;
        if found.degree.is_none() || found.relations == 0 {
            verdict.status = Status::Failed;
            verdict.note = format!("no polynomial identity for widths {:?}", shape.widths);
            return verdict;
        }
        degree = degree.max(found.degree.unwrap_or(0));
        verdict.applicable += 1;
        verdict.informative += 1;
        verdict.attained += 1;
        *verdict.roads.entry("exact arithmetic").or_default() += found.relations;
        cover(&mut verdict, &shape.widths, shape.examples);
        verdict.horizon = verdict.horizon.max(shape.steps);
        if let Some(failure) = found.refuted {
            verdict.status = Status::Refuted;
            verdict.note = format!("{} for widths {:?}", describe(&failure), shape.widths);
        } else if let Some(failure) = found.undecided {
            verdict.undecided += 1;
            if verdict.status != Status::Refuted {
                verdict.status = Status::Undecided;
                verdict.note = format!("{} for widths {:?}", describe(&failure), shape.widths);
            }
        } else if verdict.status == Status::NotApplicable {
            verdict.status = Status::Holds;
        }
    }
    verdict.evidence = Some(if verdict.status == Status::Refuted { Evidence::Exact } else { Evidence::Proved });
    if verdict.note.is_empty() {
        verdict.note = format!("{} shapes, degree at most {degree}, error at most 2^-100", verdict.instances);
    }
    finish(&mut verdict, claim, options);
    verdict.time = begun.elapsed();
    verdict
}

fn verify_chance(
    claim: &Claim,
    statement: &dyn ChanceStatement,
    options: &Options,
    progress: &dyn Progress,
) -> ClaimVerdict {
    let begun = Instant::now();
    let mut verdict = blank(claim);
    if options.limits.exhausted() {
        cut_short(&mut verdict);
        return verdict;
    }
    for case in examine_chance(statement, claim.id(), options) {
        progress.instance();
        tally(&mut verdict, case.found);
        verdict.samples.extend(case.samples);
    }
    conclude(&mut verdict);
    if !verdict.samples.is_empty() {
        verdict.confidence = Some(statement.confidence().to_f64());
    }
    if let Some(sample) = verdict.samples.iter().find(|sample| sample.agrees == Some(false)) {
        verdict.status = Status::Failed;
        verdict.note = format!("the sample contradicts the formula: {}", sample.summary());
    } else if verdict.note.is_empty() {
        verdict.note = verdict.headline().map(SampleVerdict::summary).unwrap_or_default();
    }
    if verdict.status == Status::Refuted {
        // No run spec replays a sample; the seed does.
        let draws = options.draws.map_or_else(String::new, |draws| format!(" --samples {draws}"));
        let (id, seed, cases) = (claim.id(), options.seed, options.instances);
        verdict.note.push_str(&format!("; replayed by --claim {id} --seed {seed} --instances {cases}{draws}"));
    }
    name_inequalities(&mut verdict);
    if verdict.status == Status::Undecided && options.limits.exhausted() {
        cut_short(&mut verdict);
    }
    finish(&mut verdict, claim, options);
    verdict.time = begun.elapsed();
    verdict
}

fn verify_group(
    source: &dyn Source,
    claims: &[&Claim],
    options: &Options,
    progress: &dyn Progress,
) -> Vec<ClaimVerdict> {
    let mut verdicts: Vec<ClaimVerdict> = claims.iter().map(|claim| blank(claim)).collect();
    let mut wanting: Vec<usize> = (0..claims.len()).collect();
    let mut refutations: Vec<Option<u64>> = vec![None; claims.len()];
    let mut first = 0;
    let threads = rayon::current_num_threads() as u64;
    let end = options.instances.saturating_mul(TRIES);
    let mut source_ended = false;
    // A bound that was trivial wherever it applied has said nothing yet.
    let is_wanting = |verdict: &ClaimVerdict| {
        let has_spoken = verdict.informative > 0 || verdict.status == Status::Refuted;
        verdict.applicable < options.instances || !has_spoken
    };
    // As many instances at a time as the claim wants that wants the fewest, so that none is examined on more than it needs; but enough
    // for all threads. What a claim wants that has not spoken is not known.
    let wants = |verdict: &ClaimVerdict| match options.instances.saturating_sub(verdict.applicable) {
        0 => options.instances,
        wanted => wanted,
    };
    while !wanting.is_empty() && first < end && !options.limits.exhausted() {
        let wanted = wanting.iter().map(|&index| wants(&verdicts[index])).min().unwrap_or(0);
        let size = wanted.max(threads).clamp(1, BATCH).min(end - first);
        let statements: Vec<&dyn Statement> = wanting.iter().map(|&index| claims[index].statement()).collect();
        let batch: Vec<Option<(Instance, Vec<InstanceVerdict>)>> = (first..first + size)
            .into_par_iter()
            .map(|index| {
                let instance = source.instance(options.seed, index)?;
                let found = examine(&statements, &instance, &options.limits, Extent::Verdict);
                progress.instance();
                Some((instance, found))
            })
            .collect();
        source_ended = batch.iter().any(Option::is_none);
        for (offset, (instance, found)) in batch.into_iter().flatten().enumerate() {
            for (&index, found) in wanting.iter().zip(found) {
                let verdict = &mut verdicts[index];
                if is_wanting(verdict) {
                    if found.refuted.is_some() {
                        refutations[index].get_or_insert(first + offset as u64);
                    }
                    gather(verdict, &instance, found);
                }
            }
        }
        first += size;
        wanting.retain(|&index| is_wanting(&verdicts[index]));
        if source_ended {
            break;
        }
    }
    let controls: Vec<Caught> = claims.par_iter().map(|claim| Caught::run(claim, options)).collect();
    for (((claim, verdict), refutation), caught) in claims.iter().zip(&mut verdicts).zip(refutations).zip(controls) {
        conclude(verdict);
        name_inequalities(verdict);
        let enough = source_ended || verdict.applicable >= options.instances;
        if !enough && options.limits.exhausted() {
            cut_short(verdict);
        }
        if let Some(index) = refutation {
            verdict.counterexample = counterexample(source, claim, options, index);
        }
        note_control(verdict, caught);
    }
    verdicts
}

pub(super) fn blank(claim: &Claim) -> ClaimVerdict {
    ClaimVerdict {
        id: claim.id(),
        paper: claim.paper(),
        expected: claim.expected(),
        status: Status::NotApplicable,
        scope: claim.scope(),
        evidence: None,
        instances: 0,
        applicable: 0,
        informative: 0,
        asserted: Vec::new(),
        attained: 0,
        roads: std::collections::BTreeMap::new(),
        undecided: 0,
        worst_ratio: None,
        agrees_log2: None,
        max_bits: 0,
        horizon: 0,
        control: None,
        time: Duration::ZERO,
        note: String::new(),
        depths: None,
        widths: None,
        examples: None,
        informative_by_depth: Vec::new(),
        trends: Vec::new(),
        counterexample: None,
        confidence: None,
        samples: Vec::new(),
    }
}

/// Counts what was found on one instance, or of one case; whether it was applicable and decided.
fn tally(verdict: &mut ClaimVerdict, found: InstanceVerdict) -> bool {
    verdict.instances += 1;
    verdict.time += found.time;
    if let Arithmetic::Ball(bits) = found.arithmetic {
        verdict.max_bits = verdict.max_bits.max(bits);
    }
    if let Some(failure) = &found.refuted {
        if verdict.status != Status::Refuted {
            verdict.note = describe(failure);
            verdict.evidence = None;
        }
        verdict.status = Status::Refuted;
        // A refutation rests on what refuted, not on what passed.
        let evidence = found.evidence();
        verdict.evidence = Some(verdict.evidence.map_or(evidence, |weakest| weakest.max(evidence)));
    } else if let Some(failure) = &found.undecided {
        verdict.undecided += 1;
        if verdict.note.is_empty() {
            verdict.note = describe(failure);
        }
        return false;
    }
    if !found.applicable {
        if let Some(failure) = &found.unmet
            && verdict.note.is_empty()
            && verdict.applicable == 0
        {
            verdict.note = format!("not applicable: {}", failure.label);
        }
        return false;
    }
    if verdict.applicable == 0 && verdict.note.starts_with("not applicable") {
        verdict.note.clear();
    }
    verdict.applicable += 1;
    verdict.informative += u64::from(found.informative);
    for label in &found.asserted {
        if !verdict.asserted.contains(label) {
            verdict.asserted.push(label);
        }
    }
    verdict.attained += u64::from(!found.attained.is_empty());
    for (road, count) in &found.attained {
        *verdict.roads.entry(road).or_default() += count;
    }
    verdict.worst_ratio = larger(verdict.worst_ratio, found.worst_ratio);
    verdict.agrees_log2 = larger(verdict.agrees_log2, found.agrees_log2);
    verdict.horizon = verdict.horizon.max(found.horizon);
    if verdict.status != Status::Refuted {
        let evidence = found.evidence();
        verdict.evidence = Some(verdict.evidence.map_or(evidence, |weakest| weakest.min(evidence)));
    }
    verdict.trends = found.trends;
    true
}

/// Adds what was found on one instance to the verdict of the claim.
pub(super) fn gather(verdict: &mut ClaimVerdict, instance: &Instance, found: InstanceVerdict) {
    let informative = found.informative;
    if !tally(verdict, found) {
        return;
    }
    let problem = &instance.problem;
    let mut widths: Vec<usize> = problem.network().layer_shapes().iter().map(|&(_, columns)| columns).collect();
    widths.push(problem.network().output_dimension());
    let examples = problem.examples().map_or(0, |(x, _)| x.rows());
    cover(verdict, &widths, examples);
    let depth = problem.network().depth() as u64;
    match verdict.informative_by_depth.iter_mut().find(|(known, ..)| *known == depth) {
        Some((_, known, applicable)) => {
            *known += u64::from(informative);
            *applicable += 1;
        }
        None => {
            verdict.informative_by_depth.push((depth, u64::from(informative), 1));
            verdict.informative_by_depth.sort_unstable();
        }
    }
}

fn larger(first: Option<f64>, second: Option<f64>) -> Option<f64> {
    match (first, second) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (one, other) => one.or(other),
    }
}

fn cover(verdict: &mut ClaimVerdict, widths: &[usize], examples: usize) {
    let join = |range: &mut Option<Range>, value: usize| {
        let value = Range::of(value as u64);
        *range = Some(range.map_or(value, |range| range.joined(value)));
    };
    join(&mut verdict.depths, widths.len() - 1);
    for &width in widths {
        join(&mut verdict.widths, width);
    }
    join(&mut verdict.examples, examples);
}

/// Sets the status of a claim checked on instances, and what goes with it.
pub(super) fn conclude(verdict: &mut ClaimVerdict) {
    if verdict.status == Status::Refuted {
        // How near the relations that passed came to failing means nothing beside the one that did.
        (verdict.worst_ratio, verdict.agrees_log2) = (None, None);
    } else if verdict.undecided > 0 {
        verdict.status = Status::Undecided;
    } else if verdict.informative > 0 {
        verdict.status = Status::Holds;
    } else {
        verdict.status = Status::NotApplicable;
        if verdict.note.is_empty() {
            verdict.note = match verdict.applicable {
                0 => "there was nothing to examine".to_owned(),
                _ => "wherever it applies the bound is trivial".to_owned(),
            };
        }
    }
}

/// Names in the note of a limit that holds the finite-time inequalities through which it does.
fn name_inequalities(verdict: &mut ClaimVerdict) {
    if verdict.scope == Scope::Consequence && verdict.status == Status::Holds {
        let separator = if verdict.note.is_empty() { "" } else { "; " };
        verdict.note.push_str(&format!("{separator}through {}", verdict.asserted.join("; ")));
    }
}

fn finish(verdict: &mut ClaimVerdict, claim: &Claim, options: &Options) {
    note_control(verdict, Caught::run(claim, options));
}

/// Without a control, or all instances that were asked for, nothing holds yet. What is refuted is.
fn cut_short(verdict: &mut ClaimVerdict) {
    if verdict.status != Status::Refuted {
        verdict.status = Status::Undecided;
        verdict.note = OUT_OF_TIME.to_owned();
    }
}

fn note_control(verdict: &mut ClaimVerdict, caught: Caught) {
    verdict.control = match caught {
        Caught::All => Some(true),
        Caught::Missed(change) => {
            let separator = if verdict.note.is_empty() { "" } else { "; " };
            verdict.note.push_str(&format!("{separator}control missed: {change}"));
            Some(false)
        }
        Caught::NoControl => None,
        Caught::CutShort => {
            cut_short(verdict);
            None
        }
    };
}

/// A run spec that replays the refutation on instance `index`, shrunk unless the refutation is expected.
fn counterexample(source: &dyn Source, claim: &Claim, options: &Options, index: u64) -> Option<String> {
    let found = match claim.expected() {
        Expected::Holds => source.shrink(options.seed, index, &mut |instance| {
            examine(&[claim.statement()], instance, &options.limits, Extent::Verdict)[0].refuted.is_some()
        }),
        Expected::Refuted => None,
    };
    let instance = found.or_else(|| source.instance(options.seed, index))?;
    // A pair of arbitrary points is no run, and a spec cannot hold it.
    instance.partner.is_none().then(|| Spec::of_run((*instance.problem).clone(), instance.steps).to_toml())
}

/// A failure in one line.
pub(super) fn describe(failure: &Failure) -> String {
    let layer = if failure.layer > 0 { format!(", layer {}", failure.layer) } else { String::new() };
    let sides = match failure.sides {
        (left, right) if left.is_nan() && right.is_nan() => String::new(),
        (left, right) => format!(": {left:.6e} against {right:.6e}"),
    };
    format!("at t = {}{layer}: {}{sides}", failure.t, failure.label)
}
