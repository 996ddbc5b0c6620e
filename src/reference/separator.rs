//! The maximum-margin separator of the data, decided exactly, once for each setting.

use super::{Fact, Setting};
use crate::algebra::max_margin::MaxMargin;
use crate::number::{Real, Ring};

/// The separator of the examples; `None` if there is none.
struct Separator(Option<MaxMargin>);

impl<T: Ring> Fact<Setting<T>> for Separator {
    fn of(setting: &Setting<T>) -> Self {
        Self(setting.exact_signed_examples().and_then(|z| MaxMargin::of(&z).ok()))
    }
}

/// The maximum-margin separator of the examples, decided exactly; `None` if there is none: the examples are not separable, or the
/// loss is not one of classification.
#[must_use]
pub fn separator<T: Ring>(setting: &Setting<T>) -> Option<&MaxMargin> {
    let Separator(separator) = setting.know();
    separator.as_ref()
}

/// The margin `γ` of the data and the direction `ū` in which it is attained; `None` where there is no [`separator`].
#[must_use]
pub fn margin_and_direction<T: Real>(setting: &Setting<T>) -> Option<(T, Vec<T>)> {
    let margin = separator(setting)?;
    let gamma = setting.constant(margin.margin_squared().clone()).sqrt();
    let direction = margin.point().iter().map(|entry| setting.constant(entry.clone()) / &gamma).collect();
    Some((gamma, direction))
}
