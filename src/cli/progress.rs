//! Progress bars on standard error.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Context;

/// A bar of the steps of a run.
pub(super) fn of_steps(steps: u64, context: Context) -> ProgressBar {
    bar(steps, "{wide_bar} step {pos} of {len}, {elapsed}", context)
}

/// A bar of claims, whose message is the number of instances examined.
pub(super) fn of_claims(claims: usize, context: Context) -> ProgressBar {
    let bar = bar(claims as u64, "{wide_bar} {pos}/{len} claims, {msg} instances, {elapsed}", context);
    if !bar.is_hidden() {
        bar.set_message("0");
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}

/// A bar that looks as `template` says; hidden if nothing but errors is wanted, or standard error is no terminal.
fn bar(length: u64, template: &str, context: Context) -> ProgressBar {
    if context.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
