//! The product of the layers points along the top right singular vector of the first.

use crate::claims::{Claim, Finding, OldAboutPoint, OldAboutRun, OldFold, OldOnPoints, OldOnRuns};
use crate::generate::{Family, Fixed};
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::Point;
use crate::reference::exact_algebra::rank;
use crate::reference::exact_spectrum::top_is_repeated;
use crate::reference::singular_vectors::{Declined, TopSpace};
use crate::reference::subspace::squared_alignment;

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let spread = replay(include_str!("specs/product-direction.toml"));
    let scalar = replay(include_str!("specs/SL-6.toml"));
    vec![
        Claim::new(
            "JT19.lemma2-product-direction",
            include_str!("text/lemma2-product-direction.md"),
            OldOnPoints(ProductDirection::default()),
            Family::Points,
        )
        .consequence()
        .control(
            "the second singular values dropped",
            OldOnPoints(ProductDirection { without_second: true, ..ProductDirection::default() }),
            spread.clone(),
        )
        .control(
            "the alignments dropped",
            OldOnPoints(ProductDirection { without_alignment: true, ..ProductDirection::default() }),
            replay(include_str!("specs/product-misaligned.toml")),
        ),
        Claim::new(
            "JT19.lemma8-product-direction",
            include_str!("text/lemma8-product-direction.md"),
            OldOnRuns(ProductDirection::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "the second singular values dropped",
            OldOnRuns(ProductDirection { without_second: true, ..ProductDirection::default() }),
            replay(include_str!("specs/product-direction-run.toml")),
        ),
        Claim::new(
            "JT19.theorem1-product-half",
            include_str!("text/theorem1-product-half.md"),
            OldOnPoints(ProductHalf::default()),
            Family::Points,
        )
        .control("exponent L in place of L − 1", OldOnPoints(ProductHalf { printed: true }), scalar.clone()),
        Claim::new(
            "JT19.SL-6",
            include_str!("text/SL-6.md"),
            OldOnPoints(ProductHalf { printed: true }),
            Fixed::new("JT19.SL-6", vec![scalar.clone()]),
        )
        .expected_refuted(Some("JT19.theorem1-product-half"))
        .from_a_scan()
        .control("exponent L − 1", OldOnPoints(ProductHalf::default()), scalar),
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

impl OldAboutPoint for ProductDirection {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        finding.given("one output", point.setting().network().output_dimension() == 1);
        finding.given("W_k ≠ 0 for all k", all_nonzero(point));
        if finding.applicable() == Truth::False {
            return;
        }
        let norms: Vec<T> = point.weights().iter().map(Matrix::frobenius).collect();
        let depth = norms.len();
        let parts = Parts::of(point, &norms, 0);
        let second = if self.without_second { point.constant(0) } else { parts.second.clone() };
        if !self.without_alignment && parts.rho.at_most(&second) == Truth::True {
            finding.asserted("the bound is at most 0", true).informative_if(Truth::False);
            return;
        }
        finding.given("each ‖W_k‖_2 is a simple singular value", all_simple(point));
        let (Some(cosines), Ok(first)) = (parts.cosines(point, 0), point.spectra()[0].top_pair()) else { return };
        let cosines = if self.without_alignment { point.constant(1) } else { cosines };
        let scale = product(&norms);
        let v = Matrix::row_vector(first.right);
        let left = point.end_to_end().inner(&v).abs() / &scale;
        let bound = parts.rho * &cosines - &second;
        let exact = !(self.without_second || self.without_alignment);
        finding.trend("|⟨w/∏‖W_k‖_F, v_1⟩|", &left);
        finding
            .at_most("∏ρ_k ∏c_k − Σe_k ≤ |⟨w/∏‖W_k‖_F, v_1⟩|", &bound, &left)
            .informative_if(point.constant(0).below(&bound))
            .attained_if(exact && depth <= 2, "with one or two layers both sides are ‖W_2 u_1‖ σ_1/∏‖W_k‖_F")
            .attained_if(
                exact && middle_has_rank_one(point),
                "layers of rank one between the first and the last lose nothing",
            );
    }
}

impl OldAboutRun for ProductDirection {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let statement = *self;
        // Where all layers between the first and the last have rank one and keep it, both sides are equal for ever, which balls cannot
        // show once the weights are no longer rational.
        let may_be_strict = start.weights().len() <= 2 || !middle_has_rank_one(start);
        let mut assumed = Finding::default();
        assumed.given("some layer between the first and the last starts with rank two or more", may_be_strict);
        Box::new(move |step, finding| {
            finding.given_again(assumed.hypotheses());
            if may_be_strict {
                OldAboutPoint::examine(&statement, &step.after, finding);
            }
        })
    }
}

/// `‖W_L⋯W_2‖ ≥ ½ ∏_{k≥2} ‖W_k‖_F ≥ ½ C^{L−1}` with `C = min_k ‖W_k‖_F`, where the layers are aligned enough.
#[doc = include_str!("text/theorem1-product-half.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductHalf {
    /// The exponent `L`, as the scan reads.
    pub printed: bool,
}

impl OldAboutPoint for ProductHalf {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        finding.given("one output", point.setting().network().output_dimension() == 1);
        finding.given("at least two layers", point.weights().len() > 1);
        finding.given("W_k ≠ 0 for all k", all_nonzero(point));
        if finding.applicable() == Truth::False {
            return;
        }
        let norms: Vec<T> = point.weights().iter().map(Matrix::frobenius).collect();
        let parts = Parts::of(point, &norms, 1);
        let half = point.constant((1, 2));
        if (parts.rho.clone() - &parts.second).below(&half) == Truth::True {
            finding.given("½ ≤ ∏ρ_k ∏c_k − Σe_k over the layers from the second on", false);
            return;
        }
        finding.given("each ‖W_k‖_2, k ≥ 2, is a simple singular value", all_simple_from(point, 1));
        let Some(cosines) = parts.cosines(point, 1) else { return };
        let aligned = parts.rho * &cosines - &parts.second;
        finding.given_at_most("½ ≤ ∏ρ_k ∏c_k − Σe_k over the layers from the second on", &half, &aligned);
        let (first, rest) = (&point.weights()[1], &point.weights()[2..]);
        let later = rest.iter().fold(first.clone(), |below, layer| layer.times(&below)).frobenius();
        let depth = u32::try_from(norms.len()).unwrap_or(u32::MAX);
        finding
            .at_most("½ ∏_{k≥2} ‖W_k‖_F ≤ ‖W_L⋯W_2‖", &product(&norms[1..]).times((1, 2)), &later)
            .informative_if(Truth::from(depth > 2));
        let least = norms.iter().fold(norms[0].clone(), |least, norm| least.min(norm));
        let exponent = if self.printed { depth } else { depth - 1 };
        finding.at_most("½ C^{L−1} ≤ ‖W_L⋯W_2‖", &least.power(exponent).times((1, 2)), &later);
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

    /// `∏c_k`, `c_k = |⟨v_{k+1}, u_k⟩|`, over adjacent pairs of the layers from `first` on; `None` if a top pair is not unique.
    fn cosines(&self, point: &Point<T>, first: usize) -> Option<T> {
        let spaces: Vec<TopSpace<T>> = point.spectra()[first..]
            .iter()
            .map(|spectrum| spectrum.top_space().ok().filter(|space| space.left.dimension() == 1))
            .collect::<Option<_>>()?;
        let squares =
            spaces.windows(2).map(|pair| squared_alignment(&pair[1].right, &pair[0].left).sqrt_of_nonnegative());
        Some(squares.fold(point.constant(1), |product, cosine| product * &cosine))
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

fn all_simple<T: Real>(point: &Point<T>) -> Truth {
    all_simple_from(point, 0)
}

/// Whether the largest singular value of every layer from `first` on is simple: certified by balls, denied by exact algebra.
fn all_simple_from<T: Real>(point: &Point<T>, first: usize) -> Truth {
    (first..point.weights().len())
        .map(|k| match point.spectra()[k].top_pair() {
            Ok(_) => Truth::True,
            Err(Declined::MayBeZero) => Truth::Open,
            Err(Declined::NoGap) => match point.exact_weights() {
                Some(weights) if top_is_repeated(&weights[k]) => Truth::False,
                _ => Truth::Open,
            },
        })
        .fold(Truth::True, Truth::and)
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
