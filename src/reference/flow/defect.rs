//! The defect of a centre: how far it is from following the flow.

use super::centre::Centre;
use super::field::{Field, Sup};
use crate::number::{Disc, Magnitude, TooWide};

/// A bound of the defect `δ = c′ − 2^unit F(c)` of a polynomial `c` of degree `N`, as a function of time.
///
/// `δ` is analytic wherever `F(c)` is. Its coefficients below the `N`-th are bounded one by one. From there on `c′` has none, and those of
/// `F(c)` are at most `S ρ^−n` by Cauchy's estimate, if `|F(c(z))| ≤ S` for all complex `|z| ≤ ρ`. It holds for vectors as for numbers: with the
/// norm `(Σ |F_j|²)^½`, which is what `S` bounds, the `n`-th coefficient is the mean of `F(c(z)) z^−n` over the circle. So for `0 ≤ h < ρ`
///
/// ```text
/// ∫_0^h |δ| ≤ Σ_{n<N} |δ_n| h^{n+1} / (n+1) + S h q^N / ((N+1) (1 − q)),  q = h/ρ.
/// ```
#[derive(Clone, Debug)]
pub(super) struct Defect {
    /// `|δ_n| / (n+1)` for `n < N`.
    cut: Vec<Magnitude>,
    /// `ρ`.
    disc: f64,
    /// `S`, in the same unit of time.
    sup: Magnitude,
}

impl Defect {
    /// The defect of a centre of which `cut` bounds the first coefficients of the defect, each divided by its number from 1 on, with the
    /// tail that `F` has over the disc of radius `disc`.
    pub fn new(cut: &[Magnitude], disc: f64, sup: Magnitude) -> Self {
        Self { cut: cut.to_vec(), disc, sup }
    }

    /// A bound of `∫_0^h |δ|`; infinite unless `h` is inside of the disc.
    pub fn integral(&self, h: f64) -> Magnitude {
        let (one, time) = (Magnitude::power_of_two(0), Magnitude::above_f64(h));
        let cut = self.cut.iter().rev().fold(Magnitude::ZERO, |sum, &cut| (sum + cut) * time);
        let share = time.over(Magnitude::above_f64(self.disc));
        let order = self.cut.len();
        let power = (0..order).fold(one, |power, _| power * share);
        let tail = self.sup * time * power;
        cut + tail.over(one.minus_below(share)).over(Magnitude::above_f64((order + 1) as f64))
    }
}

/// Bounds of `|2^unit F(c(z))|`, and of the pull, over `|z| ≤ radius`.
pub(super) fn sup(field: &Field, centre: &Centre, radius: f64) -> Result<Sup, TooWide> {
    let rho = Magnitude::above_f64(radius);
    let discs = |rho: Magnitude| -> Vec<Disc> {
        let start = centre.coefficients()[0].iter();
        start.zip(centre.deviations(rho)).map(|(value, deviation)| Disc::new(value, deviation)).collect()
    };
    let sup = field.sup(centre.known(), rho, &discs(rho), &discs(rho.scaled(1)))?;
    Ok(Sup { gradient: sup.gradient.scaled(centre.unit()), ..sup })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::{Ball, Matrix, Real, Ring};
    use crate::problem::{Loss, Network, Normalisation, Problem, StepRule};
    use rug::ops::Pow;

    /// The defect of the centre of `w′ = e^{−w} + e^{−w}/3` from 1/2, found at many times, is no more than its bound and not far from it: where the
    /// tail of the series is all there is, and where the roundings of its coefficients are.
    #[test]
    fn the_defect_is_what_it_is_said_to_be() {
        let row = |entries: &[(i32, i32)]| {
            Matrix::from_entries(1, entries.iter().map(|&entry| rug::Rational::from(entry)).collect())
        };
        let data = crate::problem::Data::Examples { x: row(&[(1, 1), (1, 1), (1, 1)]), y: row(&[(1, 1); 3]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let initial = vec![row(&[(1, 2)])];
        let problem =
            Problem::new(network, Loss::Exponential, Normalisation::Mean, data, initial, StepRule::Flow).unwrap();
        let field = Field::new(&Arc::new(problem)).unwrap();
        let start = [Ball::from_rational(&(1, 2).into(), 64)];
        for (bits, order, h, unit) in
            [(64, 3, 0.25, 0), (64, 8, 0.5, 1), (64, 8, 0.5, -1), (64, 40, 0.125, 0), (20, 12, 0.125, 0)]
        {
            let (centre, cut) = Centre::taylor(&field, &start, order, unit, bits);
            let discs = [h * 1.5, h * 4.0, h * 10.0].into_iter();
            let bounds = discs.filter_map(|disc| {
                Some(Defect::new(&cut, disc, sup(&field, &centre, disc).ok()?.gradient).integral(h))
            });
            let bound = bounds.fold(Magnitude::INFINITE, Ord::min);
            let derivative: Vec<Vec<Ball>> =
                (1..=order).map(|n| vec![centre.coefficients()[n][0].clone().with_bits(300).times(n)]).collect();
            let derivative = Centre::new(unit, derivative);
            // The mean of many of them is the integral, but for less than a tenth.
            let count = 1000;
            let mean = (0..count).map(|k| {
                let s = Ball::from_rational(&((2 * k + 1, 2 * count).into()), 300)
                    .times(rug::Rational::from_f64(h).unwrap());
                let slope = (-centre.at(&s, 300)[0].clone()).exp().times(rug::Rational::from(2).pow(unit as i32));
                (derivative.at(&s, 300)[0].clone() - &slope).greatest_absolute()
            });
            let found =
                mean.fold(Magnitude::ZERO, |sum, value| sum + value) * Magnitude::above_f64(h / f64::from(count));
            assert!(found <= bound + bound.scaled(-4), "{bits} bits, order {order}: {found:?}, {bound:?}");
            assert!(bound < found.scaled(12), "{bits} bits, order {order}: {found:?}, {bound:?}");
        }
    }
}
