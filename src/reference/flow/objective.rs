//! What a flow descends: the risk, or minus the smoothed margin.
//!
//! Both have the same orbits. The risk is descended in the time of the papers; its slope vanishes with it, and where `−ln R` is 10⁶ no clock shows that time.
//! The smoothed margin `q` is climbed in a time of its own, `dt = dτ/(ν (−ℓ′(q)))` where `R = νΣℓ`, in which weights double in about the same time for ever. Minus
//! `q` is convex in the margins as the risk is, so that its curvature from below is bounded in the same way, with the [pull] in the place of the slope
//! of the risk. That is known along the centre as a polynomial: bounded over a ball around a stretch of the way, margins of 10⁵ and more would have
//! nothing to say of it.
//!
//! [pull]: crate::reference::SmoothedMargin::pull

use std::collections::BTreeMap;
use std::sync::Arc;

use super::beside::Beside;
use super::centre::Centre;
use super::control;
use super::field::{Field, shaped};
use super::tube;
use crate::algebra::norm_ball::NormBall;
use crate::number::{Ball, Magnitude, Matrix, NotRecorded};
use crate::problem::Problem;
use crate::reference::around::change_of_product;
use crate::reference::curvature::Curvature;
use crate::reference::smoothed_margin::{most_slope, steepness};
use crate::reference::{Around, Point, Setting, SmoothedMargin};

/// What is descended.
#[derive(Debug)]
pub(super) enum Objective {
    Risk(Arc<Field>),
    SmoothedMargin(Box<Climb>),
}

/// What is known of the smoothed margin of a problem.
#[derive(Debug)]
pub(super) struct Climb {
    problem: Arc<Problem>,
    setting: Arc<Setting<Ball>>,
    /// For each example to refer to, the field that was written down with it.
    fields: BTreeMap<usize, Arc<Field>>,
    /// At least `|z_i|` of all examples.
    longest: Magnitude,
    count: usize,
}

impl Objective {
    /// The risk of a problem.
    pub fn risk(problem: &Arc<Problem>) -> Result<Self, NotRecorded> {
        Ok(Self::Risk(Arc::new(Field::new(problem)?)))
    }

    /// Minus the smoothed margin, for a loss of the margin.
    pub fn smoothed_margin(problem: &Arc<Problem>, bits: u32) -> Result<Self, NotRecorded> {
        let setting = Arc::new(Setting::<Ball>::new(Arc::clone(problem), bits));
        let z = setting.signed_examples();
        let length = |i: usize, z: &Matrix<Ball>| Magnitude::euclidean(z.row(i).iter().map(Ball::greatest_absolute));
        let lengths = z.into_iter().flat_map(|z| (0..z.rows()).map(move |i| length(i, z)));
        let mut climb = Climb {
            problem: Arc::clone(problem),
            setting: Arc::clone(&setting),
            fields: BTreeMap::new(),
            longest: lengths.fold(Magnitude::ZERO, Ord::max),
            count: z.map_or(0, Matrix::rows),
        };
        climb.field_beside(0)?;
        Ok(Self::SmoothedMargin(Box::new(climb)))
    }

    /// The field to follow from these weights.
    pub fn field(&mut self, weights: &[Ball]) -> Result<Arc<Field>, NotRecorded> {
        match self {
            Self::Risk(field) => Ok(Arc::clone(field)),
            Self::SmoothedMargin(climb) => {
                let point = Point::<Ball>::new(Arc::clone(&climb.setting), shaped(&climb.problem, weights));
                climb.field_beside(crate::reference::smoothed_margin::nearest(point.margins()))
            }
        }
    }

    /// A bound of `∫μ` over a tube around the first `length` of a centre.
    pub fn growth(
        &self,
        curvature: &mut Curvature,
        centre: &Centre,
        beside: Option<&Beside>,
        length: f64,
        start: &Around,
        tube: Magnitude,
    ) -> Magnitude {
        let problem = Arc::clone(curvature.problem());
        let climbed = match self {
            Self::Risk(_) => None,
            Self::SmoothedMargin(climb) => Some((climb, climb.value(start))),
        };
        control::growth_by_parts(length, |length, parts| {
            tube::growth(centre, length, parts, |part| {
                let weights = shaped(&problem, &part.nearest);
                let apart = part.apart + tube;
                let over_ball = match climbed {
                    Some(_) => Magnitude::INFINITE,
                    None => curvature.over_ball(&weights, apart).negative,
                };
                let Some(Beside { pull, .. }) = beside else { return over_ball };
                let norm = |layer: &Matrix<f64>| {
                    Magnitude::euclidean(layer.entries().iter().map(|&weight| Magnitude::above_f64(weight)))
                };
                let norms = weights.iter().map(|layer| norm(layer) + part.apart);
                let slack = match &climbed {
                    Some((climb, least)) => climb.change_of_pull(norms, tube, least),
                    // With norms of Frobenius it bounds that norm, too.
                    None => curvature.most_bend() * change_of_product(problem.network(), norms, tube),
                };
                let slope = enlarged(&pull.over(part.middle, part.half, problem.network().input_dimension()), slack);
                over_ball.min(curvature.negative_with(slope, &weights, apart))
            })
        })
    }
}

impl Climb {
    fn field_beside(&mut self, beside: usize) -> Result<Arc<Field>, NotRecorded> {
        if let Some(field) = self.fields.get(&beside) {
            return Ok(Arc::clone(field));
        }
        let field = Arc::new(Field::of_smoothed_margin(&self.problem, beside)?);
        self.fields.insert(beside, Arc::clone(&field));
        Ok(field)
    }

    /// `q` over a ball of weights: no end-to-end vector further away has another by more than `Σp_i max|z_i|` times the distance.
    pub fn value(&self, around: &Around) -> Ball {
        let (margin, change) = (around.point().know::<SmoothedMargin<Ball>>(), around.change_of_product());
        let most = Magnitude::above_f64(self.count as f64) * self.longest * change;
        let least = margin.value().clone() - Ball::new(rug::Float::new(53), most);
        let slope = most_slope(self.problem.loss(), &least, self.count) * self.longest;
        Ball::new(margin.value().centre(), margin.value().radius() + slope * change)
    }

    /// `−ln R` over a ball of weights: no slope of it by the end-to-end vector is above `b max|z_i|`.
    pub fn log_risk(&self, around: &Around) -> Ball {
        let margin: &SmoothedMargin<Ball> = around.point().know();
        let value = margin.log_risk(&self.problem);
        let slope = Magnitude::above_rational(&steepness(self.problem.loss())) * self.longest;
        Ball::new(value.centre(), value.radius() + slope * around.change_of_product())
    }

    /// A bound of how far the pull, anywhere within `tube` of the centre at a time, is from that at the centre there, whose layers have such norms, where the flow
    /// came from a smoothed margin of at least `least`.
    ///
    /// The second derivative of `−q` by the end-to-end vector has no negative eigenvalue and none above `b Σp_i max|z_i|²`, since `ℓ″ ≤ −bℓ′`. And `q` in the tube is
    /// no further from its value on the flow at the same time, which is not below `least`, than `n max|z_i|` times what `w` changes by in a tube that is twice as wide.
    pub fn change_of_pull(
        &self,
        norms: impl Iterator<Item = Magnitude> + Clone,
        tube: Magnitude,
        least: &Ball,
    ) -> Magnitude {
        let fall = self.change_of_margin(norms.clone(), tube.scaled(1));
        let change = change_of_product(self.problem.network(), norms.map(|norm| norm + tube), tube);
        let least = least.clone() - Ball::new(rug::Float::new(53), fall);
        let most = most_slope(self.problem.loss(), &least, self.count);
        let steepness = Magnitude::above_rational(&steepness(self.problem.loss()));
        steepness * most * self.longest * self.longest * change
    }

    /// A bound of how far `q`, anywhere within `tube` of the centre, is from that at the centre, whose layers have such norms: no `p_i` is above 1.
    pub fn change_of_margin(&self, norms: impl Iterator<Item = Magnitude>, tube: Magnitude) -> Magnitude {
        let most = norms.map(|norm| norm + tube);
        Magnitude::above_f64(self.count as f64) * self.longest * change_of_product(self.problem.network(), most, tube)
    }

    /// The number of examples.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The problem.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The setting at the precision of the flow.
    pub fn setting(&self) -> &Arc<Setting<Ball>> {
        &self.setting
    }
}

/// The matrices that are no further than `radius` from one of the set.
fn enlarged(set: &NormBall, radius: Magnitude) -> NormBall {
    NormBall::new(set.centre().clone(), set.radius() + radius)
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::Real;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};

    /// Weights anywhere in a ball have the smoothed margin, the risk and the pull that are said of it.
    #[test]
    fn what_is_said_of_a_ball_holds_everywhere_in_it() {
        let matrix = |columns: usize, entries: &[i32]| {
            Matrix::from_entries(columns, entries.iter().map(|&entry| Rational::from((entry, 4))).collect())
        };
        let data = Data::Examples { x: matrix(2, &[4, 1, -1, 3, 2, 2, 5, -1]), y: matrix(1, &[4; 4]) };
        let network = Network::fully_connected(&[2, 2, 1]).unwrap();
        let initial = vec![matrix(2, &[3, 2, -1, 4]), matrix(2, &[5, 3])];
        for loss in [Loss::Exponential, Loss::Logistic { scale: 3.into(), steepness: (3, 2).into() }] {
            let (network, data) = (network.clone(), data.clone());
            let problem =
                Problem::new(network, loss, Normalisation::Mean, data, initial.clone(), StepRule::Flow).unwrap();
            let problem = Arc::new(problem);
            let Ok(Objective::SmoothedMargin(climb)) = Objective::smoothed_margin(&problem, 128) else {
                unreachable!()
            };
            let setting = Arc::clone(climb.setting());
            let centre = Point::<Ball>::initial(Arc::clone(&setting)).weights().to_vec();
            let radius = Magnitude::above_f64(0.125);
            let around = Around::new(Arc::clone(&setting), centre.clone(), radius);
            let (value, log_risk) = (climb.value(&around), climb.log_risk(&around));
            let norms = centre.iter().map(|layer| layer.frobenius_squared().greatest_absolute().sqrt());
            let off = climb.change_of_pull(norms, radius, &value);
            let pull = |point: &Point<Ball>| point.know::<SmoothedMargin<Ball>>().pull(&setting).unwrap();
            let there = pull(around.point());
            for direction in 0..12_u32 {
                // A twelfth of the circle between one weight and the next.
                let angle = f64::from(direction).mul_add(0.9, 0.1);
                let moved = |(k, layer): (usize, &Matrix<Ball>)| {
                    let mut place = 4 * k;
                    layer.map(|weight| {
                        place += 1;
                        let away = ((place as f64) * angle).sin() * 0.125 / 6.0_f64.sqrt();
                        weight.clone() + Ball::from_f64(away, 128)
                    })
                };
                let point = Point::new(Arc::clone(&setting), centre.iter().enumerate().map(moved).collect());
                let margin: &SmoothedMargin<Ball> = point.know();
                assert!(value.contains(margin.value()), "{:?} of {value:?}", margin.value());
                assert!(log_risk.contains(&margin.log_risk(&problem)));
                let apart = pull(&point).minus(&there).frobenius_squared().least_absolute().sqrt();
                assert!(apart <= off, "{apart:?} of {off:?}");
            }
        }
    }

    /// One weight at `at`, and these examples.
    fn scalar(loss: Loss, examples: &[i64], at: i64) -> (Box<Climb>, impl Fn(Rational) -> Point<Ball>) {
        let entries = |numbers: &[i64]| Matrix::from_entries(1, numbers.iter().map(|&z| Rational::from(z)).collect());
        let data = Data::Examples { x: entries(examples), y: entries(&vec![1; examples.len()]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let initial = vec![entries(&[at])];
        let problem = Problem::new(network, loss, Normalisation::Sum, data, initial, StepRule::Flow).unwrap();
        let Ok(Objective::SmoothedMargin(climb)) = Objective::smoothed_margin(&Arc::new(problem), 128) else {
            unreachable!()
        };
        let setting = Arc::clone(climb.setting());
        (climb, move |weight| Point::from_rationals(Arc::clone(&setting), vec![Matrix::row_vector(vec![weight])]))
    }

    /// Around 0 two opposite examples bend `−q` as much as any can.
    #[test]
    fn the_pull_changes_no_more_than_is_said_where_it_changes_most() {
        let logistic = Loss::Logistic { scale: 1.into(), steepness: 8.into() };
        for (loss, most) in [(Loss::Exponential, 1.6), (logistic, 6.0)] {
            let (climb, point) = scalar(loss, &[16, -16, 1], 0);
            let pull = |weight| point(weight).know::<SmoothedMargin<Ball>>().pull(climb.setting()).unwrap();
            let tube = Rational::from((1, 1 << 16));
            let changed = (pull(tube.clone())[(0, 0)].clone() - &pull(Rational::new())[(0, 0)]).abs();
            let start = point(Rational::new());
            let value = start.know::<SmoothedMargin<Ball>>().value();
            let said = climb.change_of_pull(std::iter::once(Magnitude::ZERO), Magnitude::above_rational(&tube), value);
            let ratio = said.to_f64() / changed.approximate();
            // Of three equal shares two are opposite.
            assert!((1.0..most).contains(&ratio), "{ratio}");
        }
    }

    /// Where margins are far below zero the logistic loss is their sum, and every slope is 1.
    #[test]
    fn the_smoothed_margin_changes_no_more_than_is_said_where_it_changes_most() {
        let (climb, point) = scalar(Loss::logistic(), &[1, 1, 1], -40);
        let value = |weight: Rational| point(weight).know::<SmoothedMargin<Ball>>().value().clone();
        let tube = Rational::from((1, 4));
        let changed = (value(Rational::from(-40) + &tube) - &value((-40).into())).abs().approximate();
        let said =
            climb.change_of_margin(std::iter::once(Magnitude::above_f64(40.0)), Magnitude::above_rational(&tube));
        let ratio = said.to_f64() / changed;
        assert!((1.0 - 1e-9..1.001).contains(&ratio), "{ratio}");
        // That of the pull looks at all of it: from −40 no slope is above 1, and three of them may have a sum of 3.
        let least = value((-40).into());
        assert_eq!(most_slope(&Loss::logistic(), &least, 3), Magnitude::above_f64(3.0));
    }

    /// From 5 the flow is anywhere in a tube of 1/2, and a point of the tube 1 away from it: there `q` may be less by three times as much.
    #[test]
    fn the_pull_is_bounded_by_the_slopes_at_the_least_margin_of_the_tube() {
        let (climb, point) = scalar(Loss::Logistic { scale: 1.into(), steepness: 2.into() }, &[1, 1, 1], 5);
        let least = point(5.into()).know::<SmoothedMargin<Ball>>().value().clone();
        let said = climb.change_of_pull(std::iter::once(Magnitude::above_f64(5.0)), Magnitude::above_f64(0.5), &least);
        let v = (-2.0 * (least.approximate() - 3.0)).exp();
        assert!(v < 0.1);
        let ratio = said.to_f64() / (2.0 * (1.0 + v) * 0.5);
        assert!((1.0 - 1e-9..1.001).contains(&ratio), "{ratio}");
    }
}
