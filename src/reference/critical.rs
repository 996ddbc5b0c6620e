//! Whether the gradient at a point is zero.
//!
//! An enclosure can show that it is not. That it is, by cancellation, is decided where the weights are known exactly. Of a loss of the
//! margin this is so: the gradient is zero if and only if every margin is zero and the gradient for `Σ z_i` in the place of
//! `g = (1/n) Σ ℓ′(m_i) z_i` is.
//!
//! It is enough, as `g` is a multiple of `Σ z_i` then. It is needed, because the gradient is linear in `g`, the margins are rational, and
//! slopes at different margins are independent of each other over the rationals. For the exponential loss these are the `e^{−m}`, powers of the
//! transcendental `x = e^{1/N}`, `N` a common denominator. For the logistic loss `ℓ′(m) = −(cb/2)(1 − tanh(bm/2))`, and 1 and the
//! `tanh(k/2N) = 1 − 2/(x^k + 1)` for different `k > 0` are independent: a relation would be one of rational functions of `x`, and the
//! largest `k` has poles, at the primitive `2k`-th roots of unity, that no other has. So a gradient of zero is zero also with
//! the sum `A` of the examples of one margin `m ≠ 0`, less those of `−m`, in the place of `g`; but `⟨W_k, G_k⟩` would be `⟨w, A⟩`, which is `m` times
//! their number.

use std::sync::Arc;

use super::gradient::layer_gradients;
use super::network::Products;
use super::{Fact, Point, Setting};
use crate::number::{Exact, Real, Sign, Truth};
use crate::problem::Matrix;

/// Whether the gradient is zero.
struct Critical(Truth);

impl<T: Real> Fact<Point<T>> for Critical {
    fn of(point: &Point<T>) -> Self {
        Self(is_critical(point))
    }
}

impl<T: Real> Point<T> {
    /// Whether the gradient is zero, so that nothing moves from here; decided exactly where the weights are known exactly.
    #[must_use]
    pub fn is_critical(&self) -> Truth {
        let Critical(is_critical) = self.know();
        *is_critical
    }
}

/// Whether the gradient at `point` is zero; open where the enclosures leave it so and weights or data are not known exactly.
fn is_critical<T: Real>(point: &Point<T>) -> Truth {
    let mut truth = Truth::True;
    for entry in point.gradient().iter().flat_map(Matrix::entries) {
        match entry.sign() {
            Sign::Positive | Sign::Negative => return Truth::False,
            Sign::Open => truth = Truth::Open,
            Sign::Zero => {}
        }
    }
    match (truth, point.exact_weights()) {
        (Truth::Open, Some(weights)) if point.setting().is_as_given() => {
            Truth::from(is_critical_exactly(point.setting(), weights))
        }
        _ => truth,
    }
}

fn is_critical_exactly<T: Real>(setting: &Setting<T>, weights: &[Matrix<rug::Rational>]) -> bool {
    let exact: Vec<Matrix<Exact>> = weights.iter().map(|layer| Matrix::from_rationals(layer, 64)).collect();
    let is_zero =
        |gradient: &[Matrix<Exact>]| gradient.iter().flat_map(Matrix::entries).all(|entry| entry.sign() == Sign::Zero);
    if !setting.loss().is_classification() {
        let setting = Setting::<Exact>::new(Arc::new(setting.problem().clone()), 64);
        return is_zero(Point::new(Arc::new(setting), exact).gradient());
    }
    let Some(z) = setting.exact_signed_examples() else { return false };
    let products = Products::new(setting.network(), &exact);
    let lifted = Matrix::<Exact>::from_rationals(&z, 64);
    if lifted.times_transpose(products.end_to_end()).entries().iter().any(|margin| margin.sign() != Sign::Zero) {
        return false;
    }
    let sum = (0..z.columns()).map(|j| z.column(j).sum()).collect();
    let sum = Matrix::from_rationals(&Matrix::row_vector(sum), 64);
    is_zero(&layer_gradients(setting.network(), &exact, &products, &sum))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::number::Ball;
    use crate::problem::Spec;
    use crate::reference::Descent;

    /// What is known of the start, and of the point four steps later.
    fn known(loss: &str, widths: &str, x: &str, weights: &str) -> [Truth; 2] {
        let count = x.matches('[').count() - 1;
        let text = format!(
            "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"{loss}\"\n\
             [data]\nx = {x}\ny = {:?}\n[init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = 0.5\n[run]\nsteps = 5\n",
            vec![1; count]
        );
        let problem = Spec::parse(&text, Path::new(".")).expect("a valid spec").problem;
        let mut descent = Descent::<Ball>::new(Arc::new(Setting::new(Arc::new(problem), 128))).unwrap();
        let at_start = descent.point().is_critical();
        for _ in 0..4 {
            descent.step().unwrap();
        }
        [at_start, descent.point().is_critical()]
    }

    #[test]
    fn a_gradient_that_cancels_is_zero_and_the_run_rests() {
        let (rests, moves) = ([Truth::True; 2], [Truth::False; 2]);
        let pair = r#"[["3/5", "4/5"], ["3/5", "-4/5"]]"#;
        for loss in ["logistic", "exponential"] {
            // The gradient points along the first axis, and the layers hand on the second.
            assert_eq!(known(loss, "[2, 2, 1]", pair, r#"[[[0, "1/3"], [0, 0]], [[0, 0]]]"#), rests, "{loss}");
            assert_eq!(known(loss, "[2, 2, 1]", pair, r#"[[["1/9", "1/3"], [0, 0]], [[0, 0]]]"#), moves, "{loss}");
            // An example and its opposite, at margins 0.
            assert_eq!(known(loss, "[1, 1]", r#"[["1/3"], ["-1/3"]]"#, "[[[0]]]"), rests, "{loss}");
            assert_eq!(known(loss, "[1, 1]", r#"[["1/3"], ["-2/3"]]"#, "[[[0]]]")[0], Truth::False, "{loss}");
        }
        // Slopes at margins m and −m add up to twice that at 0 for the logistic loss: 1/(1 + e^m) + 1/(1 + e^−m) = 1.
        let opposite = r#"[["1/3", "1/7"], ["-1/3", "1/7"], [0, "-1/7"], [0, "-1/7"]]"#;
        assert_eq!(known("logistic", "[2, 1]", opposite, "[[[1, 0]]]")[0], Truth::False);
        assert_eq!(known("squared", "[1, 1]", r#"[["1/3"]]"#, "[[[3]]]"), rests);
        assert_eq!(known("logistic", "[2, 1]", opposite, "[[[0, 0]]]"), rests);
    }
}
