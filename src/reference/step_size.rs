//! The size of a step: a constant, or the smoothness rule of Ji & Telgarsky, decided over any number system.

use rug::{Integer, Rational};

use super::Setting;
use super::loss::smoothness_constants;
use crate::algebra::exact::inner;
use crate::number::{Real, Truth};
use crate::problem::{Matrix, StepRule};

/// The size of the next step, exact, and under the smoothness rule the radius that it follows from.
#[derive(Clone, Debug)]
pub(super) enum StepSize {
    Constant(Rational),
    Smoothness { radius: Rational, eta: Rational },
}

impl StepSize {
    /// That of the first step; an error says what is not to be had. The initial weights are rational, so a first radius is decided exactly whatever
    /// `T` is.
    pub fn first<T: Real>(setting: &Setting<T>) -> Result<Self, &'static str> {
        Ok(match setting.problem().step() {
            StepRule::Constant(eta) => Self::Constant(eta.clone()),
            StepRule::Flow => return Err("a flow has no step size"),
            StepRule::Smoothness => {
                let norms = setting.problem().initial().iter().map(|layer| inner(layer.entries(), layer.entries()));
                let radius = least_radius(&[norms.max().unwrap_or_default()], |norm, bound| Truth::from(norm <= bound))
                    .ok_or("the radius R_0")?;
                Self::Smoothness { eta: smoothness_step(setting, &radius), radius }
            }
        })
    }

    /// `η_t`.
    pub fn eta(&self) -> &Rational {
        match self {
            Self::Constant(eta) | Self::Smoothness { eta, .. } => eta,
        }
    }

    /// `R_t`.
    pub fn radius(&self) -> Option<&Rational> {
        match self {
            Self::Constant(_) => None,
            Self::Smoothness { radius, .. } => Some(radius),
        }
    }

    /// That of the step after one that led to layers of these squared norms; an error says what is not decided.
    pub fn next<T: Real>(
        &self,
        setting: &Setting<T>,
        norms: impl FnOnce() -> Vec<SquaredNorm<T>>,
    ) -> Result<Self, &'static str> {
        match self {
            Self::Constant(_) => Ok(self.clone()),
            Self::Smoothness { radius, eta } => Ok(match next_radius(&norms(), radius)? {
                None => Self::Smoothness { radius: radius.clone(), eta: eta.clone() },
                Some(radius) => Self::Smoothness { eta: smoothness_step(setting, &radius), radius },
            }),
        }
    }
}

/// `min{1/β(R), 1}` with `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)` (Ji & Telgarsky, Lemma 5 and Assumption 5).
fn smoothness_step<T: Real>(setting: &Setting<T>, radius: &Rational) -> Rational {
    let beta = smoothness(setting, radius).expect("the smoothness rule goes with the logistic loss");
    if beta > 1 { beta.recip() } else { Rational::from(1) }
}

/// `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)` of Ji & Telgarsky's Lemma 5; `None` if the loss has no such constants.
#[must_use]
pub fn smoothness<T: Real>(setting: &Setting<T>, radius: &Rational) -> Option<Rational> {
    let (beta, lipschitz) = smoothness_constants(setting.loss())?;
    let depth = setting.depth();
    let mut value = (beta + lipschitz) * Rational::from(2 * depth * depth);
    for _ in 0..2 * depth - 2 {
        value *= radius;
    }
    Some(value)
}

/// The radius after a step that led to layers of these squared norms: `None` if the old one stays, because every `‖W_k‖_F ≤ R − 1`.
fn next_radius<T: Real>(norms: &[SquaredNorm<T>], radius: &Rational) -> Result<Option<Rational>, &'static str> {
    let room = Rational::from(radius - 1);
    let room_squared = Rational::from(&room * &room);
    let inside = norms.iter().map(|norm| norm.at_most(&room_squared)).fold(Truth::True, Truth::and);
    match inside {
        Truth::True => Ok(None),
        Truth::Open => Err("whether the weights left the ball of radius R_t − 1 is not decided"),
        Truth::False => least_radius(norms, SquaredNorm::at_most)
            .map(Some)
            .ok_or("the next radius R_t is not decided between two multiples of 1/16"),
    }
}

/// A squared norm: exact where every entry is, so that a tie is seen as one.
#[derive(Clone, Debug)]
pub(super) enum SquaredNorm<T> {
    Exact(Rational),
    Within(T),
}

impl<T: Real> SquaredNorm<T> {
    /// That of a layer, of which this is the squared norm as computed.
    pub fn of(layer: &Matrix<T>, norm_squared: &T) -> Self {
        let exact: Option<Vec<Rational>> = layer.entries().iter().map(Real::exact).collect();
        match exact {
            Some(entries) => Self::Exact(inner(&entries, &entries)),
            None => Self::Within(norm_squared.clone()),
        }
    }

    fn at_most(&self, bound: &Rational) -> Truth {
        match self {
            Self::Exact(value) => Truth::from(value <= bound),
            Self::Within(value) => value.at_most(&value.constant(bound.clone())),
        }
    }
}

/// `m/16` for the least integer `m ≥ 16` with `(m − 16)² ≥ 256 · N` for every squared norm `N`; `None` if that is not decided.
fn least_radius<N>(norms: &[N], at_most: impl Fn(&N, &Rational) -> Truth) -> Option<Rational> {
    let fits = |steps: &Integer| {
        let bound = Rational::from((Integer::from(steps * steps), 256));
        norms.iter().map(|norm| at_most(norm, &bound)).fold(Truth::True, Truth::and)
    };
    // Doubling, then halving the bracket (low, high] of m − 16; each comparison may end the search as open.
    let (mut low, mut high) = (Integer::from(-1), Integer::new());
    loop {
        match fits(&high) {
            Truth::True => break,
            Truth::Open => return None,
            Truth::False => {
                low = high.clone();
                high = if high == 0 { Integer::from(1) } else { high * 2 };
            }
        }
    }
    while Integer::from(&high - &low) > 1 {
        let middle: Integer = Integer::from(&high + &low) / 2;
        match fits(&middle) {
            Truth::True => high = middle,
            Truth::False => low = middle,
            Truth::Open => return None,
        }
    }
    Some(Rational::from((high + 16, 16)))
}
