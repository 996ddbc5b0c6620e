//! Polynomial identity testing.
//!
//! The relations of an identity are equalities of polynomials in the weights, the data or the target, the step sizes and, one of
//! each an example and a step, `ℓ(m_i)` and `ℓ′(m_i)`. The statement is run once over [`Degree`]s, which bounds the degree `d` of every
//! difference, and once over the rationals at a point drawn from `{0, …, 2^k − 1}` with `k ≥ 100 + log₂ d`. By the lemma of
//! Schwartz and Zippel a difference that is not the zero polynomial vanishes there with probability at most `d/2^k ≤ 2⁻¹⁰⁰`.
//! A [formula](crate::claims::AboutNumbers) is tested in the same way, of numbers that are nothing but free.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use rug::integer::Order;
use rug::{Integer, Rational};

use crate::claims::{Claim, Examine, Finding, Formula, Outcome, Shape, Statement};
use crate::number::{Degree, Exact, Real, Ring};
use crate::problem::{Data, Loss, Matrix, Normalisation, Problem, StepRule};
use crate::reference::{Point, Setting, Step, descent};
use crate::time_limit::OutOfTime;

use super::When;
use super::control::Caught;
use super::events::{Begun, Events, Shown};
use super::failure::Failure;
use super::options::Options;
use super::panics::{Panicked, caught};
use super::remarks::Remark;
use super::verdict::{ClaimVerdict, Evidence, Status};

/// The probability that a false identity passes is at most two to the power of minus this.
const ERROR_BITS: u32 = 100;

/// What an identity test found for one shape, or of a formula.
#[derive(Clone, Debug)]
pub struct IdentityVerdict {
    /// A bound on the degree of every difference; `None` if one is no polynomial, and then nothing was tested.
    pub degree: Option<u64>,
    /// How many equalities were tested.
    pub relations: u64,
    /// The first equality that is false.
    pub refuted: Option<Failure>,
    /// The first equality that could not be decided, or the first relation that is no equality decided exactly.
    pub undecided: Option<Failure>,
    /// The first relation that is no equality, if there is one: nothing was tested.
    pub no_equality: Option<&'static str>,
    /// What the code of the statement said when it panicked, and where.
    pub broken: Option<String>,
}

impl IdentityVerdict {
    fn blank() -> Self {
        Self { degree: None, relations: 0, refuted: None, undecided: None, no_equality: None, broken: None }
    }

    /// Takes in what is asserted, over degrees.
    fn bound(&mut self, finding: &Finding) {
        self.degree = finding.degree();
        let mut others = finding.relations().iter().filter(|relation| !relation.is_equality());
        self.no_equality = self.no_equality.or_else(|| others.next().map(|relation| relation.id.label));
    }

    /// What draws free numbers from `seed` that tell polynomials of these degrees apart; `None` if there is nothing to test.
    fn drawn(&self, seed: u64) -> Option<impl FnMut() -> Exact + use<>> {
        let (Some(degree), None) = (self.degree, self.no_equality) else { return None };
        let bits = ERROR_BITS + (u64::BITS - degree.max(1).leading_zeros());
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        Some(move || Exact::from_rational(&draw_integer(&mut random, bits), bits))
    }

    /// Takes in what came out over the rationals.
    fn decide(&mut self, finding: &Finding, t: When) {
        for relation in finding.relations() {
            self.relations += 1;
            let failure = || Failure::of(relation, t);
            match relation.outcome {
                Outcome::Attained(_) => {}
                Outcome::False => {
                    self.refuted.get_or_insert_with(failure);
                }
                Outcome::True | Outcome::Agrees { .. } | Outcome::Open => {
                    self.undecided.get_or_insert_with(failure);
                }
            }
        }
    }

    /// Why this was no test of an identity, if it was none.
    fn is_no_identity(&self) -> Option<String> {
        const FOR_INSTANCES: &str = "an identity is a list of equalities of polynomials in weights, data, ℓ(m_i), ℓ′(m_i) and step sizes, or in free numbers; \
                                     whatever else is to be checked belongs on instances (Claim::new)";
        if let Some(message) = &self.broken {
            return Some(message.clone());
        }
        if let Some(label) = self.no_equality {
            return Some(format!("“{label}” is no equality: {FOR_INSTANCES}"));
        }
        match self.degree {
            None => Some(format!(
                "a side is no polynomial, or nothing is asserted (a division, a root, an absolute value, a maximum, a hypothesis that fails): \
                 {FOR_INSTANCES}"
            )),
            Some(_) if self.relations == 0 => Some("nothing is asserted: a hypothesis fails for this shape".to_owned()),
            Some(_) => None,
        }
    }
}

/// Tests the identities of `claim` for each of the shapes.
pub(super) fn verify_identity(
    claim: &Claim,
    statement: &dyn Statement,
    shapes: &[Shape],
    options: &Options,
) -> ClaimVerdict {
    let begun = Instant::now();
    let mut verdict = ClaimVerdict::blank(claim);
    if options.limits.exhausted() {
        verdict.cut_short();
        return verdict;
    }
    let found: Result<Vec<_>, OutOfTime> = shapes
        .par_iter()
        .enumerate()
        .map(|(index, shape)| {
            let seed = options.seed ^ (index as u64) << 32;
            let found = options.limits.time.within(|| examine_identity(statement, shape, seed))?;
            Ok((shape, found))
        })
        .collect();
    let found = match found {
        Ok(found) => found,
        Err(OutOfTime) => {
            verdict.cut_short();
            verdict.time = begun.elapsed();
            return verdict;
        }
    };
    let mut degree = 0;
    for (shape, found) in found {
        verdict.cover(&shape.network, shape.examples);
        verdict.horizon = verdict.horizon.max(shape.steps);
        degree = degree.max(found.degree.unwrap_or(0));
        let of = |failure| Remark::FailedOf(shape.network.clone(), failure);
        if !verdict.take_identity(found, of) {
            verdict.note.add(Remark::OnNetwork(shape.network.clone(), options.seed));
            verdict.time = begun.elapsed();
            return verdict;
        }
    }
    let shapes = verdict.instances;
    verdict.finish_identity(claim, options, || Remark::Tested { shapes, degree });
    verdict.time = begun.elapsed();
    verdict
}

/// Tests the identities of `claim` in free numbers.
pub(super) fn verify_formula(claim: &Claim, formula: &dyn Formula, options: &Options) -> ClaimVerdict {
    let begun = Instant::now();
    let mut verdict = ClaimVerdict::blank(claim);
    let limits = &options.limits;
    let found =
        if limits.exhausted() { Err(OutOfTime) } else { limits.time.within(|| examine_formula(formula, options.seed)) };
    match found {
        Err(OutOfTime) => verdict.cut_short(),
        Ok(found) => {
            let (equalities, degree) = (found.relations, found.degree.unwrap_or(0));
            if verdict.take_identity(found, |failure| Remark::FailedFor("free numbers".to_owned(), failure)) {
                verdict.finish_identity(claim, options, || Remark::TestedFreely { equalities, degree });
            } else {
                verdict.note.add(Remark::OnSeed(options.seed));
            }
        }
    }
    verdict.time = begun.elapsed();
    verdict
}

impl ClaimVerdict {
    /// Takes in what a test of an identity found; `of` says of what it was. Whether it was one.
    fn take_identity(&mut self, found: IdentityVerdict, of: impl Fn(Failure) -> Remark) -> bool {
        self.instances += 1;
        if let Some(why) = found.is_no_identity() {
            self.fail(Remark::Broken(why));
            return false;
        }
        self.applicable += 1;
        self.informative += 1;
        self.attained += 1;
        *self.roads.entry("exact arithmetic").or_default() += found.relations;
        if let Some(failure) = found.refuted {
            self.status = Status::Refuted;
            self.note.replace(of(failure));
        } else if let Some(failure) = found.undecided {
            self.undecided += 1;
            if self.status != Status::Refuted {
                self.status = Status::Undecided;
                self.note.replace(of(failure));
            }
        } else if self.status == Status::NotApplicable {
            self.status = Status::Holds;
        }
        true
    }

    /// Sets the evidence, says what was tested, and runs the controls.
    fn finish_identity(&mut self, claim: &Claim, options: &Options, tested: impl FnOnce() -> Remark) {
        self.evidence = match self.status {
            Status::Refuted => Some(Evidence::Exact),
            Status::Holds => Some(Evidence::Proved),
            Status::Undecided | Status::NotApplicable | Status::Failed => None,
        };
        self.note.add_if_empty(tested);
        self.note_control(Caught::run(claim, options));
    }
}

/// Tests the identities of `statement` for one shape at a point drawn from `seed`.
#[must_use]
pub fn examine_identity(statement: &dyn Statement, shape: &Shape, seed: u64) -> IdentityVerdict {
    let mut verdict = IdentityVerdict::blank();
    let mut last = When::START;
    if let Err(Panicked(message)) = caught(|| test(statement, shape, seed, &mut verdict, &mut last)) {
        verdict.broken = Some(format!("panicked at {last}: {message}"));
    }
    verdict
}

/// Tests the identities of `formula` at a point drawn from `seed`.
#[must_use]
pub fn examine_formula(formula: &dyn Formula, seed: u64) -> IdentityVerdict {
    let mut verdict = IdentityVerdict::blank();
    let found = caught(|| {
        let mut finding = Finding::default();
        formula.over_degrees(&mut || Degree::VARIABLE, &mut finding);
        verdict.bound(&finding);
        let Some(mut draw) = verdict.drawn(seed) else { return };
        finding.clear();
        formula.over_rationals(&mut draw, &mut finding);
        verdict.decide(&finding, When::START);
    });
    if let Err(Panicked(message)) = found {
        verdict.broken = Some(format!("panicked: {message}"));
    }
    verdict
}

/// As [`examine_identity`]; `t` is when the last event was that the statement was shown.
fn test(statement: &dyn Statement, shape: &Shape, seed: u64, verdict: &mut IdentityVerdict, t: &mut When) {
    play::<Degree>(statement, shape, &mut || Degree::VARIABLE, t, &mut |finding, _| verdict.bound(finding));
    let Some(mut draw) = verdict.drawn(seed) else { return };
    play::<Exact>(statement, shape, &mut draw, t, &mut |finding, t| verdict.decide(finding, t));
}

fn draw_integer(random: &mut ChaCha8Rng, bits: u32) -> Rational {
    let digits: Vec<u64> = (0..bits.div_ceil(u64::BITS)).map(|_| random.next_u64()).collect();
    Rational::from(Integer::from_digits(&digits, Order::Lsf).keep_bits(bits))
}

/// Shows the statement a start and the steps of `shape`, every number that may vary being drawn anew; `seen` gets the finding
/// after each event.
fn play<T: Real>(
    statement: &dyn Statement,
    shape: &Shape,
    draw: &mut dyn FnMut() -> T,
    at: &mut When,
    seen: &mut dyn FnMut(&Finding, When),
) where
    dyn Statement: Examine<T>,
{
    *at = When::START;
    let problem = placeholder(shape);
    let bits = 64;
    let mut matrix = |rows, columns| Matrix::from_fn(rows, columns, |_, _| draw());
    let (input, output) = (problem.network().input_dimension(), problem.network().output_dimension());
    let is_classification = problem.loss().is_classification();
    let examples = (shape.examples > 0).then(|| (matrix(shape.examples, input), matrix(shape.examples, output)));
    let target = if examples.is_none() { Some(matrix(output, input)) } else { None };
    let weights = problem.network().layer_shapes().into_iter().map(|(rows, columns)| matrix(rows, columns)).collect();
    let setting = Setting::new(Arc::new(problem), bits);
    let setting = match (examples, target) {
        (Some((x, y)), _) => setting.with_examples(x, y),
        (None, Some(target)) => setting.with_target(target),
        (None, None) => setting,
    };
    let setting = Arc::new(setting);
    let mut free = |point: Point<T>| {
        if !is_classification {
            return (Arc::new(point), draw());
        }
        let mut numbers = || (0..shape.examples).map(|_| draw()).collect::<Vec<T>>();
        let (losses, slopes) = (numbers(), numbers());
        (Arc::new(point.with_free_losses(losses, slopes)), draw())
    };
    let events = Events::begin(|| {
        let (mut before, mut eta) = free(Point::new(setting, weights));
        let start = Arc::clone(&before);
        let step = move |t| {
            let (after, next_eta) = free(descent::one_step(&before, &eta));
            let (before, eta) = (mem::replace(&mut before, Arc::clone(&after)), mem::replace(&mut eta, next_eta));
            Ok(Shown::Step(Step { t, before, after, eta, exact_eta: Rational::new(), radius: None }))
        };
        Ok(Begun { start, partner: None, rest: Box::new((0..shape.steps).map(step)) })
    });
    let mut observer = Examine::<T>::observer(statement);
    let mut finding = Finding::default();
    // Steps over free numbers do not end before the last.
    for shown in events.map_while(Result::ok) {
        finding.clear();
        *at = shown.when();
        observer(shown.event(), &mut finding);
        seen(&finding, shown.when());
    }
}

/// A problem of the shape; its numbers are replaced by free variables.
fn placeholder(shape: &Shape) -> Problem {
    let network = shape.network.clone();
    let (input, output) = (network.input_dimension(), network.output_dimension());
    let ones = |rows, columns| Matrix::from_fn(rows, columns, |_, _| Rational::from(1));
    let weights = network.layer_shapes().into_iter().map(|(rows, columns)| ones(rows, columns)).collect();
    let (loss, data) = if shape.examples == 0 {
        (Loss::SquaredTarget, Data::Target(ones(output, input)))
    } else {
        let loss = if output == 1 { Loss::logistic() } else { Loss::Squared };
        (loss, Data::Examples { x: ones(shape.examples, input), y: ones(shape.examples, output) })
    };
    Problem::new(network, loss, Normalisation::Mean, data, weights, StepRule::Constant(Rational::from(1)))
        .expect("a problem of ones fits every shape")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{AboutNumbers, AboutPoint, Claim, Domain, OnPoints};
    use crate::problem::Network;
    use crate::reference::differentiation::partial_derivatives;
    use crate::verify::verify;

    /// The gradient is so many times the derivative of the risk.
    struct Multiple(i32);

    impl AboutPoint for Multiple {
        fn domain(&self) -> Domain {
            Domain::ALL_NETWORKS
        }

        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            for (slope, derivative) in point.gradient().iter().zip(partial_derivatives(point)) {
                finding.equal_matrices("G_k", slope, &derivative.scaled(&point.constant(self.0)));
            }
        }
    }

    #[test]
    fn identities_are_tested_on_any_network() {
        let networks =
            [Network::fully_connected(&[2, 3, 1]), Network::diagonal(3, 3), Network::convolutional(4, &[2, 3, 4])];
        for network in networks.map(Result::unwrap) {
            for examples in [0, 2] {
                let shape = Shape::of(network.clone()).with_examples(examples).with_steps(1);
                let found = |factor| examine_identity(&OnPoints(Multiple(factor)), &shape, 1);
                let right = found(1);
                assert!(right.is_no_identity().is_none() && right.undecided.is_none(), "{shape:?}: {right:?}");
                assert!(right.refuted.is_none() && right.relations > 0, "{shape:?}: {right:?}");
                assert!(found(2).refuted.is_some(), "{shape:?}");
            }
        }
    }

    /// What is said of free numbers `a` and `b`.
    #[derive(Clone, Copy)]
    enum Said {
        /// `(a + b)(a − b) = a² − kb²`.
        Product(u32),
        /// `a² − 3a = −2`, of a number that is stated.
        At(u32),
        Positive,
        Root,
        Nothing,
        Panic,
    }

    impl AboutNumbers for Said {
        fn conclude<T: Real>(&self, free: &mut dyn FnMut() -> T, finding: &mut Finding) {
            let (a, b) = (free(), free());
            let two = a.constant(2);
            match *self {
                Self::Product(factor) => {
                    let right = a.square() - &b.square().times(factor);
                    finding.equal("(a + b)(a − b)", &((a.clone() + &b) * &(a - &b)), &right);
                }
                Self::At(number) => {
                    let a = a.constant(number);
                    finding.equal("a² − 3a = −2", &(a.square() - &a.times(3)), &-two);
                }
                Self::Positive => _ = finding.at_most("0 ≤ a", &a.constant(0), &a),
                Self::Root => _ = finding.equal("√a² = a", &a.square().sqrt_of_nonnegative(), &a),
                Self::Nothing => {}
                Self::Panic => panic!("on purpose"),
            }
        }
    }

    #[test]
    fn formulas_are_tested_of_free_and_of_stated_numbers() {
        let text = "# Statement\nOf numbers.";
        let outcome = |said: Said, control: Said| {
            let claim = Claim::formula("mine.formula", text, said).formula_control("changed", control);
            let verdict = verify(&[&claim], &Options::default(), &()).claims.remove(0);
            (verdict.status, verdict.evidence, verdict.control, verdict.note.to_string())
        };
        let (status, evidence, control, note) = outcome(Said::Product(1), Said::Product(2));
        assert_eq!((status, evidence, control), (Status::Holds, Some(Evidence::Proved), Some(true)));
        assert_eq!(note, "1 equality of free numbers, degree at most 2, error at most 2^-100");
        let (status, evidence, control, note) = outcome(Said::Product(2), Said::Product(1));
        assert_eq!((status, evidence, control), (Status::Refuted, Some(Evidence::Exact), Some(false)));
        assert!(note.starts_with("for free numbers: (a + b)(a − b)"), "{note}");
        for (number, status) in [(1, Status::Holds), (2, Status::Holds), (3, Status::Refuted)] {
            assert_eq!(outcome(Said::At(number), Said::At(0)).0, status);
        }
        for said in [Said::Positive, Said::Root, Said::Nothing, Said::Panic] {
            let (status, _, control, note) = outcome(said, said);
            assert_eq!(status, Status::Failed, "{note}");
            assert_ne!(control, Some(true));
        }
        // What is no identity is none when it is a control either.
        for said in [Said::Positive, Said::Root, Said::Nothing] {
            assert_eq!(outcome(Said::Product(1), said).2, Some(false));
        }
    }
}
