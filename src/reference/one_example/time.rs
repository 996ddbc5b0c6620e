//! The time at which the closed form is at a `ν`.
//!
//! `dν = −r dt`, so `t(ν) = ∫_0^ν dν/(−r(p))`: of `e^p` for the exponential loss, of `(1 + e^{bp})/(cb)` for the logistic one, of `1/(y − p)` for the squared loss. What is
//! integrated grows along the way that the flow goes, for `|r|` falls.
//!
//! Over a part about `c` it is the integral of a Taylor polynomial. With `w = v(c)` the form is `p(c + z) = ½⟨w, M̂e^{2zM̂}w⟩`, which has the coefficients
//! `½⟨w, M̂ⁿ⁺¹w⟩2ⁿ/n!`, and for all complex `|z| ≤ ρ`
//!
//! ```text
//! |p(c + z) − p(c)| ≤ g = ½|w||M̂w|(e^{2ρ‖M̂‖} − 1).
//! ```
//!
//! So what is integrated is at most `S = e^{bp(c)}e^{bg}` there, or `S = 1/(|y − p(c)| − g)`. By Cauchy's estimate its `n`-th coefficient is at most `S ρ⁻ⁿ`: within `qρ` of `c` those
//! from the `N`-th on add up to `S q^N/(1 − q)` at most. Parts are halved until `g` is small enough for `q = ¼`.

use rug::Rational;

use super::{OneExample, Place, Unreached, inner, size};
use crate::number::{Ball, Magnitude, Real, Ring, Truth};
use crate::problem::Loss;
use crate::reference::around::enlarged;
use crate::reference::smoothed_margin::steepness;

/// On a disc the exponent `bp` is no more than this from its value in the middle.
const EXPONENT: f64 = 8.0;

/// So often a part is halved at most.
const HALVINGS: u32 = 400;

/// The end of a part, from which the flow came.
struct End<'a> {
    nu: &'a Ball,
    place: &'a Place,
}

impl OneExample {
    /// The time `t(ν)` at which the flow is at `v(ν)`. What a ball has before `W(0)` is left out.
    ///
    /// # Errors
    ///
    /// An [`Unreached`] if the flow does not pass there, or no bound is found.
    pub fn time(&self, nu: &Ball) -> Result<Ball, Unreached> {
        let zero = Ball::zero(nu.bits());
        let start = self.place(&zero)?;
        let rises = self.label().map_or(Truth::True, |label| start.output.below(&start.output.constant(label)));
        let ends = match rises {
            Truth::True => [nu.lower().max(&zero), nu.upper()],
            Truth::False => [nu.upper().min(&zero), nu.lower()],
            Truth::Open => return Err(Unreached::TooFar),
        };
        let [least, most] = ends.map(|end| self.time_at(rises, &end));
        Ok(self.rounded(&Ball::between(&least?, &most?)))
    }

    /// The time at the exact `nu`, whose sign has to be that of `−r`.
    fn time_at(&self, rises: Truth, nu: &Ball) -> Result<Ball, Unreached> {
        let (zero, place) = (nu.constant(0), self.place(nu)?);
        let left = self.label().map(|label| place.output.constant(label) - &place.output);
        // The residual keeps its sign up to there.
        let passes = if rises == Truth::True {
            zero.at_most(nu).and(left.map_or(Truth::True, |left| left.constant(0).below(&left)))
        } else {
            nu.at_most(&zero).and(left.map_or(Truth::True, |left| left.below(&left.constant(0))))
        };
        if passes != Truth::True {
            return Err(Unreached::NotOnTheWay);
        }
        let integral = self.integral(&zero, &End { nu, place: &place }, &zero, HALVINGS)?;
        Ok(match self.setting.loss() {
            Loss::Logistic { scale, steepness } => (integral + nu).times(Rational::from(scale * steepness).recip()),
            _ => integral,
        })
    }

    /// `y`, of the squared loss.
    fn label(&self) -> Option<Rational> {
        let (_, y) = self.problem.exact_examples().filter(|_| !self.setting.loss().is_classification())?;
        Some(y.row(0)[0].clone())
    }

    /// What is integrated, `e^{bp}` or `1/(y − p)`, where it is `p`.
    fn integrand(&self, output: &Ball) -> Ball {
        match self.label() {
            None => output.clone().times(steepness(self.setting.loss())).exp(),
            Some(label) => output.constant(1) / (output.constant(label) - output),
        }
    }

    /// The integral from one `ν` to another, beside a time that passes certainly: by halves where it has to be, the later first, of which most is.
    fn integral(&self, from: &Ball, to: &End<'_>, beside: &Ball, depth: u32) -> Result<Ball, Unreached> {
        let length = to.nu.clone() - from;
        // No less is integrated anywhere than nothing, nor more than at the end.
        let most = (length.clone() * &self.integrand(&to.place.output)).upper();
        if most.greatest_absolute() <= beside.least_absolute().scaled(-self.enough()) {
            return Ok(Ball::between(&most.constant(0), &most));
        }
        let bits = to.place.output.bits();
        let middle = (from.clone() + to.nu).times((1, 2)).with_bits(bits).midpoint();
        let place = self.place(&middle)?;
        // S is hardly more than e⁸ times what is integrated in the middle.
        let count = usize::try_from(self.enough()).map_or(0, |bits| bits / 2 + 8);
        if let Some(integral) = self.of_series(from, to.nu, &End { nu: &middle, place: &place }, count) {
            return Ok(integral);
        }
        let depth = depth.checked_sub(1).ok_or(Unreached::TooFar)?;
        let late = self.integral(&middle, to, beside, depth)?;
        let early = self.integral(from, &End { nu: &middle, place: &place }, &late.lower().max(beside), depth)?;
        Ok(early + &late)
    }

    /// The integral by the Taylor polynomial of so high a degree about the middle; `None` if the part is too long for it.
    fn of_series(&self, from: &Ball, to: &Ball, middle: &End<'_>, count: usize) -> Option<Ball> {
        let Place { weights, image, output } = middle.place;
        let [first, last] = [from, to].map(|end| end.clone() - middle.nu);
        let disc = first.greatest_absolute().max(last.greatest_absolute()).scaled(2);
        let growth = (self.norm * disc).scaled(1).exp_m1() * (size(weights) * size(image)).scaled(-1);
        let here = self.integrand(output);
        let sup = match self.label() {
            None => {
                let exponent = growth * Magnitude::above_rational(&steepness(self.setting.loss()));
                if exponent > Magnitude::above_f64(EXPONENT) {
                    return None;
                }
                here.greatest_absolute() * (exponent.exp_m1() + Magnitude::ONE)
            }
            Some(label) => {
                let left = (output.constant(label) - output).least_absolute();
                if growth.scaled(1) > left {
                    return None;
                }
                Magnitude::ONE.over(left.minus_below(growth))
            }
        };
        let form = self.form(middle.place, count)?;
        let coefficients = match self.label() {
            None => exponential(&here, &form, &steepness(self.setting.loss())),
            Some(_) => reciprocal(&here, &form),
        };
        let primitive = |z: &Ball| {
            let terms = coefficients.iter().enumerate().rev();
            terms.fold(output.constant(0), |sum, (n, term)| (sum + &term.clone().times((1, n + 1))) * z)
        };
        let order = i64::try_from(coefficients.len()).ok()?;
        // q = ¼, and 1/(1 − q) ≤ 2.
        let rest = (sup.scaled(-2 * order) * (to.clone() - from).greatest_absolute()).scaled(1);
        Some(enlarged(&(primitive(&last) - primitive(&first)), rest))
    }

    /// The first coefficients of `p` about a place, from the first to the last of so many.
    fn form(&self, place: &Place, count: usize) -> Option<Vec<Ball>> {
        let bits = place.output.bits();
        let setting = self.at_bits(bits);
        let mut krylov = [place.weights.clone(), place.image.clone()];
        let mut factor = place.output.constant((1, 2));
        let mut form = Vec::with_capacity(count);
        // ⟨w, M̂ᵏw⟩ from the k-th half: that is ⟨M̂ⁱw, M̂ʲw⟩ with i + j = k and j = i or i + 1.
        for n in 1..=count {
            factor = factor.times((2, n));
            let [own, next] = &krylov;
            if n % 2 == 1 {
                form.push(inner(next, next) * &factor);
                let after = Self::image(&setting, next)?;
                let [_, next] = krylov;
                krylov = [next, after];
            } else {
                form.push(inner(own, next) * &factor);
            }
        }
        Some(form)
    }
}

/// The coefficients of `e^{bp}`, the first of which is given, from those of `p` from the first on: `n e_n = Σ_{k≥1} k b p_k e_{n−k}`.
fn exponential(first: &Ball, form: &[Ball], steepness: &Rational) -> Vec<Ball> {
    let slopes: Vec<Ball> =
        form.iter().enumerate().map(|(k, term)| term.clone().times(steepness * Rational::from(k + 1))).collect();
    let mut terms = vec![first.clone()];
    for n in 1..=form.len() {
        let mut sum = first.constant(0);
        for (slope, term) in slopes.iter().zip(terms.iter().rev()) {
            sum.add_product(slope, term);
        }
        terms.push(sum.times((1, n)));
    }
    terms
}

/// The coefficients of `1/(y − p)`, the first of which is given: `f_n = f_0 Σ_{k≥1} p_k f_{n−k}`.
fn reciprocal(first: &Ball, form: &[Ball]) -> Vec<Ball> {
    let mut terms = vec![first.clone()];
    for _ in form {
        let mut sum = first.constant(0);
        for (own, term) in form.iter().zip(terms.iter().rev()) {
            sum.add_product(own, term);
        }
        terms.push(sum * first);
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::super::tests::filter;
    use super::*;

    /// Of however low a degree the polynomial is, the integral is in the radius; and by two parts it is what it is by one.
    #[test]
    fn what_is_left_of_the_integral_is_in_the_radius() {
        for loss in [Loss::Exponential, Loss::Logistic { scale: 1.into(), steepness: (1, 2).into() }, Loss::Squared] {
            let flow = filter(loss);
            // The output begins at 12, and the squared loss falls towards 1.
            let number = |thousandths: i32| Ball::from_rational(&(thousandths, 1000).into(), 192);
            let [from, middle, to] = match flow.label() {
                None => [0, 4, 8],
                Some(_) => [0, -4, -8],
            }
            .map(number);
            let part = |from: &Ball, to: &Ball, count: usize| {
                let middle = (from.clone() + to).times((1, 2)).midpoint();
                let place = flow.place(&middle).unwrap();
                flow.of_series(from, to, &End { nu: &middle, place: &place }, count).expect("a short part")
            };
            let sharp = part(&from, &to, 80);
            assert!(sharp.radius() < Magnitude::power_of_two(-100), "{sharp:?}");
            for count in [0, 1, 2, 5] {
                let loose = part(&from, &to, count);
                assert!(loose.contains(&sharp) && loose.radius() > sharp.radius(), "{count}: {loose:?}, {sharp:?}");
            }
            assert!((part(&from, &middle, 80) + &part(&middle, &to, 80)).may_meet(&sharp));
        }
    }
}
