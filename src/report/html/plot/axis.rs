//! Axes: from where to where, and which numbers stand beside them.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// How values are placed along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Evenly.
    Linear,
    /// By their decimal logarithm.
    Logarithmic,
}

/// An axis, in the numbers that a [`Scale`] makes of values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Places with what stands there.
    pub(super) ticks: Vec<(f64, String)>,
    /// What is to be added to the numbers beside the axis, where they would not differ in their first digits.
    pub(super) base: Option<String>,
}

/// A quarter of the largest number: a distance of two numbers within is finite.
const FAR: f64 = f64::MAX / 4.0;

impl Axis {
    /// How far along the axis a place is, from 0 to 1.
    pub(super) fn share(&self, place: f64) -> f64 {
        ((place - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// An axis of a chart of `plotters`, which draws its lines and numbers.
impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = (f64::from(limit.0), f64::from(limit.1));
        (from + self.share(*place) * (to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Light lines are those between; there are none.
        let are_light = hint.weight().allow_light_points();
        self.ticks.iter().filter(|_| !are_light).map(|(place, _)| *place).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, place: &f64) -> String {
        self.ticks.iter().find(|(tick, _)| tick == place).map_or_else(String::new, |(_, text)| text.clone())
    }
}

impl Scale {
    /// Where a value is, if it has a place.
    pub(super) fn place(self, value: f64) -> Option<f64> {
        match self {
            Self::Linear => Some(value.clamp(-FAR, FAR)).filter(|value| value.is_finite()),
            Self::Logarithmic => (value > 0.0 && value.is_finite()).then(|| value.log10()),
        }
    }

    /// The scale that shows values best: a logarithm where those of one side fall or rise over decades and hardly any is 0 or less.
    pub(super) fn of(sides: &[Vec<f64>]) -> Self {
        let decades = |side: &Vec<f64>| {
            let positive = || side.iter().copied().filter(|value| *value > 0.0);
            let (least, largest) = (positive().fold(f64::INFINITY, f64::min), positive().fold(0.0, f64::max));
            if largest > 0.0 { largest.log10() - least.log10() } else { 0.0 }
        };
        let all = sides.iter().map(Vec::len).sum::<usize>();
        let positive = sides.iter().flatten().filter(|value| **value > 0.0).count();
        let falls = sides.iter().map(decades).fold(0.0, f64::max) >= 2.0;
        if falls && 2 * positive > all { Self::Logarithmic } else { Self::Linear }
    }
}

/// An axis for values from `low` to `high` with at most `most` numbers beside it; only whole ones if `whole`.
pub(super) fn linear(low: f64, high: f64, most: usize, whole: bool) -> Axis {
    let rough = (high - low) / most.max(1) as f64;
    if !(rough > 0.0 && rough.is_finite()) {
        return Axis { low, high, ticks: vec![(low, number(low))], base: None };
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= rough * 0.999_999);
    let step = step.unwrap_or(rough).max(if whole { 1.0 } else { 0.0 });
    // Where the first six digits of all numbers are the same, only what follows is said.
    let base = (low.abs().max(high.abs()) > 1e6 * step && !whole).then(|| (low / step).floor() * step);
    let start = base.unwrap_or(0.0);
    let first = ((low - start) / step).ceil();
    let ticks = (0..=most + 1).map(|count| (first + count as f64) * step);
    let ticks = ticks.map(|tick| (start + tick, tick)).filter(|(place, _)| (low..=high).contains(place));
    let ticks = ticks.map(|(place, tick)| (place, stepped(tick, step))).collect();
    Axis { low, high, ticks, base: base.map(|base| stepped(base, step)) }
}

/// An axis for decimal logarithms from `low` to `high`, with at most `most` powers of ten beside it.
pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Axis {
    let decades = (high - low).abs();
    let stride = (decades / most.max(1) as f64).ceil().max(1.0);
    let first = (low / stride).ceil();
    let ticks = (0..=most + 1).map(|count| (first + count as f64) * stride).filter(|tick| *tick <= high);
    Axis { low, high, ticks: ticks.map(|tick| (tick, power_of_ten(tick as i32))).collect(), base: None }
}

fn power_of_ten(power: i32) -> String {
    match power {
        -3..=4 => format!("{}", 10_f64.powi(power)),
        _ => format!("1e{power}"),
    }
}

/// A multiple of a step, with as many digits as the step has.
fn stepped(value: f64, step: f64) -> String {
    let digits = step.log10().floor();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-4..1e6).contains(&step) && value.abs() < 1e7
        || (1e-15..1.0).contains(&step) && (0.1..1e7).contains(&value.abs())
    {
        format!("{value:.*}", (-digits).clamp(0.0, 15.0) as usize)
    } else {
        let more = (value.abs().log10().floor() - digits).clamp(0.0, 15.0);
        format!("{value:.*e}", more as usize)
    }
}

/// A number for the eye, with ten digits at most.
pub(super) fn number(value: f64) -> String {
    let short = format!("{value}");
    let digits = short.chars().filter(char::is_ascii_digit).count();
    if digits <= 11 && (value == 0.0 || (1e-4..1e10).contains(&value.abs())) {
        return short;
    }
    let scientific = format!("{value:.9e}");
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    match power.parse() {
        Ok(0) => mantissa.to_owned(),
        Ok(power @ (-4..=9)) => {
            let places: i32 = 9 - power;
            let fixed = format!("{value:.*}", usize::try_from(places).unwrap_or(0));
            if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { fixed }
        }
        _ => format!("{mantissa}e{power}"),
    }
}

/// A bound from above in two digits, not below the value.
pub(super) fn at_most(value: f64) -> String {
    let brief = |value: f64| format!("{value:.1e}");
    let rounded = brief(value);
    // Half a unit of the second digit more is not below, and one unit more at most.
    let half = 0.05 * 10_f64.powf(value.abs().log10().floor());
    let short =
        if rounded.parse::<f64>().is_ok_and(|rounded| rounded >= value) { rounded } else { brief(value + half) };
    match short.parse::<f64>() {
        Ok(plain) if plain == 0.0 || (1e-3..1e4).contains(&plain) => format!("{plain}"),
        _ => short.replace(".0e", "e"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_within_the_axis() {
        let words = |axis: &Axis| axis.ticks.iter().map(|(_, text)| text.clone()).collect::<Vec<String>>();
        assert_eq!(words(&linear(0.0, 1000.0, 5, true)), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(words(&linear(0.0, 2.0, 8, true)), ["0", "1", "2"]);
        assert_eq!(words(&linear(-0.31, 0.27, 6, false)), ["-0.3", "-0.2", "-0.1", "0", "0.1", "0.2"]);
        assert_eq!(words(&linear(0.0, 3.1e-9, 3, false)), ["0", "2e-9"]);
        assert_eq!(words(&logarithmic(-7.2, 1.1, 4)), ["1e-6", "0.001", "1"]);
        assert_eq!(words(&logarithmic(-0.2, 2.1, 4)), ["1", "10", "100"]);
        // What differs in its eighth digit only.
        let near = linear(1.000_000_002, 1.000_000_027, 5, false);
        assert_eq!(near.base.as_deref(), Some("1.000000000"));
        assert_eq!(words(&near)[..3], ["5e-9", "1.0e-8", "1.5e-8"]);
    }

    #[test]
    fn whatever_the_ends_there_are_not_more_ticks_than_asked_for() {
        let ends = [0.0, -1.0, 5e-324, -5e-324, 1e-310, 1e300, -FAR, FAR, 1.0 + f64::EPSILON, 1.0, -300.0, 0.1];
        for low in ends {
            for high in ends {
                for axis in [
                    linear(low, high, 6, false),
                    linear(low, high, 6, true),
                    logarithmic(low.max(-330.0), high.min(310.0), 6),
                ] {
                    assert!(axis.ticks.len() <= 8, "{axis:?}");
                }
            }
        }
    }

    #[test]
    fn the_scale_is_a_logarithm_where_a_side_falls_over_decades() {
        assert_eq!(Scale::of(&[vec![1.0, 0.1, 0.01], vec![1.0, 1.0]]), Scale::Logarithmic);
        assert_eq!(Scale::of(&[vec![1.0, 0.1], vec![3.0]]), Scale::Linear);
        assert_eq!(Scale::of(&[vec![1.0, 0.001, 0.0]]), Scale::Logarithmic);
        assert_eq!(Scale::of(&[vec![1.0, 0.001, 0.0, -1.0, -2.0]]), Scale::Linear);
        assert_eq!(Scale::of(&[vec![], vec![0.0, -1.0]]), Scale::Linear);
        assert_eq!(Scale::of(&[]), Scale::Linear);
        assert_eq!(Scale::Logarithmic.place(0.0), None);
        assert_eq!(Scale::Logarithmic.place(-1.0), None);
        assert_eq!(Scale::Logarithmic.place(1e-3), Some(-3.0));
    }

    #[test]
    fn numbers_are_short_and_bounds_are_not_below_themselves() {
        for (value, text) in [
            (0.0, "0"),
            (-1920048.0, "-1920048"),
            (1.000_000_027, "1.000000027"),
            (0.02275184, "0.02275184"),
            (1.0 / 3.0, "0.3333333333"),
            (2.0e15 / 3.0, "6.666666667e14"),
            (1.658381e-37, "1.658381e-37"),
            (5e-324, "4.940656458e-324"),
        ] {
            assert_eq!(number(value), text);
        }
        for (value, text) in
            [(0.0, "0"), (3.14e-40, "3.2e-40"), (1.0, "1"), (0.0311, "0.032"), (9.96e-9, "1e-8"), (1.01, "1.1")]
        {
            assert_eq!(at_most(value), text);
            assert!(text.parse::<f64>().unwrap() >= value);
        }
    }
}
