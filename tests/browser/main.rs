//! The page of a verification, as a person meets it: in a browser, by real keys and clicks.
//!
//! It takes a Chromium that needs no window, such as Debian's `chromium-headless-shell`; `WITNESS_CHROMIUM` names another. Where there is none
//! one line says so and nothing is tested, unless `WITNESS_BROWSER=required`. Every test has a tab of its own in one browser.

mod axe;
mod commands;
mod devtools;
mod filter;
mod keyboard;
mod names;
mod quiet;
mod sight;
mod stage;
mod tab;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use devtools::Browser;
use stage::Stage;

/// What looks at a page and panics if it is not as it should be.
type Test = fn(&Stage);

/// Tests with their names, which are those of the functions.
macro_rules! tests {
    ($($room:ident: $($name:ident),+;)+) => {
        [$($((concat!(stringify!($room), "::", stringify!($name)), $room::$name as Test)),+),+]
    };
}

const TESTS: &[(&str, Test)] = &tests! {
    quiet:
        a_page_says_nothing_and_asks_for_nothing,
        the_policy_allows_one_style_and_one_script_by_their_hashes,
        what_is_injected_does_not_run,
        what_looks_like_markup_is_shown_as_text,
        an_awkward_path_and_title_harm_nothing;
    keyboard:
        tab_goes_through_everything_in_order_and_is_seen,
        enter_and_space_open_a_claim_and_close_it,
        arrows_go_from_claim_to_claim,
        arrows_skip_claims_that_are_filtered_out,
        escape_clears_the_filter_from_wherever_the_focus_is;
    filter:
        a_text_leaves_the_claims_that_have_it,
        each_choice_leaves_the_claims_that_are_so,
        a_number_at_the_top_leads_to_its_claims,
        an_address_says_what_is_filtered,
        an_address_that_says_nothing_leaves_everything,
        an_address_of_a_claim_opens_it;
    commands:
        every_refutation_is_shown_again_by_the_command_beside_it,
        the_command_of_the_whole_makes_the_results_again,
        a_command_is_selected_where_the_clipboard_refuses;
    names:
        whatever_is_pressed_or_looked_at_has_a_name,
        every_picture_has_a_caption_and_a_table,
        headings_ids_and_links_fit_together;
    axe:
        axe_finds_nothing_serious;
    sight:
        text_stands_out_in_the_light_theme,
        text_stands_out_in_the_dark_theme,
        text_stands_out_on_the_page_of_a_run,
        the_switch_of_themes_goes_through_both_and_back,
        nothing_sticks_out_at_320_pixels,
        labels_of_a_picture_do_not_overlap,
        without_script_everything_can_be_read,
        on_paper_everything_is_open;
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let Some(program) = devtools::program() else {
        let is_required = std::env::var_os("WITNESS_BROWSER").is_some_and(|value| value == "required");
        eprintln!("no Chromium is installed (chromium-headless-shell): the page is not tested in a browser");
        return if is_required { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    };
    let stage = match Browser::start(&program) {
        Ok(browser) => Arc::new(Stage::new(browser)),
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    let trial = |(name, test): &(&str, Test)| {
        let (stage, test) = (Arc::clone(&stage), *test);
        Trial::test(*name, move || {
            test(&stage);
            Ok(())
        })
    };
    libtest_mimic::run(&arguments, TESTS.iter().map(trial).collect()).exit_code()
}
