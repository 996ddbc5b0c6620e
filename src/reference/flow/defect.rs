//! The defect of a centre: how far it is from following the flow.

use super::centre::{Centre, two_to};
use super::field::{Field, Sup};
use crate::number::{Ball, Disc, Magnitude, Ring, TooWide};

/// A bound of how far from the start and from the flow a polynomial `c` of degree `N` leads, of its defect `δ = c′ − 2^unit F(c)` as a function of time.
#[derive(Clone, Debug)]
pub(super) enum Defect {
    /// *About the begin of the step*, where `c` is the start.
    ///
    /// `δ` is analytic wherever `F(c)` is. Its coefficients below the `N`-th are bounded one by one. From there on `c′` has none, and those of
    /// `F(c)` are at most `S ρ^−n` by Cauchy's estimate, if `|F(c(z))| ≤ S` for all complex `|z| ≤ ρ`. It holds for vectors as for numbers: with the
    /// norm `(Σ |F_j|²)^½`, which is what `S` bounds, the `n`-th coefficient is the mean of `F(c(z)) z^−n` over the circle. So for `0 ≤ h < ρ`
    ///
    /// ```text
    /// ∫_0^h |δ| ≤ Σ_{n<N} |δ_n| h^{n+1} / (n+1) + S h q^N / ((N+1) (1 − q)),  q = h/ρ.
    /// ```
    Begin {
        /// `|δ_n| / (n+1)` for `n < N`.
        cut: Vec<Magnitude>,
        /// `ρ`.
        disc: f64,
        /// `S`, in the same unit of time.
        sup: Magnitude,
    },
    /// *About the middle of the step*, which goes from `−h` to `h`.
    ///
    /// Of any `M ≥ N` the coefficients `δ_n`, `n < M`, are enclosed, and what they add up to is written as `Σ_{k<M} d_k T_k(s/h)`, `T_k` Chebyshev's
    /// polynomials: these are at most 1 on the step. The rest is bounded by Cauchy's estimate as above. So on all of `[−h, h]`
    ///
    /// ```text
    /// |δ| ≤ Σ_{k<M} |d_k| + S q^M / (1 − q),  q = h/ρ.
    /// ```
    ///
    /// The `δ_n h^n` themselves may be `(1 + √2)^M` times as large as the `d_k`, which is why their absolute values are not added up. They are turned by Horner's
    /// rule, `2x T_k = T_{k+1} + T_{|k−1|}`, from the `δ_n (h/2)^n`. The start need not be on `c`: how far it is from `c(−h)` is counted once.
    Middle {
        /// `|c(−h) − w|`.
        gap: Magnitude,
        /// A bound of `|δ|` on the step.
        most: Magnitude,
    },
}

/// Of the defect about the middle so many times `N` coefficients are enclosed, as few as leave a rest that is small beside what is allowed.
const COEFFICIENTS: std::ops::RangeInclusive<usize> = 2..=4;

/// Discs about the middle are these powers of √2 as large as the half of the step.
const DISCS: std::ops::RangeInclusive<i32> = 1..=8;

impl Defect {
    /// The defect of a centre of which `cut` bounds the first coefficients of the defect, each divided by its number from 1 on, with the
    /// tail that `F` has over the disc of radius `disc`.
    pub fn new(cut: &[Magnitude], disc: f64, sup: Magnitude) -> Self {
        Self::Begin { cut: cut.to_vec(), disc, sup }
    }

    /// The defect of a centre about the middle of a step from `start`, at `bits` bits, of which `allowed` would be small, the disc and what is bounded there; `None`
    /// if `F` has no bound on any disc around the step.
    pub fn about_middle(
        field: &Field,
        centre: Centre,
        start: &[Ball],
        allowed: Magnitude,
        bits: u32,
    ) -> Option<(Centre, Self, (f64, Sup))> {
        let half = -centre.begin();
        let begin = centre.at(&Ball::from_f64(centre.begin(), bits), bits);
        let gaps = begin.into_iter().zip(start).map(|(value, start)| (value - start).greatest_absolute());
        let gap = Magnitude::euclidean(gaps);
        let order = centre.coefficients().len();
        let unit = Ball::from_rational(&two_to(centre.unit()), bits);
        // h/2 and its powers.
        let shorter = Ball::from_f64(half / 2.0, bits);
        let mut power = Ball::one(bits);
        let (mut series, mut scaled, mut beside) = (field.series(bits), Vec::new(), Vec::new());
        let zeros = vec![Ball::zero(bits); start.len()];
        let mut centre = centre;
        for times in COEFFICIENTS {
            while scaled.len() < times * order {
                let n = scaled.len();
                let slopes = series.next(centre.coefficients().get(n).unwrap_or(&zeros));
                let next = centre.coefficients().get(n + 1);
                let coefficient = |(weight, gradient): (usize, &Ball)| {
                    let slope = gradient.clone() * &unit;
                    let own = next.map(|next| next[weight].clone().times(n + 1));
                    own.map_or(slope.clone(), |own| own + &slope) * &power
                };
                scaled.push(slopes.gradient.iter().enumerate().map(coefficient).collect::<Vec<Ball>>());
                beside.push(slopes.beside.to_vec());
                power = power * &shorter;
            }
            centre = centre.knowing(series.known());
            let Some((tail, bounds)) = tail(field, &centre, half, scaled.len()) else { continue };
            if tail <= allowed || times == *COEFFICIENTS.end() {
                let defect = Self::Middle { gap, most: most_of(&scaled) + tail };
                return Some((centre.with_beside(beside), defect, bounds));
            }
        }
        None
    }

    /// A bound of how far the step begins from the start.
    pub fn gap(&self) -> Magnitude {
        match self {
            Self::Begin { .. } => Magnitude::ZERO,
            Self::Middle { gap, .. } => *gap,
        }
    }

    /// A bound of `∫|δ|` over the first `h` of the step, and of how far it begins from the start; infinite unless `h` is inside of the disc.
    pub fn integral(&self, h: f64) -> Magnitude {
        self.gap() + self.along(h)
    }

    /// A bound of `∫|δ|` over the first `h` of the step.
    pub fn along(&self, h: f64) -> Magnitude {
        let (one, time) = (Magnitude::power_of_two(0), Magnitude::above_f64(h));
        let (cut, disc, sup) = match self {
            Self::Begin { cut, disc, sup } => (cut, *disc, *sup),
            Self::Middle { most, .. } => return *most * time,
        };
        let order = cut.len();
        let cut = cut.iter().rev().fold(Magnitude::ZERO, |sum, &cut| (sum + cut) * time);
        let share = time.over(Magnitude::above_f64(disc));
        let power = (0..order).fold(one, |power, _| power * share);
        let tail = sup * time * power;
        cut + tail.over(one.minus_below(share)).over(Magnitude::above_f64((order + 1) as f64))
    }
}

/// A bound of `|Σ_n a_n (2x)^n|` for `−1 ≤ x ≤ 1`.
fn most_of(scaled: &[Vec<Ball>]) -> Magnitude {
    let weights = scaled.first().map_or(0, Vec::len);
    // The squares of what the weights have at each of Chebyshev's polynomials.
    let mut squares = vec![Magnitude::ZERO; scaled.len()];
    for weight in 0..weights {
        let mut terms: Vec<Ball> = Vec::with_capacity(scaled.len());
        for coefficients in scaled.iter().rev() {
            let coefficient = &coefficients[weight];
            let zero = || Ball::zero(coefficient.bits());
            // 2x T_k = T_{k+1} + T_{|k−1|}.
            let mut next: Vec<Ball> = (0..=terms.len())
                .map(|k| {
                    let below = k.checked_sub(1).map_or_else(zero, |k| terms[k].clone());
                    let twice = if k == 1 { below.clone() + &below } else { below };
                    terms.get(k + 1).map_or(twice.clone(), |above| twice + above)
                })
                .collect();
            next[0] += coefficient;
            terms = next;
        }
        squares.iter_mut().zip(&terms).for_each(|(sum, term)| {
            let size = term.greatest_absolute();
            *sum += size * size;
        });
    }
    squares.iter().fold(Magnitude::ZERO, |sum, square| sum + square.sqrt())
}

/// A bound of what the coefficients of `F(c)` from the `order`-th on add up to on `[−half, half]`, by the disc that says most, that disc, and what is bounded
/// there.
fn tail(field: &Field, centre: &Centre, half: f64, order: usize) -> Option<(Magnitude, (f64, Sup))> {
    let mut best: Option<(Magnitude, (f64, Sup))> = None;
    for power in DISCS {
        let radius = half * (f64::from(power) / 2.0).exp2();
        let share = Magnitude::above_f64(half).over(Magnitude::above_f64(radius));
        let Ok(sup) = sup(field, centre, radius) else { break };
        let power = (0..order).fold(sup.gradient, |power, _| power * share);
        let tail = power.over(Magnitude::ONE.minus_below(share));
        if best.is_some_and(|(least, _)| tail >= least) || tail.is_infinite() {
            break;
        }
        best = Some((tail, (radius, sup)));
    }
    best
}

/// Bounds of `|2^unit F(c(z))|`, and of what is known beside it, over `|z| ≤ radius`.
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

    use super::super::collocation::Collocation;
    use super::*;
    use crate::number::{Matrix, Real};
    use crate::problem::{Loss, Network, Normalisation, Problem, StepRule};
    use rug::ops::Pow;

    /// `w′ = e^{−w}`, from 1/2.
    fn field() -> (Field, [Ball; 1]) {
        let row = |entries: &[(i32, i32)]| {
            Matrix::from_entries(1, entries.iter().map(|&entry| rug::Rational::from(entry)).collect())
        };
        let data = crate::problem::Data::Examples { x: row(&[(1, 1), (1, 1), (1, 1)]), y: row(&[(1, 1); 3]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let initial = vec![row(&[(1, 2)])];
        let problem =
            Problem::new(network, Loss::Exponential, Normalisation::Mean, data, initial, StepRule::Flow).unwrap();
        (Field::new(&Arc::new(problem)).unwrap(), [Ball::from_rational(&(1, 2).into(), 64)])
    }

    /// The defect of the centre of `w′ = e^{−w} + e^{−w}/3` from 1/2, found at many times, is no more than its bound and not far from it: where the
    /// tail of the series is all there is, and where the roundings of its coefficients are.
    #[test]
    fn the_defect_is_what_it_is_said_to_be() {
        let (field, start) = field();
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

    /// Of polynomials by collocation the defect about the middle is nowhere more than its bound, which is not far from the most that it is: where the rest of its series
    /// is nearly all, where it is not, and where only the residual at the nodes is left. What a step misses its start by is told.
    #[test]
    fn the_defect_about_the_middle_is_what_it_is_said_to_be() {
        let (field, start) = field();
        let small = Magnitude::power_of_two(-100);
        for (degree, half, unit, enough, slack) in [
            (1, 0.5, 1, -60, 3),
            (3, 0.75, 1, -60, 2),
            (3, 0.75, -3, -60, 2),
            (10, 0.5, 1, -60, 2),
            (24, 0.5, -2, -30, 5),
        ] {
            let collocation = Collocation::new(degree, 64);
            let centre =
                collocation.solve(&field, &start, None, (half, unit), Magnitude::power_of_two(enough), true).unwrap();
            let bits = collocation.bits();
            let aside = [start[0].clone() + Ball::from_f64(2.0_f64.powi(-20), 64)];
            let (centre, defect, _) = Defect::about_middle(&field, centre, &aside, small, bits).unwrap();
            assert!((defect.gap().to_f64() / 2.0_f64.powi(-20) - 1.0).abs() < 1e-9, "{:?}", defect.gap());
            assert_eq!(defect.integral(half), defect.gap() + defect.along(half));
            let bound = defect.along(2.0 * half).over(Magnitude::above_f64(2.0 * half));
            let derivative =
                (1..=degree).map(|n| vec![centre.coefficients()[n][0].clone().with_bits(400).times(n)]).collect();
            let derivative = Centre::new(unit, derivative);
            let mut found = Magnitude::ZERO;
            for k in -500..=500 {
                let s = Ball::from_rational(&(k, 500).into(), 400).times(rug::Rational::from_f64(half).unwrap());
                let slope = (-centre.at(&s, 400)[0].clone()).exp().times(two_to(unit));
                found = found.max((derivative.at(&s, 400)[0].clone() - &slope).least_absolute());
            }
            assert!(found <= bound, "degree {degree}: {found:?}, {bound:?}");
            assert!(bound <= found.scaled(slack), "degree {degree}: {found:?}, {bound:?}");
        }
    }

    /// `Σ a_n (2x)^n` for a polynomial of which Chebyshev's coefficients are known: `T_5 + T_0/4` is at most 5/4, the absolute values of its coefficients add up to 41.
    #[test]
    fn sums_are_bounded_in_the_basis_of_chebyshev() {
        let number = |value: (i32, i32)| vec![Ball::from_rational(&value.into(), 64)];
        // 16 x⁵ − 20 x³ + 5 x + 1/4.
        let scaled = [(1, 4), (5, 2), (0, 1), (-20, 8), (0, 1), (16, 32)].map(number);
        let most = most_of(&scaled).to_f64();
        assert!((1.25..1.250_001).contains(&most), "{most}");
    }
}
