//! The product of the layers points along the top right singular vector of the first.

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::inner;
use crate::algebra::exact_spectrum::top_is_repeated;
use crate::algebra::singular_vectors::Declined;
use crate::algebra::spectral::Spectrum;
use crate::algebra::subspace::squared_alignment;
use crate::claims::{AboutPoint, AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnPoints, OnRuns, assuming};
use crate::generate::Family;
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::replay;
use super::symmetry::product_norm_squared;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let spread = replay(include_str!("specs/product-direction.toml"));
    let scalar = replay(include_str!("specs/SL-6.toml"));
    vec![
        Claim::new(
            "JT19.lemma2-product-direction",
            include_str!("text/lemma2-product-direction.md"),
            OnPoints(ProductDirection::default()),
            Family::Points,
        )
        .consequence()
        .control(
            "the second singular values dropped",
            OnPoints(ProductDirection { without_second: true, ..ProductDirection::default() }),
            spread,
        )
        .control(
            "the alignments dropped",
            OnPoints(ProductDirection { without_alignment: true, ..ProductDirection::default() }),
            replay(include_str!("specs/product-misaligned.toml")),
        ),
        Claim::new(
            "JT19.lemma8-product-direction",
            include_str!("text/lemma8-product-direction.md"),
            OnRuns(ProductDirection::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "the second singular values dropped",
            OnRuns(ProductDirection { without_second: true, ..ProductDirection::default() }),
            replay(include_str!("specs/product-direction-run.toml")),
        ),
        Claim::new(
            "JT19.theorem1-product-half",
            include_str!("text/theorem1-product-half.md"),
            OnPoints(ProductHalf::default()),
            Family::Points,
        )
        .control("exponent L in place of L − 1", OnPoints(ProductHalf { printed: true }), scalar),
        Claim::new("JT19.SL-6", include_str!("text/SL-6.md"), OnPoints(ProductHalf { printed: true }), scalar)
            .expected_refuted(Some("JT19.theorem1-product-half"))
            .from_a_scan()
            .control("exponent L − 1", OnPoints(ProductHalf::default()), scalar),
    ]
}

/// `|⟨w/∏‖W_k‖_F, v_1⟩| ≥ ∏_k ρ_k ∏_{k<L} c_k − Σ_{1<k<L} e_k`.
#[doc = include_str!("text/lemma2-product-direction.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductDirection {
    /// The control: the sum of the second singular values is dropped.
    pub without_second: bool,
    /// The control: the product of the alignments is dropped.
    pub without_alignment: bool,
}

impl AboutPoint for ProductDirection {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        given.that(ALL_NONZERO, all_nonzero(point));
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        self.judge(point, false, finding);
    }
}

impl AboutRun for ProductDirection {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let statement = *self;
        let keeps_rank_one = above_first_is_chain(start);
        Box::new(assuming(
            |step: &Step<T>, given: &mut Hypotheses| _ = given.that(ALL_NONZERO, all_nonzero(&step.after)),
            move |step: &Step<T>, finding: &mut Finding| statement.judge(&step.after, keeps_rank_one, finding),
        ))
    }
}

const ALL_NONZERO: &str = "W_k ≠ 0 for all k";
const RANK_ONE: &str = "layers of rank one between the first and the last lose nothing";
const DIRECTION: &str = "∏ρ_k ∏c_k − Σe_k ≤ |⟨w/∏‖W_k‖_F, v_1⟩|";

impl ProductDirection {
    /// The bound at a point; `keeps_rank_one` if the layers between the first and the last are known to have rank one from where the
    /// run began.
    fn judge<T: Real>(self, point: &Point<T>, keeps_rank_one: bool, finding: &mut Finding) {
        let norms: Vec<T> = point.weights().iter().map(Matrix::frobenius).collect();
        let depth = norms.len();
        let parts = Parts::of(point, &norms, 0);
        let second = if self.without_second { point.constant(0) } else { parts.second.clone() };
        if !self.without_alignment
            && (parts.rho.at_most(&second) == Truth::True || (!self.without_second && middle_is_repeated(point)))
        {
            finding.asserted("the bound is at most 0", true).informative_if(Truth::False);
            return;
        }
        let scale = product(&norms);
        let exact = !(self.without_second || self.without_alignment);
        let cosines = |first| if self.without_alignment { point.constant(1) } else { parts.cosines(point, first) };
        let Ok(first) = point.spectra()[0].top_pair() else {
            // Every top pair of W_1: ρ_1(κ|⟨v_2, u_1⟩| − |⟨a, u_1⟩|) ≤ ρ_1 ‖κv_2 ∓ a‖ for a = (W_L⋯W_2)ᵀ/∏_{k≥2}‖W_k‖_F.
            let label = "ρ_1 ‖∏ρ_k ∏c_k v_2 ∓ (W_L⋯W_2)ᵀ/∏‖W_k‖_F‖ ≤ Σe_k over k ≥ 2, for every top pair of W_1";
            let rest = (depth > 2 && exact)
                .then(|| point.spectra()[1].top_pair().ok())
                .flatten()
                .map(|pair| misdirection(point, &norms, &pair.right, &(parts.rho.clone() * &cosines(1))));
            let relation = match rest {
                Some(rest) if rest.at_most(&second) == Truth::True => finding.at_most(label, &rest, &second),
                _ => finding.asserted(DIRECTION, Truth::Open),
            };
            // With two layers nothing depends on the choice; where the weights are rational, more precision shows a gap if there is one.
            let is_equality = depth == 2 && exact && (point.exact_weights().is_none() || is_repeated(point, 0));
            relation
                .informative_if(if is_equality { Truth::True } else { second.below(&parts.rho) })
                .attained_if(is_equality, "with one or two layers both sides are ‖W_2 u_1‖ σ_1/∏‖W_k‖_F")
                .attained_if(exact && (keeps_rank_one || middle_has_rank_one(point)), RANK_ONE);
            return;
        };
        let v = Matrix::row_vector(first.right);
        let left = point.end_to_end().inner(&v).abs() / &scale;
        let bound = parts.rho.clone() * &cosines(0) - &second;
        finding.trend("|⟨w/∏‖W_k‖_F, v_1⟩|", &left);
        finding
            .at_most(DIRECTION, &bound, &left)
            .informative_if(point.constant(0).below(&bound))
            .attained_if(exact && depth <= 2, "with one or two layers both sides are ‖W_2 u_1‖ σ_1/∏‖W_k‖_F")
            .attained_if(exact && (keeps_rank_one || middle_has_rank_one(point)), RANK_ONE);
    }
}

/// The smaller of `‖κv_2 − a‖` and `‖κv_2 + a‖`, `a = (W_L⋯W_2)ᵀ/∏_{k≥2}‖W_k‖_F`, from `v_2` and `κ` times `ρ_1`, which is times `ρ_1` too.
fn misdirection<T: Real>(point: &Point<T>, norms: &[T], v: &[T], kappa: &T) -> T {
    let (first, rest) = (&point.weights()[1], &point.weights()[2..]);
    let above = rest.iter().fold(first.clone(), |below, layer| layer.times(&below));
    let size = product(&norms[1..]);
    let rho = point.spectra()[0].norm() / &norms[0];
    let distance = |sign: i32| {
        let parts = v
            .iter()
            .zip(above.row(0))
            .map(|(v, entry)| kappa.clone() * v - &(entry.clone() * &rho / &size).times(sign));
        parts.fold(point.constant(0), |sum, part| sum + part.square()).sqrt_of_nonnegative()
    };
    distance(1).min(&distance(-1))
}

/// `‖W_L⋯W_2‖ ≥ ½ ∏_{k≥2} ‖W_k‖_F ≥ ½ C^{L−1}` with `C = min_k ‖W_k‖_F`, where the layers are aligned enough.
#[doc = include_str!("text/theorem1-product-half.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductHalf {
    /// The exponent `L`, as the scan reads.
    pub printed: bool,
}

impl AboutPoint for ProductHalf {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().layers(2)
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        given.that(ALL_NONZERO, all_nonzero(point));
        let label = "½ ≤ ∏ρ_k ∏c_k − Σe_k over the layers from the second on";
        let norms: Vec<T> = point.weights().iter().map(Matrix::frobenius).collect();
        let parts = Parts::of(point, &norms, 1);
        let half = point.constant((1, 2));
        let at_best = parts.rho.clone() - &parts.second;
        if at_best.below(&half) == Truth::True {
            given.at_most(label, &half, &at_best);
        } else if (1..norms.len()).any(|k| is_repeated(point, k)) {
            // Every top pair is meant, and one of them is orthogonal to the next layer's.
            given.at_most(label, &half, &-parts.second);
        } else {
            let aligned = parts.rho.clone() * &parts.cosines(point, 1) - &parts.second;
            given.at_most(label, &half, &aligned);
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let norms: Vec<T> = point.weights().iter().map(Matrix::frobenius).collect();
        let (first, rest) = (&point.weights()[1], &point.weights()[2..]);
        let later = rest.iter().fold(first.clone(), |below, layer| layer.times(&below)).frobenius();
        let depth = norms.len();
        let half = product(&norms[1..]).times((1, 2));
        // Of two layers both sides are one number.
        let slack = if depth == 2 { half.clone() } else { later.clone() - &half };
        finding.slack("½ ∏_{k≥2} ‖W_k‖_F ≤ ‖W_L⋯W_2‖", &slack, &half, &later).informative_if(Truth::from(depth > 2));
        let least = norms.iter().fold(norms[0].clone(), |least, norm| least.min(norm));
        let exponent = u32::try_from(if self.printed { depth } else { depth - 1 });
        let power = exponent.map_or_else(|_| least.undefined(), |exponent| least.power(exponent));
        let half = power.times((1, 2));
        let apart = later.clone() - &half;
        // And C is no larger than it.
        let slack = if depth == 2 && !self.printed { apart.max(&later.clone().times((1, 2))) } else { apart };
        finding.slack("½ C^{L−1} ≤ ‖W_L⋯W_2‖", &slack, &half, &later);
    }
}

/// The parts of the bound for the layers from `first` (counted from 0) to the last.
struct Parts<T> {
    /// `∏ρ_k`, `ρ_k = ‖W_k‖_2/‖W_k‖_F`.
    rho: T,
    /// `Σe_k` over the layers strictly between, `e_k` the second singular value over `‖W_k‖_F`.
    second: T,
}

impl<T: Real> Parts<T> {
    fn of(point: &Point<T>, norms: &[T], first: usize) -> Self {
        let spectra = point.spectra();
        let last = norms.len() - 1;
        let mut rho = point.constant(1);
        let mut second = point.constant(0);
        for k in first..=last {
            // The norm of one row or column is its only singular value: no rounding may come between them.
            let layer = &point.weights()[k];
            if layer.rows().min(layer.columns()) > 1 {
                rho = rho * &(spectra[k].norm() / &norms[k]);
            }
            if k > first && k < last {
                second += &(spectra[k].second() / &norms[k]);
            }
        }
        Self { rho, second }
    }

    /// `∏c_k`, `c_k = |⟨v_{k+1}, u_k⟩|`, over adjacent pairs of the layers from `first` on: for every choice of top pairs where one is not
    /// certainly unique.
    fn cosines(&self, point: &Point<T>, first: usize) -> T {
        let (zero, one) = (point.constant(0), point.constant(1));
        let cosine = |pair: &[Spectrum<T>]| match (pair[0].top_space(), pair[1].top_space()) {
            (Ok(below), Ok(above)) => squared_alignment(&above.right, &below.left).sqrt_of_nonnegative(),
            _ => T::between(&zero, &one),
        };
        point.spectra()[first..].windows(2).map(cosine).fold(one.clone(), |product, cosine| product * &cosine)
    }
}

fn product<T: Real>(factors: &[T]) -> T {
    factors[1..].iter().fold(factors[0].clone(), |product, factor| product * factor)
}

fn all_nonzero<T: Real>(point: &Point<T>) -> Truth {
    point
        .weights()
        .iter()
        .map(|layer| point.constant(0).below(&layer.frobenius_squared()))
        .fold(Truth::True, Truth::and)
}

/// Whether the largest singular value of a layer strictly between the first and the last is repeated: then `e_k = ρ_k` there, and the bound
/// is at most 0.
fn middle_is_repeated<T: Real>(point: &Point<T>) -> bool {
    (1..point.weights().len() - 1).any(|k| is_repeated(point, k))
}

/// Whether the largest singular value of the layer `k`, counted from 0, is repeated, by exact algebra where balls show no gap.
fn is_repeated<T: Real>(point: &Point<T>, k: usize) -> bool {
    matches!(point.spectra()[k].top_pair(), Err(Declined::NoGap))
        && point.exact_weights().is_some_and(|weights| top_is_repeated(&weights[k]))
}

/// Whether `‖W_L⋯W_2‖_F = ∏_{k≥2}‖W_k‖_F ≠ 0` at the start, decided exactly: `W_k = ±‖W_k‖_F a_k a_{k−1}ᵀ` for all `k ≥ 3` and `W_2 = a_2 bᵀ` with
/// unit `a_k`. Descent keeps it: `∂R/∂W_k` is then a multiple of `a_k a_{k−1}ᵀ`, and `∂R/∂W_2` of `a_2 (W_1 g)ᵀ`.
fn above_first_is_chain<T: Real>(start: &Point<T>) -> bool {
    start.exact_weights().is_some_and(|weights| {
        let norms = weights[1..].iter().map(|layer| inner(layer.entries(), layer.entries()));
        let product = norms.fold(Rational::from(1), |product, norm| product * norm);
        !product.is_zero() && product_norm_squared(&weights[1..]) == product
    })
}

/// Whether every layer strictly between the first and the last has rank one, by its shape or by exact elimination.
fn middle_has_rank_one<T: Real>(point: &Point<T>) -> bool {
    let last = point.weights().len() - 1;
    (1..last).all(|k| {
        let layer = &point.weights()[k];
        layer.rows().min(layer.columns()) == 1
            || point.spectra()[k].rank_gap().sign() == Sign::Zero
            || point.exact_weights().is_some_and(|weights| rank(&weights[k]) == 1)
    })
}
