//! Partial products of approximately balanced layers are nearly powers of one layer (Lemma 5).

use rug::Rational;

use crate::algebra::exact::power_of_two;
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::{Instance, Random, Sampled};
use crate::number::{Real, Sign};
use crate::problem::Matrix;
use crate::reference::Point;

use super::end_to_end::end_to_end_spectrum;
use super::nearly_balanced::{NearlyBalanced, Profile, free, widths};
use super::replay;
use super::theorem1::{depth, imbalance_squared};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let exchanged = replay(include_str!("specs/S4.toml"));
    let source = || Sampled::new("nearly balanced layers", nearly_balanced);
    vec![
        Claim::new(
            "ACGH19.lemma5-partial-products",
            include_str!("text/lemma5-partial-products.md"),
            OnPoints(PartialProducts::default()),
            source(),
        )
        .control(
            "0.99 νM^{2(j−1)} j(j−1)/2 in the place of (3/2)νM^{2(j−1)}j²",
            OnPoints(PartialProducts { sharp: true }),
            replay(include_str!("specs/falling-scalars.toml")),
        ),
        Claim::new(
            "ACGH19.lemma5-sigma-min",
            include_str!("text/lemma5-sigma-min.md"),
            OnPoints(LeastSingularValue::default()),
            source(),
        )
        .control("the cases exchanged", OnPoints(LeastSingularValue { printed: true }), exchanged),
        Claim::new(
            "ACGH19.lemma5-sigma-min.printed",
            include_str!("text/lemma5-sigma-min.printed.md"),
            OnPoints(LeastSingularValue { printed: true }),
            exchanged,
        )
        .expected_refuted(Some("ACGH19.lemma5-sigma-min"))
        .from_a_scan()
        .control("the cases as the proof has them", OnPoints(LeastSingularValue::default()), exchanged),
    ]
}

/// `ν²` for a `ν` that no `‖D_j‖_F` exceeds: `ν = max_j ‖D_j‖_F`, for which the bounds are strongest. Where balls cannot tell that from
/// zero, as with layers that stay balanced, it is a little more: the lemma speaks of every such `ν`. Nothing that needs a *small* `ν` may
/// rest on it.
pub(super) fn imbalance_bound_squared<T: Real>(point: &Point<T>) -> T {
    let square = imbalance_squared(point.weights());
    if square.sign() != Sign::Open {
        return square;
    }
    // In the units of the layers: ‖D_j‖_F is at most a multiple of M².
    let little = Rational::from(1) >> point.setting().bits();
    square.upper() + &largest_norm_squared(point).square().times(little)
}

/// `M² = max_j ‖W_j‖_σ²`.
pub(super) fn largest_norm_squared<T: Real>(point: &Point<T>) -> T {
    let squares = point.spectra().iter().map(crate::algebra::spectral::Spectrum::norm_squared);
    squares.reduce(|largest, square| largest.max(&square)).unwrap_or_else(|| point.constant(0))
}

/// `‖W_{1:j}ᵀW_{1:j} − (W_1ᵀW_1)^j‖_F ≤ (3/2)νM^{2(j−1)}j²`, and the same from the other end.
#[doc = include_str!("text/lemma5-partial-products.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct PartialProducts {
    /// The control: `0.99 νM^{2(j−1)} j(j−1)/2` on the right side.
    pub sharp: bool,
}

impl AboutPoint for PartialProducts {
    fn domain(&self) -> Domain {
        Domain::default().layers(2)
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let nu_squared = imbalance_bound_squared(point);
        let norm_squared = largest_norm_squared(point);
        let bound_squared = |count: usize| {
            // Exact: no network has so many layers.
            let exponent = 2 * (count as u32 - 1);
            let factor = if self.sharp {
                Rational::from((99, 100)) * Rational::from((count * (count - 1), 2))
            } else {
                Rational::from((3 * count * count, 2))
            };
            (norm_squared.power(exponent) * &nu_squared).times(factor.square())
        };
        let weights = point.weights();
        let mut product = weights[0].clone();
        let gram = product.transpose_times(&product);
        let mut power = gram.clone();
        for (j, layer) in weights.iter().enumerate().skip(1) {
            product = layer.times(&product);
            power = power.times(&gram);
            let distance = product.transpose_times(&product).minus(&power).frobenius_squared();
            finding
                .roots_at_most(
                    "‖W_{1:j}ᵀW_{1:j} − (W_1ᵀW_1)^j‖_F ≤ (3/2)νM^{2(j−1)}j²",
                    &distance,
                    &bound_squared(j + 1),
                )
                .layer(j + 1);
        }
        let mut product = weights[weights.len() - 1].clone();
        let gram = product.times_transpose(&product);
        let mut power = gram.clone();
        for (j, layer) in weights.iter().enumerate().rev().skip(1) {
            product = product.times(layer);
            power = power.times(&gram);
            let distance = product.times_transpose(&product).minus(&power).frobenius_squared();
            finding
                .roots_at_most(
                    "‖W_{j:N}W_{j:N}ᵀ − (W_NW_Nᵀ)^{N−j+1}‖_F ≤ (3/2)νM^{2(N−j)}(N−j+1)²",
                    &distance,
                    &bound_squared(weights.len() - j),
                )
                .layer(j + 1);
        }
    }
}

/// `σ_min(W)² − (3/2)νM^{2(N−1)}N²` is at most `σ_min(W_N)^{2N}` if `d_N ≤ d_0`, and at most `σ_min(W_1)^{2N}` if `d_0 ≤ d_N`.
#[doc = include_str!("text/lemma5-sigma-min.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastSingularValue {
    /// The cases as printed: exchanged, with the printed hypotheses on the widths.
    pub printed: bool,
}

impl AboutPoint for LeastSingularValue {
    fn domain(&self) -> Domain {
        Domain::default().layers(2)
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let weights = point.weights();
        let (first, last) = (&weights[0], &weights[weights.len() - 1]);
        let (input, output) = (first.columns(), last.rows());
        let (room_below, room_above) = (input <= first.rows(), output <= last.columns());
        if self.printed {
            given.that("d_N ≤ d_{N−1} and d_0 ≤ d_1", room_below && room_above);
        } else {
            given.that("d_N ≤ d_{N−1} if d_N ≤ d_0", room_above || output > input);
            given.that("d_0 ≤ d_1 if d_0 ≤ d_N", room_below || input > output);
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let weights = point.weights();
        let (input, output) = (weights[0].columns(), weights[weights.len() - 1].rows());
        let depth = depth(weights);
        let nu = imbalance_bound_squared(point).sqrt_of_nonnegative();
        let factor = Rational::from((3, 2)) * Rational::from(depth).square();
        let excess = (largest_norm_squared(point).power(depth - 1) * &nu).times(factor);
        let left = end_to_end_spectrum(point).least_squared() - &excess;
        let informative = point.constant(0).below(&left);
        let mut compare = |label, k: usize| {
            let right = point.spectra()[k].least_squared().power(depth);
            finding.at_most(label, &left, &right).layer(k + 1).informative_if(informative);
        };
        let top = weights.len() - 1;
        match (self.printed, output <= input) {
            (false, true) => compare("σ_min(W)² − (3/2)νM^{2(N−1)}N² ≤ σ_min(W_N)^{2N} if d_N ≤ d_0", top),
            (true, true) => compare("σ_min(W)² − (3/2)νM^{2(N−1)}N² ≤ σ_min(W_1)^{2N} if d_N ≤ d_0", 0),
            _ => {}
        }
        match (self.printed, input <= output) {
            (false, true) => compare("σ_min(W)² − (3/2)νM^{2(N−1)}N² ≤ σ_min(W_1)^{2N} if d_N ≥ d_0", 0),
            (true, true) => compare("σ_min(W)² − (3/2)νM^{2(N−1)}N² ≤ σ_min(W_N)^{2N} if d_N ≥ d_0", top),
            _ => {}
        }
    }
}

/// Two to twenty layers: scalars that fall by 10⁻⁶ or so at a time, scaled isometries and other layers that are nearly balanced,
/// and some that are not.
fn nearly_balanced(random: &mut Random) -> Instance {
    let step = power_of_two(-*random.choice(&[10, 16, 24]));
    let layers = match random.below(4) {
        0 => {
            let depth = *random.choice(&[2, 3, 5, 10, 20]);
            let profile = *random.choice(&[Profile::Falling, Profile::Rising]);
            profile.factors(depth, &step).into_iter().map(|factor| Matrix::row_vector(vec![factor])).collect()
        }
        1 => {
            let depth = random.size(2, 5);
            let widths: Vec<usize> = (0..=depth).map(|_| random.size(1, 4)).collect();
            let matrices: Vec<Matrix<Rational>> =
                widths.windows(2).map(|pair| random.matrix(pair[1], pair[0], 6)).collect();
            matrices
        }
        _ => {
            let depth = random.size(2, 6);
            let widths = widths(random, depth, 4);
            NearlyBalanced::draw(random, &widths).layers(&step)
        }
    };
    Instance::point(free(layers))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::generate::towards;
    use crate::number::{Ball, Truth};
    use crate::reference::Setting;

    #[test]
    fn an_imbalance_that_may_be_zero_is_bounded_all_the_same() {
        let number = |value: Rational| Matrix::row_vector(vec![value]);
        let one = || number(Rational::from(1));
        let setting =
            Arc::new(Setting::<Ball>::new(Arc::new(towards(one(), vec![one(), one()], Rational::from(1))), 128));
        let little = power_of_two(-20);
        // W_1 = 1 and W_2 between 1 and 1 + 2⁻²⁰: the imbalance is anything from 0 to 2⁻¹⁹ + 2⁻⁴⁰.
        let ball = |value: Rational| setting.constant(value);
        let second = Ball::between(&ball(Rational::from(1)), &ball(Rational::from(&little + 1)));
        let weights = vec![Matrix::row_vector(vec![ball(Rational::from(1))]), Matrix::row_vector(vec![second])];
        let bound = imbalance_bound_squared(&Point::new(setting.clone(), weights));
        let largest = (Rational::from(&little * 2) + little.square()).square();
        assert_eq!(ball(largest.clone()).at_most(&bound), Truth::True, "{bound}");
        assert_eq!(bound.below(&ball(largest * 4u32)), Truth::True, "{bound}");
    }
}
