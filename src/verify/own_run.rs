//! Claims on the user's own run.

use crate::claims::{Claim, Scope};
use crate::generate::Instance;
use crate::problem::Problem;

use super::examine::examine_instance;
use super::failure::Assumption;
use super::instance_verdict::{InstanceVerdict, NumberSystem};
use super::options::Limits;
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
}

impl OwnRunReport {
    /// What is said of a run that there was no time to read: nothing is decided.
    #[must_use]
    pub fn out_of_time(claims: &[&Claim], limits: &Limits) -> Self {
        let undecided = claims.iter().map(|claim| {
            let mut verdict = ClaimVerdict::blank(claim);
            verdict.scope = Scope::Instance;
            verdict.cut_short();
            OwnRunVerdict { verdict, assumptions: Vec::new(), is_rejected: false }
        });
        Self { claims: undecided.collect(), conclusion_only: limits.conclusion_only, interrupted: false }
    }

    /// How many claims came out how. Refuted is not as expected, even if the catalogue expects it of a statement: whoever asks
    /// about a run asks whether the statement is true of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count =
            |statuses: &[Status]| self.claims.iter().filter(|claim| statuses.contains(&claim.verdict.status)).count();
        Summary {
            as_expected: count(&[Status::Holds, Status::NotApplicable]),
            not_as_expected: count(&[Status::Refuted, Status::Failed]),
            undecided: count(&[Status::Undecided]),
        }
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
/// let report = verify_own_run(&balance, &spec.problem, spec.schedule.steps, &Limits::default());
/// assert_eq!(report.claims[0].verdict.status, Status::Holds);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[must_use]
pub fn verify_own_run(claims: &[&Claim], problem: &Problem, steps: u64, limits: &Limits) -> OwnRunReport {
    let instance = Instance::run(problem.clone(), steps).of_unknown_origin();
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
            let mut verdict = ClaimVerdict::blank(claim);
            verdict.scope = Scope::Instance;
            verdict.gather(&instance, found);
            verdict.conclude();
            OwnRunVerdict { verdict, assumptions, is_rejected }
        });
    OwnRunReport { claims: verdicts.collect(), conclusion_only: limits.conclusion_only, interrupted }
}
