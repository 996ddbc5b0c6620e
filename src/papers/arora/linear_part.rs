//! What is linear in the step size, compared with its form for balanced layers (proof of Lemma 7).

use rug::Rational;

use crate::algebra::exact::{end_to_end, power, root_below, sum};
use crate::algebra::symmetric::is_positive_semidefinite;
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints, Shape};
use crate::generate::{self, Instance, Random, Sampled, Structure, towards};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;

use super::end_to_end::end_to_end_spectrum;
use super::gram::{powers, smaller_gram, tensor_sum};
use super::nearly_balanced::{NearlyBalanced, free, widths};
use super::partial_products::{imbalance_bound_squared, largest_norm_squared};
use super::replay;
use super::theorem1::{depth, imbalance_squared, least_power, multiple_of_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let shape = |widths: &[usize]| Shape::fully_connected(widths);
    let single = replay(include_str!("specs/S6.toml"));
    vec![
        Claim::new(
            "ACGH19.lemma7-linear-part",
            include_str!("text/lemma7-linear-part.md"),
            OnPoints(LinearPart::default()),
            Sampled::new("layers as unbalanced as (28) allows", at_the_limit),
        )
        .control(
            "any imbalance",
            OnPoints(LinearPart { any_imbalance: true }),
            replay(include_str!("specs/unbalanced-diagonals.toml")),
        ),
        Claim::identity(
            "ACGH19.lemma7-linear-part.vec",
            include_str!("text/lemma7-linear-part.vec.md"),
            OnPoints(AsVectors::default()),
            vec![
                shape(&[2, 3]),
                shape(&[1, 1, 1]),
                shape(&[2, 3, 2]),
                shape(&[3, 2, 1]),
                shape(&[2, 1, 3, 2]),
                shape(&[2, 2, 1, 2, 3]),
            ],
        )
        .identity_control("the factors exchanged", OnPoints(AsVectors { exchanged: true }), shape(&[2, 2, 2])),
        Claim::new(
            "ACGH19.lemma7-linear-part.order",
            include_str!("text/lemma7-linear-part.order.md"),
            OnPoints(LoewnerOrder::default()),
            Sampled::new("layers for a Loewner order", two_layers_or_more),
        )
        .control(
            "twice the right side",
            OnPoints(LoewnerOrder { doubled: true, ..LoewnerOrder::default() }),
            replay(include_str!("specs/unbalanced-diagonals.toml")),
        ),
        Claim::new(
            "ACGH19.lemma7-linear-part.order.printed",
            include_str!("text/lemma7-linear-part.order.printed.md"),
            OnPoints(LoewnerOrder { printed: true, ..LoewnerOrder::default() }),
            single,
        )
        .expected_refuted(Some("ACGH19.lemma7-linear-part.order"))
        .from_a_scan()
        .control(
            "three layers",
            OnPoints(LoewnerOrder::default()),
            replay(include_str!("specs/S6-repaired.toml")),
        ),
    ]
}

/// `Σ_j W_{j+1:N}W_{j+1:N}ᵀ G W_{1:j−1}ᵀW_{1:j−1}`, which `W(t+1) − W(t)` is `−η` times, to first order in `η`.
pub(super) fn linear_part<T: Real>(point: &Point<T>) -> Matrix<T> {
    let (weights, slope) = (point.weights(), point.product_gradient());
    let bits = point.setting().bits();
    let mut below = Matrix::identity(slope.columns(), bits);
    let below: Vec<Matrix<T>> = weights
        .iter()
        .map(|layer| {
            let product = layer.times(&below);
            std::mem::replace(&mut below, product)
        })
        .collect();
    let mut above = Matrix::identity(slope.rows(), bits);
    let mut total = Matrix::zeros(slope.rows(), slope.columns(), bits);
    for (layer, below) in weights.iter().zip(&below).rev() {
        let left = above.times(&above.transpose_times(slope));
        total = total.plus(&left.times_transpose(below).times(below));
        above = above.times(layer);
    }
    total
}

/// The powers of `W_1ᵀW_1` and of `W_NW_Nᵀ`, from the 0-th to the `(N−1)`-st.
fn gram_powers<T: Real>(point: &Point<T>) -> (Vec<Matrix<T>>, Vec<Matrix<T>>) {
    let weights = point.weights();
    let (first, last) = (&weights[0], &weights[weights.len() - 1]);
    (powers(&first.transpose_times(first), weights.len()), powers(&last.times_transpose(last), weights.len()))
}

/// `Σ_j (W_NW_Nᵀ)^{N−j}G(W_1ᵀW_1)^{j−1}`.
fn balanced_form<T: Real>(point: &Point<T>) -> Matrix<T> {
    let slope = point.product_gradient();
    let (first, last) = gram_powers(point);
    let zero = Matrix::zeros(slope.rows(), slope.columns(), point.setting().bits());
    first.iter().zip(last.iter().rev()).fold(zero, |sum, (right, left)| sum.plus(&left.times(slope).times(right)))
}

/// The two sums are near each other, and the second one is bounded below.
#[doc = include_str!("text/lemma7-linear-part.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LinearPart {
    /// The control: (28) is not required.
    pub any_imbalance: bool,
}

impl AboutPoint for LinearPart {
    fn domain(&self) -> Domain {
        Domain::default().target().layers(2)
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        if self.any_imbalance {
            return;
        }
        // Of the squares, without roots; the imbalance as it is, be it zero or not known from zero.
        let n = depth(point.weights());
        let nu_squared = imbalance_squared(point.weights());
        let (least_squared, norm_squared) = (end_to_end_spectrum(point).least_squared(), largest_norm_squared(point));
        let mut state = |label, scale: T, limit_squared: T| {
            let left = scale.square() * &nu_squared;
            let root = |square: &T| square.clone().sqrt_of_nonnegative();
            given.between(label, left.at_most(&limit_squared), &root(&left), &root(&limit_squared));
        };
        state(
            "(28): 8N³M^{2(N−2)} max_j ‖D_j‖_F ≤ σ^a",
            norm_squared.power(n - 2).times(multiple_of_power(8, n, 3)),
            least_squared.square().rational_power(n - 1, n),
        );
        state(
            "(28): 6N²M^{2(N−1)} max_j ‖D_j‖_F ≤ σ²",
            norm_squared.power(n - 1).times(multiple_of_power(6, n, 2)),
            least_squared.square(),
        );
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let n = depth(point.weights());
        let slope_squared = point.product_gradient().frobenius_squared();
        let least_squared = end_to_end_spectrum(point).least_squared();
        let norm_squared = largest_norm_squared(point);
        let sigma = least_power(point);
        // With two layers this is M⁰.
        let spread = norm_squared.power(n - 2).times(multiple_of_power(1, n, 3));
        // Two links hold of every 2δ that is no less than the imbalance, whether it meets (28) or not.
        let nu_squared = imbalance_bound_squared(point);
        let left_for = |nu_squared: &T| {
            let excess = norm_squared.power(n - 1) * &nu_squared.clone().sqrt_of_nonnegative();
            least_squared.clone() - &excess.times(multiple_of_power(3, n, 2) / 2u32)
        };
        let distance = linear_part(point).minus(&balanced_form(point)).frobenius_squared();
        let bound = spread.square() * &nu_squared * &slope_squared;
        finding
            .roots_at_most(
                "‖Σ_j W_{j+1:N}W_{j+1:N}ᵀGW_{1:j−1}ᵀW_{1:j−1} − Σ_j (W_NW_Nᵀ)^{N−j}G(W_1ᵀW_1)^{j−1}‖_F ≤ 2δN³M^{2(N−2)}‖G‖_F",
                &distance,
                &bound,
            )
            .attained_if(n == 2, "with two layers both sums have the same two terms");
        let (first, last) =
            (least_eigenvalue(point, 0, false), least_eigenvalue(point, point.weights().len() - 1, true));
        let three_quarters = least_squared.clone().times((3, 4));
        let mut least = point.constant(0);
        for j in 0..n {
            least += &(first.power(j) * &last.power(n - 1 - j));
        }
        finding.at_most("¾σ^a ≤ λ_min(Λ)", &sigma.clone().times((3, 4)), &least);
        if self.any_imbalance {
            return;
        }
        let left = left_for(&imbalance_squared(point.weights()));
        finding.at_most("¾σ² ≤ σ² − (3/2)(2δ)M^{2(N−1)}N²", &three_quarters, &left);
        let largest = first.power(n).max(&last.power(n));
        finding.at_most("σ² − (3/2)(2δ)M^{2(N−1)}N² ≤ max{λ_D^N, λ_E^N}", &left_for(&nu_squared), &largest);
        let middle = three_quarters.rational_power(n - 1, n);
        finding.at_most("(¾σ²)^{(N−1)/N} ≤ λ_min(Λ)", &middle, &least);
        finding.at_most("¾σ^a ≤ (¾σ²)^{(N−1)/N}", &sigma.times((3, 4)), &middle);
    }
}

/// The least eigenvalue of `W_kᵀW_k`, or of `W_kW_kᵀ`: zero if the shape of the layer forces one.
fn least_eigenvalue<T: Real>(point: &Point<T>, k: usize, of_rows: bool) -> T {
    let layer = &point.weights()[k];
    let (size, other) = if of_rows { (layer.rows(), layer.columns()) } else { (layer.columns(), layer.rows()) };
    if size <= other { point.spectra()[k].least_squared() } else { point.constant(0) }
}

/// `vec(Σ_j (W_NW_Nᵀ)^{N−j}G(W_1ᵀW_1)^{j−1}) = Σ_j ((W_1ᵀW_1)^{j−1} ⊗ (W_NW_Nᵀ)^{N−j}) vec(G)`.
#[doc = include_str!("text/lemma7-linear-part.vec.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AsVectors {
    /// The control: the factors of the tensor product exchanged.
    pub exchanged: bool,
}

/// A matrix column by column, as one column.
fn vectorised<T: Real>(matrix: &Matrix<T>) -> Matrix<T> {
    let rows = matrix.rows();
    Matrix::from_fn(rows * matrix.columns(), 1, |i, _| matrix[(i % rows, i / rows)].clone())
}

impl AboutPoint for AsVectors {
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (first, last) = gram_powers(point);
        // Exchanged, term by term: Σ_j E^{N−j} ⊗ D^{j−1}.
        let sum = if self.exchanged { tensor_sum(&last, &first) } else { tensor_sum(&first, &last) };
        let right = sum.times(&vectorised(point.product_gradient()));
        finding.equal_matrices(
            "vec(Σ_j (W_NW_Nᵀ)^{N−j}G(W_1ᵀW_1)^{j−1}) = Σ_j ((W_1ᵀW_1)^{j−1} ⊗ (W_NW_Nᵀ)^{N−j}) vec(G)",
            &vectorised(&balanced_form(point)),
            &right,
        );
    }
}

/// `Σ_j (W_1ᵀW_1)^{j−1} ⊗ (W_NW_Nᵀ)^{N−j} ⪰ I ⊗ (W_NW_Nᵀ)^{N−1} + (W_1ᵀW_1)^{N−1} ⊗ I` for `N ≥ 2`.
#[doc = include_str!("text/lemma7-linear-part.order.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LoewnerOrder {
    /// As printed: also for `N = 1`.
    pub printed: bool,
    /// The control: twice the right side.
    pub doubled: bool,
}

impl AboutPoint for LoewnerOrder {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        if !self.printed {
            given.that("N ≥ 2", point.weights().len() >= 2);
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let weights = point.weights();
        let n = weights.len();
        // From two layers on both sides are I ⊗ E^{N−1} on the kernel of D and D^{N−1} ⊗ I on that of E; off the kernels that the shapes
        // force, D and E are the smaller products.
        let (first, last) = if n >= 2 && !self.doubled {
            (powers(&smaller_gram(&weights[0]), n), powers(&smaller_gram(&weights[n - 1]), n))
        } else {
            gram_powers(point)
        };
        let right = first[0].kronecker(&last[n - 1]).plus(&first[n - 1].kronecker(&last[0]));
        let right = if self.doubled { right.clone().plus(&right) } else { right };
        let difference = tensor_sum(&first, &last).minus(&right);
        // Singular products in balls, which elimination leaves open: the terms between are tensor products of powers of W_1ᵀW_1 and W_NW_Nᵀ,
        // none of which has a negative eigenvalue.
        let truth = is_positive_semidefinite(&difference).or_else(|| match n >= 3 && !self.doubled {
            true => Truth::True,
            false => Truth::Open,
        });
        finding
            .asserted("Λ ⪰ I ⊗ E^{N−1} + D^{N−1} ⊗ I", truth)
            .informative_if(Truth::from(n >= 3))
            .attained_if(n == 2 && !self.doubled, "two layers: both sides have the same two terms");
    }
}

/// Layers of a profile whose imbalance is the largest that (28) allows, to a thousandth, and a gradient of any kind.
fn at_the_limit(random: &mut Random) -> Instance {
    let depth = *random.choice(&[2, 3, 3, 4, 5]);
    let widths = if random.chance(1, 4) { vec![1; depth + 1] } else { widths(random, depth, 3) };
    let nearly = NearlyBalanced::draw(random, &widths);
    let n = depth as u32;
    let m_squared = Rational::from(nearly.norm() * nearly.norm());
    let step = nearly.largest_step(10, |layers, step| {
        let least_squared = nearly.product_range(step).1.square();
        let sigma = root_below(&power(&least_squared, n - 1), n, 60);
        let first = sigma / (power(&m_squared, n - 2) * multiple_of_power(8, n, 3));
        let second = least_squared / (power(&m_squared, n - 1) * multiple_of_power(6, n, 2));
        generate::imbalance_squared(layers) < first.min(second).square()
    });
    let layers = nearly.layers(&step);
    let product = end_to_end(&layers, widths[0]);
    let slope = random.matrix(product.rows(), product.columns(), 6);
    Instance::point(towards(sum(&product, &Rational::from(-1), &slope), layers, Rational::from(1)))
}

/// Two to five layers of widths 1 to 3 and any structure.
fn two_layers_or_more(random: &mut Random) -> Instance {
    let depth = *random.choice(&[2, 3, 3, 4, 5]);
    let widths: Vec<usize> = (0..=depth).map(|_| random.size(1, 3)).collect();
    let layers = Structure::Plain.layers(random, &widths, 3);
    Instance::point(free(layers))
}
