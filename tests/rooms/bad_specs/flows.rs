//! The keys of a flow, and of runs that are none.

use super::{DIAGONAL, GOOD, check, error, read};

/// The flow of a diagonal network, in which a test replaces one line.
fn flow() -> String {
    let (problem, _) = DIAGONAL.split_once("[step]").unwrap();
    format!("{problem}[step]\nrule = \"flow\"\n[run]\n{UNTIL}\n{TOLERANCE}\n{RECORD}\n{ARITHMETIC}\n")
}

const UNTIL: &str = "until = { time = 100 }";
const TOLERANCE: &str = "tolerance = 1e-20";
const RECORD: &str = "record = { times = [0, 1, 10] }";
const ARITHMETIC: &str = "arithmetic = \"certified:128\"";

#[test]
fn horizons() {
    check(
        &flow(),
        &[
            (UNTIL, "", "run.until", "missing", "until = { time = 100 }"),
            (UNTIL, "until = 100", "run.until", "a whole number stands", "{ time = 100 }"),
            (UNTIL, "until = {}", "run.until.time", "missing", "{ time = 100 }"),
            (UNTIL, "until = { time = 0 }", "run.until.time", "0 is not positive", "above 0"),
            (UNTIL, "until = { time = -0.5 }", "run.until.time", "-1/2 is not positive", "above 0"),
            (UNTIL, "until = { time = \"-1/3\" }", "run.until.time", "not positive", "above 0"),
            (UNTIL, "until = { time = inf }", "run.until.time", "not a finite f64", "1.8e308"),
            (UNTIL, "until = { time = [100] }", "run.until.time", "a list stands", "number"),
            (UNTIL, "until = { tmie = 100 }", "run.until.tmie", "no such key", "run.until.time"),
            (UNTIL, "until = { time = 100, steps = 3 }", "run.until.steps", "no such key", "run.steps"),
            (UNTIL, "until = { log_risk = 1000, time = 1 }", "run.until.log_risk", "as well", "one"),
            (UNTIL, "until = { log_risk = true }", "run.until.log_risk", "true or false stands", "number"),
        ],
    );
}

#[test]
fn tolerances() {
    check(
        &flow(),
        &[
            (TOLERANCE, "tolerance = 0", "run.tolerance", "not positive", "above 0"),
            (TOLERANCE, "tolerance = -1e-20", "run.tolerance", "not positive", "above 0"),
            (TOLERANCE, "tolerance = true", "run.tolerance", "true or false stands", "number"),
            (
                TOLERANCE,
                "tolerance = 1e-40",
                "run.tolerance",
                "below 2^-128, the precision of certified:128",
                "ball:192",
            ),
            (TOLERANCE, "tolerance = \"1e-9999\"", "run.tolerance", "below 2^-128", "certified:33280"),
            (
                ARITHMETIC,
                "arithmetic = \"certified\"",
                "run.tolerance",
                "below 2^-53, the precision of certified",
                "certified:128",
            ),
            (ARITHMETIC, "arithmetic = \"ball:64\"", "run.tolerance", "below 2^-64", "ball:128"),
        ],
    );
}

#[test]
fn record_times() {
    check(
        &flow(),
        &[
            (RECORD, "record = {}", "run.record", "says nothing", "times"),
            (RECORD, "record = { times = 3 }", "run.record.times", "a whole number stands", "write ["),
            (RECORD, "record = { times = [0, 10, 1] }", "run.record.times", "1 does not come after 10", "increasing"),
            (RECORD, "record = { times = [0, 1, 1] }", "run.record.times", "1 does not come after 1", "once"),
            (RECORD, "record = { times = [-1, 1] }", "run.record.times", "-1 is negative", "begin at 0"),
            (RECORD, "record = { times = [1, \"301/3\"] }", "run.record.times", "301/3 is beyond", "run.until"),
            (RECORD, "record = { times = [0, nan] }", "run.record.times", "entry 2: nan", "1.8e308"),
            (RECORD, "record = { every = 1, times = [1] }", "run.record.times", "as well", "one"),
            (RECORD, "record = { every = 0 }", "run.record.every", "not positive", "above 0"),
            (RECORD, "record = { every = -1 }", "run.record.every", "not positive", "above 0"),
            (RECORD, "record = { at = [0, 1] }", "run.record.at", "no meaning for the rule \"flow\"", "leave it out"),
            (RECORD, "record = { log_risks = [1] }", "run.record.log_risks", "until a time", "leave it out"),
        ],
    );
}

/// A flow that is followed by its risk.
fn late_flow() -> String {
    let problem = GOOD.split_once("[step]").unwrap().0;
    let problem = problem.replace("scale = \"1/50\"\nsteepness = 1\n", "");
    format!("{problem}[step]\nrule = \"flow\"\n[run]\n{LATE}\n{LOG_RISKS}\n{ARITHMETIC}\n")
}

const LATE: &str = "until = { log_risk = 1000 }";
const LOG_RISKS: &str = "record = { log_risks = [1, 10] }";

#[test]
fn horizons_of_the_risk() {
    let until = "run.until.log_risk";
    let list = "run.record.log_risks";
    check(
        &late_flow(),
        &[
            ("kind = \"logistic\"", "kind = \"squared\"", until, "ends at a least value", "time = 100"),
            (ARITHMETIC, "arithmetic = \"f64\"", until, "by the time alone", "certified"),
            (LOG_RISKS, "record = { log_risks = [10, 1] }", list, "1 does not come after 10", "increasing"),
            (LOG_RISKS, "record = { log_risks = [1, 2000] }", list, "2000 is beyond the last value, 1000", "run.until"),
            (LOG_RISKS, "record = { log_risks = [1], every = 1 }", list, "as well", "one"),
            (LOG_RISKS, "record = { times = [1] }", "run.record.times", "until log_risk", "leave it out"),
            (LOG_RISKS, "record = { every = 0 }", "run.record.every", "not positive", "above 0"),
            (LOG_RISKS, "record = {}", "run.record", "says nothing", "log_risks"),
        ],
    );
}

/// Wherever the third has a positive margin one of the first two has none.
const WEAKLY: &str = "x = [[0.6, 0.2], [-0.3, -0.1], [0.1, -0.9]]\ny = [1, 1, 1]";
const DATA: &str = "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]\ny = [1, -1, -1]";

#[test]
fn what_nothing_separates_has_no_late_flow() {
    let nothing = "no hyperplane through zero separates the examples";
    let until = "run.until.log_risk";
    check(
        &late_flow(),
        &[
            (DATA, WEAKLY, until, nothing, "time = 100"),
            (DATA, "x = [[0.6, 0.2], [0.1, -0.9], [-0.7, 0.7]]\ny = [1, 1, 1]", until, nothing, "time = 100"),
            (DATA, "x = [[0.6, 0.2], [0.1, -0.9], [-0.7, 0.7]]\ny = [-1, -1, -1]", until, nothing, "time = 100"),
            (DATA, "x = [[0.6, 0.2], [0, 0], [0.1, -0.9]]\ny = [1, 1, 1]", until, nothing, "time = 100"),
        ],
    );
    for (normalisation, least) in [("\"mean\"", "below ℓ(0)/n"), ("\"sum\"", "below ℓ(0)")] {
        let error = error(&late_flow().replace("\"mean\"", normalisation), DATA, WEAKLY, &[]);
        assert!(error.problem.ends_with(least), "{error}");
    }
    // Until a time there is nothing wrong with them.
    let timed = late_flow().replace(DATA, WEAKLY).replace(LATE, UNTIL).replace(LOG_RISKS, RECORD);
    assert!(read(&[("spec.toml", timed.as_bytes())]).1.is_ok());
    // Nor is there with what is separated by a margin that f64 does not show.
    let hardly = "x = [[1, -1], [-1, \"1180591620717411303425/1180591620717411303424\"]]\ny = [1, 1]";
    let read = read(&[("spec.toml", late_flow().replace(DATA, hardly).as_bytes())]).1;
    assert!(read.is_ok(), "{read:?}");
}

#[test]
fn a_flow_has_no_steps() {
    check(
        &flow(),
        &[
            ("rule = \"flow\"", "rule = \"flow\"\neta = 0.1", "step.eta", "which has no steps", "leave it out"),
            (
                UNTIL,
                "until = { time = 100 }\nsteps = 100",
                "run.steps",
                "no meaning for the rule \"flow\"",
                "leave it out",
            ),
            (ARITHMETIC, "arithmetic = \"rational\"", "run.arithmetic", "not rational", "certified"),
            (ARITHMETIC, "arithmetic = \"mpfr:256\"", "run.arithmetic", "bound its error", "ball:128"),
            (ARITHMETIC, "arithmetic = \"certified:8\"", "run.arithmetic", "8 bits", "16 to 1000000"),
            (ARITHMETIC, "arithmetic = \"exact\"", "run.arithmetic", "no arithmetic \"exact\"", "certified"),
        ],
    );
}

#[test]
fn descent_has_no_time() {
    check(
        GOOD,
        &[
            (
                "steps = 1000",
                "steps = 1000\nuntil = { time = 100 }",
                "run.until",
                "which goes by steps",
                "leave it out",
            ),
            ("steps = 1000", "steps = 1000\ntolerance = 1e-9", "run.tolerance", "which goes by steps", "leave it out"),
            ("record = { every = 100 }", "record = { times = [1] }", "run.record.times", "by steps", "leave it out"),
            ("record = { every = 100 }", "record = { every = 0.5 }", "run.record.every", "a decimal stands", "whole"),
            (
                "record = { every = 100 }",
                "record = { log_risks = [1] }",
                "run.record.log_risks",
                "by steps",
                "leave it",
            ),
        ],
    );
}

#[test]
fn tolerances_within_the_precision_are_taken() {
    for (tolerance, arithmetic) in [
        ("\"1/9007199254740992\"", "certified"),
        ("\"1/9007199254740992\"", "f64"),
        ("1e-38", "ball:128"),
        ("1e9", "f64"),
    ] {
        let text = flow().replace(TOLERANCE, &format!("tolerance = {tolerance}"));
        let text = text.replace(ARITHMETIC, &format!("arithmetic = \"{arithmetic}\""));
        let read = read(&[("spec.toml", text.as_bytes())]).1;
        assert!(read.is_ok(), "{tolerance} {arithmetic}: {read:?}");
    }
}
