//! Claims as the tests of a test program: one claim is one line of `cargo test` and of `cargo nextest run`.
//!
//! The program is a file under `tests/` that ends in [`harness!`](crate::harness!), and is declared without the harness of the
//! compiler:
//!
//! ```toml
//! [[test]]
//! name = "theorems"
//! harness = false
//! ```
//!
//! ```
//! use gradient_witness::prelude::*;
//!
//! /// The risk never rises.
//! struct Monotone;
//!
//! impl AboutStep for Monotone {
//!     fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
//!         finding.at_most("R(W(t+1)) ≤ R(W(t))", step.after.risk(), step.before.risk());
//!     }
//! }
//!
//! fn claims() -> Vec<Claim> {
//!     vec![Claim::new("mine.monotone", "# Statement\nThe risk never rises.", OnSteps(Monotone), Family::SmoothnessRuns)]
//! }
//!
//! gradient_witness::harness!(claims());
//! ```
//!
//! A line passes if the claim comes out as expected, its negative control included; else the report of it is shown, with the shrunk
//! run that refutes it. Filters, `--exact`, `--list`, `--skip` and `--test-threads` mean what they always do. `WITNESS_INSTANCES` says
//! on how many instances a claim is checked, `WITNESS_SEED` which; a line says how many it were. Claims of one source share its instances,
//! as in [`verify`](crate::verify::verify()): the first of their lines takes the time of all, and a filter leaves the others out of it.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use crate::claims::{Check, Claim};
use crate::verify::{ClaimVerdict, Options, Report, verify};

/// How many applicable instances a claim is checked on unless something else is asked for: half of what `witness verify` takes.
pub const INSTANCES: u64 = 32;

/// The exit status where the environment asks for something that cannot be.
const USAGE: u8 = 2;

/// What else a verdict must be: `Err` says what it is not.
type Demand = dyn Fn(&ClaimVerdict) -> Result<(), String> + Send + Sync;

/// A test program made of claims.
pub struct Harness {
    claims: Vec<Claim>,
    options: Options,
    demand: Arc<Demand>,
}

/// The `main` of a test program that checks the given claims, anything that is iterated over as [`Claim`](crate::claims::Claim)s: see
/// [the module](mod@crate::harness).
#[macro_export]
macro_rules! harness {
    ($claims:expr $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::harness::Harness::new($claims).main()
        }
    };
}

impl Harness {
    /// A program that checks each claim on [`INSTANCES`] applicable instances.
    #[must_use]
    pub fn new(claims: impl IntoIterator<Item = Claim>) -> Self {
        let options = Options { instances: INSTANCES, ..Options::default() };
        Self { claims: claims.into_iter().collect(), options, demand: Arc::new(|_| Ok(())) }
    }

    /// With other options: seed, number of instances, precision.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Asks more of the verdicts than to be as expected; `demand` says what one lacks.
    #[must_use]
    pub fn demanding(self, demand: impl Fn(&ClaimVerdict) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self { demand: Arc::new(demand), ..self }
    }

    /// Runs what the arguments and the environment of this process ask for.
    pub fn main(mut self) -> ExitCode {
        let arguments = Arguments::from_args();
        match self.read_environment(|name| std::env::var(name).ok()) {
            Ok(()) => self.run(&arguments).exit_code(),
            Err(message) => {
                eprintln!("error: {message}");
                ExitCode::from(USAGE)
            }
        }
    }

    /// Takes seed and number of instances from the variables that `variable` knows.
    fn read_environment(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        for (name, option, least) in
            [("WITNESS_INSTANCES", &mut self.options.instances, 1), ("WITNESS_SEED", &mut self.options.seed, 0)]
        {
            if let Some(text) = variable(name) {
                let number = text.parse().ok().filter(|number| *number >= least);
                *option = number.ok_or_else(|| format!("{name} is {text:?}; give an integer, {least} at least"))?;
            }
        }
        Ok(())
    }

    fn run(self, arguments: &Arguments) -> Conclusion {
        let Self { claims, options, demand } = self;
        let mut trials = Vec::new();
        let mut sources: Vec<(String, Vec<usize>, Vec<Claim>)> = Vec::new();
        for (place, claim) in claims.into_iter().enumerate() {
            let idle = line(&claim, &options, || Ok(()));
            // What the arguments leave out is counted, and checked with nothing.
            if arguments.is_filtered_out(&idle) {
                trials.push((place, idle));
                continue;
            }
            let source = source(&claim);
            match sources.iter_mut().find(|(known, ..)| *known == source) {
                Some((_, places, members)) => {
                    places.push(place);
                    members.push(claim);
                }
                None => sources.push((source, vec![place], vec![claim])),
            }
        }
        for (_, places, members) in sources {
            let together = Arc::new(Together { members, options: options.clone(), report: OnceLock::new() });
            for (member, place) in places.into_iter().enumerate() {
                let (shared, demand) = (Arc::clone(&together), Arc::clone(&demand));
                let run = move || shared.examine(member, &*demand).map_err(Failed::from);
                trials.push((place, line(&together.members[member], &options, run)));
            }
        }
        trials.sort_by_key(|(place, _)| *place);
        libtest_mimic::run(arguments, trials.into_iter().map(|(_, trial)| trial).collect())
    }
}

/// The claims of one source that were asked for. They are checked together when the first of their lines is run, so that an instance is drawn,
/// and its run or flow computed, once for all of them.
struct Together {
    members: Vec<Claim>,
    options: Options,
    report: OnceLock<Report>,
}

impl Together {
    /// The report of what is not as it should be with a member, if something is not.
    fn examine(&self, member: usize, demand: &Demand) -> Result<(), String> {
        let report = self.report.get_or_init(|| verify(&self.members.iter().collect::<Vec<_>>(), &self.options, &()));
        // Only of what was not interrupted the verdicts stand in the places of the claims.
        let verdict = if report.interrupted { None } else { report.claims.get(member) };
        let Some(verdict) = verdict else { return Err("interrupted".to_owned()) };
        let lack = if verdict.as_expected() { demand(verdict) } else { Err("not as expected".to_owned()) };
        lack.map_err(|lack| format!("{}: {lack}, with seed {}\n{verdict}", verdict.id, report.seed))
    }
}

/// What its instances come from; a claim that has none is alone.
fn source(claim: &Claim) -> String {
    match claim.check() {
        Check::Instances { source, .. } => source.name(),
        Check::Identity { .. } | Check::Formula(_) | Check::Chance(_) => claim.id().to_owned(),
    }
}

/// One line.
fn line(claim: &Claim, options: &Options, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let kind = match claim.check() {
        Check::Identity { shapes, .. } => format!("{} shapes", shapes.len()),
        Check::Formula(_) => "free numbers".to_owned(),
        Check::Instances { .. } => format!("≤ {} instances", options.instances),
        Check::Chance(_) => "draws".to_owned(),
    };
    Trial::test(claim.id(), run).with_kind(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::papers::catalogue;
    use crate::problem::Spec;
    use crate::verify::{Limits, Status, verify_own_run};

    fn of_catalogue(id: &str) -> Claim {
        catalogue().into_iter().find(|claim| claim.id() == id).expect("a claim of the catalogue")
    }

    /// One that holds, one that is refuted though nobody expects it, and one of which something is demanded.
    fn harness() -> Harness {
        let identity = of_catalogue("JT19.gradient-layer");
        let ids = ["JT19.descent-step", "JT19.ball"].map(of_catalogue);
        Harness::new(std::iter::once(identity).chain([false_claim()]).chain(ids))
            .options(Options { instances: 2, ..Options::default() })
            .demanding(|verdict| if verdict.id == "JT19.ball" { Err("too round".to_owned()) } else { Ok(()) })
    }

    fn false_claim() -> Claim {
        use crate::claims::{AboutStep, Finding, OnSteps};
        use crate::generate::Family;
        use crate::number::Real;
        use crate::reference::Step;

        struct Rising;
        impl AboutStep for Rising {
            fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
                finding.at_most("R(W(t)) ≤ R(W(t+1))", step.before.risk(), step.after.risk());
            }
        }
        Claim::new("mine.rising", "# Statement\nThe risk rises.", OnSteps(Rising), Family::ShortRuns)
    }

    /// How many passed, failed and were filtered out, and what was printed.
    fn outcome(arguments: &[&str]) -> ((u64, u64, u64), String) {
        let log = tempfile::NamedTempFile::new().expect("a temporary file");
        let path = log.path().to_str().expect("a path in Unicode");
        let arguments = Arguments::from_iter(["theorems", "--logfile", path].iter().chain(arguments));
        let found = harness().run(&arguments);
        let printed = std::fs::read_to_string(path).expect("what was printed");
        ((found.num_passed, found.num_failed, found.num_filtered_out), printed)
    }

    #[test]
    fn one_claim_is_one_line() {
        let (counts, printed) = outcome(&[]);
        assert_eq!(counts, (2, 2, 0));
        let lines: Vec<String> = printed
            .lines()
            .filter(|line| line.starts_with("test ["))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(lines.len(), 4, "{printed}");
        for line in [
            "test [7 shapes] JT19.gradient-layer ... ok",
            "test [≤ 2 instances] mine.rising ... FAILED",
            "test [≤ 2 instances] JT19.descent-step ... ok",
        ] {
            assert!(lines.iter().any(|known| known == line), "{line}: {printed}");
        }
        assert_eq!(outcome(&["JT19"]).0, (2, 1, 1));
        assert_eq!(outcome(&["JT19.descent-step", "--exact"]).0, (1, 0, 3));
        assert_eq!(outcome(&["--skip", "mine"]).0, (2, 1, 1));
        assert_eq!(outcome(&["--list"]).0, (0, 0, 0));
    }

    #[test]
    fn an_instance_is_drawn_once_for_all_claims_that_are_asked_for() {
        use std::sync::atomic::{AtomicU64, Ordering};

        use crate::claims::{AboutStep, Finding, OnSteps};
        use crate::generate::{Family, Instance, Random, Source};
        use crate::number::Real;
        use crate::reference::Step;

        /// Short runs, and how many of them were drawn.
        #[derive(Debug)]
        struct Counted(Arc<AtomicU64>);
        impl Source for Counted {
            fn name(&self) -> String {
                "counted".to_owned()
            }
            fn draw(&self, random: &mut Random) -> Option<Instance> {
                self.0.fetch_add(1, Ordering::Relaxed);
                Family::ShortRuns.draw(random)
            }
        }
        /// What is true, and how often it was looked at.
        struct Looked(Arc<AtomicU64>);
        impl AboutStep for Looked {
            fn conclude<T: Real>(&self, _: &Step<T>, finding: &mut Finding) {
                self.0.fetch_add(1, Ordering::Relaxed);
                finding.asserted("t is t", true);
            }
        }

        let run = |filter: Option<&str>| {
            let (drawn, looks) = (Arc::new(AtomicU64::new(0)), [(); 2].map(|()| Arc::new(AtomicU64::new(0))));
            let claim = |id, looks: &Arc<AtomicU64>| {
                let statement = OnSteps(Looked(Arc::clone(looks)));
                Claim::new(id, "# Statement\nTime is itself.", statement, Counted(Arc::clone(&drawn)))
            };
            let claims = vec![claim("mine.one", &looks[0]), claim("mine.two", &looks[1])];
            let log = tempfile::NamedTempFile::new().expect("a temporary file");
            let path = log.path().to_str().expect("a path in Unicode");
            let arguments = Arguments::from_iter(["theorems", "--logfile", path].into_iter().chain(filter));
            let options = Options { instances: 4, ..Options::default() };
            let found = Harness::new(claims).options(options).run(&arguments);
            let looks = looks.map(|looks| looks.load(Ordering::Relaxed) > 0);
            // Without a control they do not pass.
            (found.num_failed, drawn.load(Ordering::Relaxed), looks)
        };
        let (run_alone, alone, looks) = run(Some("mine.two"));
        assert_eq!((run_alone, looks), (1, [false, true]));
        let (run_together, together, looks) = run(None);
        assert_eq!((run_together, looks), (2, [true, true]));
        assert_eq!(together, alone);
    }

    #[test]
    fn a_failure_shows_the_run_that_replays_it() {
        let alone = Together { members: vec![false_claim()], options: harness().options, report: OnceLock::new() };
        let told = alone.examine(0, &|_| Ok(())).expect_err("it is false");
        assert!(
            told.starts_with("mine.rising: not as expected, with seed 1\nFAIL mine.rising: refuted (certified)"),
            "{told}"
        );
        let (_, spec) = told.split_once("on this run:\n").expect("a run");
        let spec = Spec::parse(spec, ".".as_ref()).expect("a spec that can be read");
        let again =
            verify_own_run(&[&alone.members[0]], &spec.problem, spec.schedule().unwrap().steps, &Limits::default())
                .claims
                .remove(0);
        assert_eq!(again.verdict.status, Status::Refuted);
    }

    #[test]
    fn the_environment_is_read_or_refused() {
        let read = |name: &'static str, text: &'static str| {
            let mut harness = harness();
            let done = harness.read_environment(|asked| (asked == name).then(|| text.to_owned()));
            done.map(|()| (harness.options.instances, harness.options.seed))
        };
        assert_eq!(read("WITNESS_INSTANCES", "9"), Ok((9, 1)));
        assert_eq!(read("WITNESS_SEED", "0"), Ok((2, 0)));
        assert_eq!(
            read("WITNESS_INSTANCES", "0").unwrap_err(),
            "WITNESS_INSTANCES is \"0\"; give an integer, 1 at least"
        );
        assert!(read("WITNESS_SEED", "random").is_err());
    }
}
