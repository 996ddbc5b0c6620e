//! Factorisations of the [`Hessian`](super::hessian) of squared losses near saddles, each for as many balls as it serves. When to make another is for
//! [`renewal`](super::renewal) to say.

use super::Bounds;
use super::convex::Convex;
use super::full::{Centre, MOST_MULTIPLIED};
use super::hessian::{Drift, Reference, Side};
use super::renewal::{Aim, Clock, Patience, is_nearer, least_shift};
use crate::algebra::cholesky::shift_to_semidefinite;
use crate::algebra::norm_ball::NormBall;
use crate::number::Magnitude;
use crate::problem::{Matrix, Network};

/// The most weights: the time of a factorisation grows with the third power.
const MOST_WEIGHTS: usize = 400;

/// What is known of one side of the spectrum by a factorisation at another centre: no eigenvalue is beyond the sum of the two.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The bound at that centre.
    pub there: Magnitude,
    /// What the ball differs by from it.
    pub drift: Magnitude,
}

impl Known {
    /// The bound over the ball.
    pub fn bound(self) -> Magnitude {
        self.there + self.drift
    }
}

/// The last factorisations, one for each side of the spectrum.
#[derive(Debug)]
pub(super) struct Factored {
    /// `C`, the second moment of the data; `None` for the identity.
    moment: Option<NormBall>,
    references: [Option<Reference>; 2],
    patience: [Patience; 2],
    clock: Clock,
    /// How many matrices were factorised.
    pub count: usize,
}

impl Factored {
    /// `None` where it is not for: another loss, too many weights, or nothing to gain.
    pub fn of(network: &Network, convex: &Convex) -> Option<Self> {
        let Convex::Quadratic { moment, .. } = convex else { return None };
        let sizes = network.layer_shapes().into_iter().map(|(rows, columns)| rows.saturating_mul(columns));
        let count = sizes.fold(0, usize::saturating_add);
        let is_for = network.depth() > 1 && network.depth() <= MOST_MULTIPLIED && count <= MOST_WEIGHTS;
        is_for.then(|| Self {
            moment: moment.clone(),
            references: [None, None],
            patience: Default::default(),
            clock: Clock::default(),
            count: 0,
        })
    }

    /// Makes `bounds`, which hold over the ball, better where that is possible: `negative` as well as it can be, `positive` if it is above `enough`.
    pub fn improve(&mut self, centre: &Centre, weights: &[Matrix<f64>], enough: Magnitude, bounds: &mut Bounds) {
        let allowance = self.clock.go_on(weights, bounds.gradient.to_f64(), centre.stiffness());
        bounds.negative = self.improved(Side::Lower, Aim::of_lower(allowance), centre, bounds.negative);
        bounds.positive = self.improved(Side::Upper, Aim::of_upper(enough), centre, bounds.positive);
    }

    /// The bound of one side over the ball, no more than that by norms.
    fn improved(&mut self, side: Side, aim: Aim, centre: &Centre, by_norms: Magnitude) -> Magnitude {
        let may_try = self.patience[side as usize].go_on();
        if !aim.is_missed_by(by_norms) {
            return by_norms;
        }
        let last = self.references[side as usize].as_ref();
        let mut known = last.map(|last| Known { there: last.bound, drift: Drift::of(centre, Some(last)).on(side) });
        if may_try && !known.is_some_and(|known| aim.is_served_by(known)) {
            let fresh = Drift::of(centre, None).on(side);
            if is_nearer(fresh, known, by_norms) {
                let found = self.factorise(side, aim, centre, fresh, by_norms);
                let is_of_use = found.is_some_and(|found| aim.is_reached_by(found.bound(), by_norms));
                self.patience[side as usize].note(is_of_use);
                known = found.or(known);
            }
        }
        known.map_or(by_norms, |known| by_norms.min(known.bound()))
    }

    /// Factorises at this centre, from which the ball differs by `fresh`. Where nothing comes of it the last factorisation stays.
    pub fn factorise(
        &mut self,
        side: Side,
        aim: Aim,
        centre: &Centre,
        fresh: Magnitude,
        by_norms: Magnitude,
    ) -> Option<Known> {
        let mut reference = Reference::at(centre);
        let (mut matrix, error) = reference.matrix(self.moment.as_ref(), side);
        if side == Side::Upper {
            matrix.entries_mut().iter_mut().for_each(|entry| *entry = -*entry);
        }
        let last = self.references[side as usize].as_ref().map(|last| last.bound);
        let range = aim.shifts(last, fresh + error, by_norms);
        let shift = least_shift(range, |shift| {
            self.count += 1;
            shift_to_semidefinite(&matrix, shift)
        })?;
        reference.bound = shift + error;
        let known = Known { there: reference.bound, drift: fresh };
        self.references[side as usize] = Some(reference);
        Some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A product of layers that is not known would be taken for the identity.
    #[test]
    fn products_between_layers_are_known_wherever_there_is_a_factorisation() {
        for depth in [MOST_MULTIPLIED, MOST_MULTIPLIED + 1] {
            let convex = Convex::Quadratic {
                linear: NormBall::exact(Matrix::row_vector(vec![1.0])),
                moment: None,
                bend: Magnitude::ONE,
            };
            let network = Network::fully_connected(&vec![1; depth + 1]).unwrap();
            let centre = Centre::new(&convex, &vec![Matrix::row_vector(vec![1.0]); depth], Magnitude::ZERO);
            let is_known = centre.pairs.iter().all(|pair| pair.between.is_some() == (pair.k > pair.j + 1));
            let is_for = Factored::of(&network, &convex).is_some();
            assert_eq!((is_known, is_for), (depth == MOST_MULTIPLIED, depth == MOST_MULTIPLIED), "{depth}");
        }
    }

    #[test]
    fn there_is_no_factorisation_of_one_layer_or_of_more_weights_than_it_is_for() {
        let bend = Magnitude::ONE;
        for (widths, is_for) in [(&[20, 10, 20][..], true), (&[20, 10, 20, 1], false), (&[2, 2], false)] {
            let (inputs, outputs) = (widths[0], widths[widths.len() - 1]);
            let linear = NormBall::exact(Matrix::from_fn(outputs, inputs, |_, _| 0.0));
            let convex = Convex::Quadratic { linear, moment: None, bend };
            let network = Network::fully_connected(widths).unwrap();
            assert_eq!(Factored::of(&network, &convex).is_some(), is_for, "{widths:?}");
        }
    }
}
