//! What the exact start of a run says of all its steps, by symmetry.
//!
//! Some inequalities of the paper are equalities for ever on starts that are symmetric enough, and balls cannot close an
//! equality. Here the symmetry is decided, in rationals, at the start; descent with any step sizes and any loss keeps it, for
//! the reasons given with each fact.

use std::collections::BTreeMap;

use rug::Rational;

use crate::algebra::exact::{inner, norm_squared, product};
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::Point;
use crate::time_limit::check;

use super::separator::separator;

/// Facts about a run of a fully-connected network on separable data that hold at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symmetry {
    /// All `z_i` are one vector of norm 1.
    pub one_unit_example: bool,
    /// The rows of `W_1` and the end-to-end vector are multiples of `ū`.
    ///
    /// It is so if the rows of `W_1(0)` are and `g` is a multiple of `ū` wherever `w` is, since `G_1` is a column times `gᵀ`. At
    /// `w = sū` the weight `ℓ′(s⟨ū, z_i⟩)` of an example is a function of its height `⟨ū, z_i⟩`, so it suffices that the components orthogonal to
    /// `ū` of all examples of one height sum to zero.
    pub on_ray: bool,
    /// Beside that, every layer is `s_k u_k u_{k−1}ᵀ` with unit vectors `u_0 = ū, u_1, …, u_L = 1` that do not depend on `t`, so
    /// that `‖w‖ = ∏‖W_k‖_F`.
    ///
    /// `G_k` is a multiple of `u_k u_{k−1}ᵀ` then, because `g` is one of `ū`. `‖w‖ = ∏‖W_k‖_F ≠ 0` forces this form; with
    /// `W_1 = 0`, `‖W_L⋯W_2‖ = ∏_{k≥2}‖W_k‖_F ≠ 0` forces it for the other layers and names `u_1`.
    pub is_chain: bool,
    /// Beside that, all `‖W_k‖_F` are equal: `s_k = ±s` has the increment `±η s^{L−1}⟨g, ū⟩`.
    pub norms_are_equal: bool,
}

impl Symmetry {
    /// What is known of the run that starts at `start`; nothing of a start that is not exact.
    #[must_use]
    pub fn of<T: Real>(start: &Point<T>) -> Self {
        Self::decide(start).unwrap_or_default()
    }

    fn decide<T: Real>(start: &Point<T>) -> Option<Self> {
        let setting = start.setting();
        if !setting.network().is_fully_connected() {
            return None;
        }
        let (weights, z) = (start.exact_weights()?, setting.exact_signed_examples()?);
        let margin = separator(setting)?;
        let p = margin.point();
        let mut facts = Self {
            one_unit_example: (1..z.rows()).all(|i| z.row(i) == z.row(0)) && *margin.margin_squared() == 1,
            ..Self::default()
        };
        let first = weights.first()?;
        facts.on_ray = (0..first.rows()).all(|i| is_multiple(first.row(i), p)) && heights_balance(&z, p);
        if !facts.on_ray {
            return Some(facts);
        }
        let norms: Vec<Rational> = weights.iter().map(|layer| inner(layer.entries(), layer.entries())).collect();
        let skipped = usize::from(norms[0].is_zero());
        let product = norms[skipped..].iter().fold(Rational::from(1), |product, norm| product * norm);
        facts.is_chain = !product.is_zero() && product_norm_squared(&weights[skipped..]) == product;
        facts.norms_are_equal = facts.is_chain && norms.iter().all(|norm| *norm == norms[0]);
        Some(facts)
    }
}

/// Whether `vector` is a multiple of `direction`, which is not zero: equality in the inequality of Cauchy and Schwarz.
fn is_multiple(vector: &[Rational], direction: &[Rational]) -> bool {
    let product = inner(vector, direction);
    Rational::from(&product * &product) == inner(vector, vector) * inner(direction, direction)
}

/// Whether, for every height, the examples of that height sum to a multiple of `p`.
pub(super) fn heights_balance(z: &Matrix<Rational>, p: &[Rational]) -> bool {
    let mut sums: BTreeMap<Rational, Vec<Rational>> = BTreeMap::new();
    for i in 0..z.rows() {
        check();
        let sum = sums.entry(inner(z.row(i), p)).or_insert_with(|| vec![Rational::new(); z.columns()]);
        for (sum, entry) in sum.iter_mut().zip(z.row(i)) {
            *sum += entry;
        }
    }
    sums.values().all(|sum| is_multiple(sum, p))
}

/// `‖W_L⋯W_k‖_F²` for the layers from `k` on; 1 for none.
pub(super) fn product_norm_squared(weights: &[Matrix<Rational>]) -> Rational {
    let Some((first, rest)) = weights.split_first() else { return Rational::from(1) };
    norm_squared(rest.iter().fold(first.clone(), |below, layer| product(layer, &below)).entries())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::number::{Ball, Ring};
    use crate::problem::Spec;
    use crate::reference::{Descent, Setting};

    /// The facts of a start, which `steps` of descent in balls must not contradict.
    fn facts(widths: &str, x: &str, weights: &str) -> Symmetry {
        let count = x.matches('[').count() - 1;
        let text = format!(
            "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"logistic\"\n\
             [data]\nx = {x}\ny = {:?}\n[init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = 0.5\n[run]\nsteps = 5\n",
            vec![1; count]
        );
        let problem = Spec::parse(&text, Path::new(".")).expect("a valid spec").problem;
        let mut descent = Descent::<Ball>::new(Arc::new(Setting::new(Arc::new(problem), 128))).unwrap();
        let facts = Symmetry::of(descent.point());
        for _ in 0..5 {
            descent.step().unwrap();
            agrees(&facts, descent.point());
        }
        facts
    }

    fn agrees(facts: &Symmetry, point: &Point<Ball>) {
        let norms: Vec<Ball> = point.weights().iter().map(Matrix::frobenius_squared).collect();
        let product = norms.iter().skip(1).fold(norms[0].clone(), |product, norm| product * norm);
        let is_equal = |a: &Ball, b: &Ball| a.may_meet(b);
        let margin = separator(point.setting()).unwrap();
        let p: Vec<Ball> = margin.point().iter().map(|entry| point.constant(entry.clone())).collect();
        let w = point.end_to_end();
        let along = crate::number::dot(w.row(0), &p);
        let length = w.frobenius_squared() * point.constant(margin.margin_squared().clone());
        assert_eq!(facts.on_ray, is_equal(&along.square(), &length));
        if facts.on_ray {
            assert_eq!(facts.is_chain, is_equal(&w.frobenius_squared(), &product));
            assert_eq!(facts.norms_are_equal, facts.is_chain && norms.iter().all(|norm| is_equal(norm, &norms[0])));
        }
    }

    #[test]
    fn symmetric_starts_stay_symmetric_and_others_do_not() {
        let pair = "[[0.6, 0.8], [0.6, -0.8]]";
        let shown = |widths, x, weights| {
            let Symmetry { one_unit_example, on_ray, is_chain, norms_are_equal } = facts(widths, x, weights);
            [one_unit_example, on_ray, is_chain, norms_are_equal].map(u8::from)
        };
        assert_eq!(shown("[1, 1, 1]", "[[1]]", "[[[2]], [[-2]]]"), [1, 1, 1, 1]);
        assert_eq!(shown("[1, 1, 1]", "[[1], [1]]", "[[[2]], [[1]]]"), [1, 1, 1, 0]);
        assert_eq!(shown("[1, 1, 1]", "[[0.5]]", "[[[2]], [[2]]]"), [0, 1, 1, 1]);
        assert_eq!(shown("[1, 2, 1]", "[[0.5]]", "[[[2], [1]], [[2, 0]]]"), [0, 1, 0, 0]);
        // Two support vectors that mirror each other, and a start on their axis.
        assert_eq!(shown("[2, 1]", pair, "[[[0, 0]]]"), [0, 1, 1, 1]);
        assert_eq!(shown("[2, 2, 1]", pair, "[[[0, 0], [0, 0]], [[3, 4]]]"), [0, 1, 1, 0]);
        assert_eq!(shown("[2, 2, 1]", pair, "[[[3, 0], [4, 0]], [[3, 4]]]"), [0, 1, 1, 1]);
        assert_eq!(shown("[2, 2, 1]", pair, "[[[3, 0], [4, 0]], [[4, 3]]]"), [0, 1, 0, 0]);
        assert_eq!(shown("[2, 2, 2, 1]", pair, "[[[0, 0], [0, 0]], [[1, 0], [0, 1]], [[3, 4]]]"), [0, 1, 0, 0]);
        assert_eq!(shown("[2, 1]", pair, "[[[1, 0.5]]]"), [0, 0, 0, 0]);
        // A third example off the axis pulls the weights off it.
        assert_eq!(shown("[2, 1]", "[[0.6, 0.8], [0.6, -0.8], [0.75, 0.1]]", "[[[1, 0]]]"), [0, 0, 0, 0]);
        assert_eq!(shown("[2, 1]", "[[0.6, 0.8], [0.6, -0.8], [0.75, 0], [1, 0]]", "[[[1, 0]]]"), [0, 1, 1, 1]);
    }
}
