//! From what was found to what is saved of it.

use std::time::Duration;

use super::{
    BandsResult, ClaimResult, Control, CurveResult, DigitsResult, FailureResult, HypothesisResult, InformativeAt,
    Results, RunResult, SCHEMA, SampleResult, SeriesResult, Span, TrendResult, WhenResult,
};
use crate::claims::{Band, Trend};
use crate::report::note::{again, failure, note, through};
use crate::report::{SCOPE_NOTE, VERSION, digits};
use crate::trajectory::{Course, Courses};
use crate::verify::{
    Assumption, ClaimVerdict, Counterexample, Curve, Failure, Hour, OwnRunReport, Range, Report, SampleVerdict,
    Standing, When,
};

impl Results {
    /// A verification on generated instances.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            schema: SCHEMA,
            version: VERSION.to_owned(),
            seed: report.seed,
            command: None,
            instances: None,
            spec: None,
            conclusion_only: None,
            left_out: None,
            scope_note: SCOPE_NOTE.to_owned(),
            interrupted: report.interrupted,
            claims: report.claims.iter().map(ClaimResult::of).collect(),
            summary: report.summary(),
            run: None,
        }
    }

    /// A verification on the user's own run, read from the file `spec`. It has a seed as every verification has, that of the command
    /// line; nothing is drawn from it.
    #[must_use]
    pub fn of_own_run(report: &OwnRunReport, spec: &str, seed: u64) -> Self {
        let claims = report.claims.iter().map(|own| {
            let hypotheses = Some(own.assumptions.iter().map(HypothesisResult::of).collect());
            let mut claim = ClaimResult { named: Some(own.is_named), hypotheses, ..ClaimResult::of(&own.verdict) };
            if let (true, Some(replay)) = (report.conclusion_only, &mut claim.replay) {
                replay.push_str(" --conclusion-only");
            }
            claim
        });
        Self {
            schema: SCHEMA,
            version: VERSION.to_owned(),
            seed,
            command: None,
            instances: None,
            spec: Some(spec.to_owned()),
            conclusion_only: Some(report.conclusion_only),
            left_out: Some(report.left_out),
            scope_note: SCOPE_NOTE.to_owned(),
            interrupted: report.interrupted,
            claims: claims.collect(),
            summary: report.summary(),
            run: None,
        }
    }

    /// The same, and what becomes of the run.
    #[must_use]
    pub fn with_run(self, courses: &Courses) -> Self {
        Self { run: Some(RunResult::of(courses)), ..self }
    }
}

impl RunResult {
    fn of(courses: &Courses) -> Self {
        let series = |course: &Course| SeriesResult {
            quantity: course.quantity,
            label: course.quantity.label(courses.architecture).to_owned(),
            layer: course.layer as u64,
            at_every_step: course.at_every_step,
            t: course.readings.iter().map(|reading| reading.t).collect(),
            values: course.readings.iter().map(|reading| reading.bands[0]).collect(),
        };
        Self {
            bits: courses.bits,
            series: courses.courses.iter().map(series).collect(),
            ends: courses.ending.reason().map(str::to_owned),
            left_out: courses.left_out.clone(),
        }
    }
}

impl ClaimResult {
    fn of(verdict: &ClaimVerdict) -> Self {
        let informative_at = |&(depth, informative, applicable)| InformativeAt { depth, informative, applicable };
        let trend = |trend: &Trend| TrendResult {
            label: trend.label.to_owned(),
            value: Some(trend.value).filter(|value| value.is_finite()),
        };
        Self {
            id: verdict.id.to_owned(),
            paper: verdict.paper.to_owned(),
            expected: verdict.expected,
            status: verdict.status,
            scope: verdict.scope,
            evidence: verdict.evidence,
            instances: verdict.instances,
            applicable: verdict.applicable,
            informative: verdict.informative,
            attained: verdict.attained,
            undecided: verdict.undecided,
            worst_ratio: verdict.worst_ratio.and_then(digits::rounded_up),
            agrees_to: verdict.agrees_log2.and_then(digits::power_of_two_rounded_up),
            within: verdict.within.and_then(digits::rounded_up),
            max_bits: verdict.max_bits,
            horizon: verdict.horizon,
            control: verdict.control.map(|caught| if caught { Control::Caught } else { Control::Missed }),
            seconds: rounded_seconds(verdict.time),
            note: note(verdict),
            failure: failure(verdict),
            through: through(verdict),
            depths: verdict.depths.map(Span::of),
            widths: verdict.widths.map(Span::of),
            examples: verdict.examples.map(Span::of),
            informative_by_depth: verdict.informative_by_depth.iter().map(informative_at).collect(),
            roads: verdict.roads.iter().map(|(road, count)| ((*road).to_owned(), *count)).collect(),
            trends: verdict.trends.iter().map(trend).collect(),
            counterexample: verdict.counterexample.as_ref().and_then(Counterexample::spec),
            replay: again(verdict),
            confidence: verdict.confidence,
            samples: verdict.samples.iter().map(SampleResult::of).collect(),
            curves: verdict.curves.iter().map(CurveResult::of).collect(),
            named: None,
            hypotheses: None,
        }
    }
}

impl Span {
    fn of(range: Range) -> Self {
        Self(range.least, range.greatest)
    }
}

impl SampleResult {
    fn of(sample: &SampleVerdict) -> Self {
        Self {
            case: sample.case.clone(),
            event: sample.label.to_owned(),
            stream: sample.stream.clone(),
            draws: sample.draws,
            seen: sample.seen,
            unclear: sample.unclear,
            interval: (sample.interval.lower, sample.interval.upper),
            confidence: sample.confidence,
            exact: sample.exact,
            at_least: sample.at_least,
            at_most: sample.at_most,
            agrees: sample.agrees,
        }
    }
}

impl CurveResult {
    fn of(curve: &Curve) -> Self {
        let marked = |mark: Standing| {
            curve.readings.iter().filter(move |reading| reading.mark == mark).map(|reading| reading.t).collect()
        };
        let side = |side: usize| curve.readings.iter().map(|reading| reading.bands[side]).collect();
        Self {
            relation: curve.id.label.to_owned(),
            layer: curve.id.layer as u64,
            comparison: curve.symbol,
            t: curve.readings.iter().map(|reading| reading.t).collect(),
            left: side(0),
            right: side(1),
            crosses: curve.crosses,
            failing: marked(Standing::Fails),
            outside: marked(Standing::Outside),
            ends: curve.ends.map(str::to_owned),
        }
    }
}

impl FromIterator<Band> for BandsResult {
    fn from_iter<I: IntoIterator<Item = Band>>(bands: I) -> Self {
        let (mid, rad) = bands
            .into_iter()
            .map(|band| band.middle_and_radius().and_then(|(middle, radius)| Some((middle, digits::radius(radius)?))))
            .map(Option::unzip)
            .unzip();
        Self { mid, rad }
    }
}

impl HypothesisResult {
    fn of(assumption: &Assumption) -> Self {
        Self {
            label: assumption.label.to_owned(),
            met: assumption.met,
            unmet: assumption.unmet,
            open: assumption.open,
            first_not_met: assumption.first_not_met.as_ref().map(FailureResult::of),
        }
    }
}

impl FailureResult {
    fn of(failure: &Failure) -> Self {
        let finite = |side: f64| Some(side).filter(|side| side.is_finite());
        let exactly = failure.digits.as_ref().map(|digits| DigitsResult {
            digits: (digits.left.clone(), digits.right.clone()),
            difference: digits.difference.clone(),
        });
        let t = match failure.t {
            When::Step(t) => WhenResult::Step(t),
            When::At(Hour::Time(t)) => WhenResult::Time(t),
            When::At(Hour::LogRisk(_)) | When::Between(..) | When::EverAfter(_) => {
                WhenResult::Between(failure.t.to_string())
            }
        };
        Self { t, left: finite(failure.sides.0), right: finite(failure.sides.1), exactly }
    }
}

/// Wall time in seconds, to the millisecond.
fn rounded_seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_band_covers_it() {
        let bands = [(0.1, 0.2), (-1.0, 1e300), (3.0, 3.0), (0.0, 1e-323)].map(|(lower, upper)| Band { lower, upper });
        let saved: BandsResult = bands.into_iter().collect();
        for (band, (mid, rad)) in bands.into_iter().zip(saved.mid.iter().zip(&saved.rad)) {
            let exact = |value: f64| rug::Rational::from_f64(value).unwrap();
            let (mid, rad) = (exact(mid.unwrap()), exact(rad.unwrap()));
            assert!(
                rug::Rational::from(&mid - &rad) <= exact(band.lower) && mid + rad >= exact(band.upper),
                "{band:?}"
            );
        }
        let none: BandsResult = [Band::WHOLE, Band { lower: f64::NAN, upper: 1.0 }].into_iter().collect();
        assert_eq!(none, BandsResult { mid: vec![None; 2], rad: vec![None; 2] });
    }
}
