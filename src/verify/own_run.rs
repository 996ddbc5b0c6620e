//! Claims on the user's own run.

use crate::claims::{Claim, Expected, Role, Scope};
use crate::generate::Instance;
use crate::problem::{FlowSchedule, Plan, Problem};

use super::examine::examine_instance;
use super::failure::Assumption;
use super::instance_verdict::{InstanceVerdict, NumberSystem};
use super::options::Limits;
use super::remarks::Remark;
use super::verdict::{ClaimVerdict, Status, Summary};

/// What was found of a claim on the user's own run.
#[derive(Clone, Debug)]
pub struct OwnRunVerdict {
    /// The verdict on the run, which is the only instance; no control is run.
    pub verdict: ClaimVerdict,
    /// What became of each hypothesis.
    pub assumptions: Vec<Assumption>,
    /// Whether the claim is a definition that does not accept the run: an answer, and no refutation.
    pub is_rejected: bool,
    /// What the id stands for.
    pub role: Role,
    /// Whether it was asked for by its id, which is so unless somebody says otherwise: whoever names a statement that is false as printed
    /// asks whether it is true of the run, and of one among many it is known that it need not be.
    pub is_named: bool,
}

impl OwnRunVerdict {
    /// Whether it is no failure. What the run refutes is one, but for a statement that is expected to be refuted and was not
    /// [named](Self::is_named).
    #[must_use]
    pub fn passed(&self) -> bool {
        match self.verdict.status {
            Status::Holds | Status::NotApplicable => true,
            Status::Refuted => self.verdict.expected == Expected::Refuted && !self.is_named,
            Status::Undecided | Status::Failed => false,
        }
    }
}

/// What was found of some claims on the user's own run.
#[derive(Clone, Debug)]
pub struct OwnRunReport {
    /// One verdict a claim.
    pub claims: Vec<OwnRunVerdict>,
    /// Whether the hypotheses were listed but not counted, so that each status speaks of the conclusion alone.
    pub conclusion_only: bool,
    /// Whether it was interrupted: claims that were not finished are missing.
    pub interrupted: bool,
    /// How many claims about chance were left out by whoever asked: a run has no subject for them.
    pub left_out: usize,
}

impl OwnRunReport {
    /// What is said of a run that there was no time to read: nothing is decided.
    #[must_use]
    pub fn out_of_time(claims: &[&Claim], limits: &Limits) -> Self {
        let undecided = claims.iter().map(|claim| {
            let mut verdict = ClaimVerdict::blank(claim);
            verdict.scope = Scope::Instance;
            verdict.cut_short();
            OwnRunVerdict { verdict, assumptions: Vec::new(), is_rejected: false, role: claim.role(), is_named: true }
        });
        Self { claims: undecided.collect(), conclusion_only: limits.conclusion_only, interrupted: false, left_out: 0 }
    }

    /// How many claims came out how: what [passed](OwnRunVerdict::passed) is as expected.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for claim in &self.claims {
            if claim.passed() {
                summary.as_expected += 1;
            } else if claim.verdict.status == Status::Undecided {
                summary.undecided += 1;
            } else {
                summary.not_as_expected += 1;
            }
        }
        summary
    }

    /// Whether no claim applies to the run: nothing was found of it.
    #[must_use]
    pub fn nothing_applies(&self) -> bool {
        self.claims.iter().all(|claim| claim.verdict.status == Status::NotApplicable)
    }
}

/// Checks the claims on the run of `problem` of so many steps: its data, each `W(t)`, each step and pair `W(t), W(t+1)`, the run.
///
/// ```
/// use gradient_witness::problem::Spec;
/// use gradient_witness::verify::{Limits, Status, verify_own_run};
/// let claims = gradient_witness::papers::catalogue();
/// let balance: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.layer-balance-gradient").collect();
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1, 1] }
///     loss = { kind = "squared-target" }
///     data = { target = [[1]] }
///     init = { weights = [[["1/3"]], [["1/2"]]] }
///     step = { rule = "constant", eta = "1/2" }
///     run = { steps = 3 }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let report = verify_own_run(&balance, &spec.problem, spec.schedule()?.steps, &Limits::default());
/// assert_eq!(report.claims[0].verdict.status, Status::Holds);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[must_use]
pub fn verify_own_run(claims: &[&Claim], problem: &Problem, steps: u64, limits: &Limits) -> OwnRunReport {
    verify_own(claims, Instance::run(problem.clone(), steps), limits)
}

/// Checks the claims on the flow of `problem`: its data, its start, every moment, and all times between. The [arithmetic](FlowSchedule::arithmetic) and the
/// tolerance of the schedule are not used: the precision rises until every relation is decided.
///
/// ```
/// use gradient_witness::problem::{Plan, Spec};
/// use gradient_witness::verify::{Limits, Status, verify_own_flow};
/// let claims = gradient_witness::papers::catalogue();
/// let wanted = ["JT19.risk-network-equals-linear", "JT19.descent-step"];
/// let claims: Vec<_> = claims.iter().filter(|claim| wanted.contains(&claim.id())).collect();
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1, 1] }
///     loss = { kind = "logistic" }
///     data = { x = [[1]], y = [1] }
///     init = { weights = [[["1/3"]], [["1/2"]]] }
///     step = { rule = "flow" }
///     run = { until = { time = 1 }, arithmetic = "certified" }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let Plan::Flow(schedule) = &spec.plan else { unreachable!("its rule is the flow") };
/// let report = verify_own_flow(&claims, &spec.problem, schedule, &Limits::default());
/// // The second speaks of steps, and a flow has none.
/// let statuses: Vec<Status> = report.claims.iter().map(|claim| claim.verdict.status).collect();
/// assert_eq!(statuses, [Status::Holds, Status::NotApplicable]);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[must_use]
pub fn verify_own_flow(claims: &[&Claim], problem: &Problem, schedule: &FlowSchedule, limits: &Limits) -> OwnRunReport {
    verify_own(claims, Instance::of_plan(problem.clone(), &Plan::Flow(schedule.clone())), limits)
}

fn verify_own(claims: &[&Claim], instance: Instance, limits: &Limits) -> OwnRunReport {
    let instance = instance.of_unknown_origin();
    let statements: Vec<_> = claims.iter().filter_map(|claim| claim.own_run_statement()).collect();
    let mut found = examine_instance(&statements, &instance, limits).into_iter();
    let interrupted = limits.interrupted();
    let verdicts = claims
        .iter()
        .map(|claim| {
            // Chance has nothing to say of a run.
            let found = claim.own_run_statement().and_then(|_| found.next());
            (claim, found.unwrap_or_else(|| InstanceVerdict::new(NumberSystem::Rational)))
        })
        .filter(|(_, found)| !interrupted || found.refuted.is_some() || found.broken.is_some())
        .map(|(claim, found)| {
            let (assumptions, is_rejected) = (found.assumptions.clone(), found.is_rejected);
            let is_for_ever = found.is_for_ever;
            let mut verdict = ClaimVerdict::blank(claim);
            verdict.scope = Scope::Instance;
            verdict.gather(&instance, found);
            verdict.conclude();
            if is_for_ever && verdict.status == Status::Holds {
                verdict.note.add(Remark::ForEver);
            }
            OwnRunVerdict { verdict, assumptions, is_rejected, role: claim.role(), is_named: true }
        });
    let claims = verdicts.collect();
    OwnRunReport { claims, conclusion_only: limits.conclusion_only, interrupted, left_out: 0 }
}
