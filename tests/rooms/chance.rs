//! Claims about chance of one's own, written as a crate downstream would write them, and how they are decided.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use gradient_witness::claims::{AboutChance, Chance, Claim, OnChance};
use gradient_witness::generate::Random;
use gradient_witness::number::{Special, Tracked, Truth, special};
use gradient_witness::report::note;
use gradient_witness::time_limit::TimeLimit;
use gradient_witness::verify::{
    ClaimVerdict, Evidence, Interval, Limits, Options, Remark, SampleVerdict, Status, clopper_pearson, verify,
};
use rug::Rational;

const TEXT: &str = "# Statement\nOf coins.\n# Source\nMine\nKind: probability.";

/// A coin that shows heads with probability `bias` does so with probability at least `at_least` and at most `at_most`.
#[derive(Clone, Debug)]
struct Coin {
    bias: f64,
    at_least: (i32, i32),
    at_most: (i32, i32),
    /// What is said to be its exact probability.
    exactly: Option<(i32, i32)>,
    /// The share of draws whose outcome is not told.
    untold: f64,
}

impl fmt::Display for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a bias of {}", self.bias)
    }
}

impl Coin {
    fn new(bias: f64) -> Self {
        Self { bias, at_least: (0, 1), at_most: (1, 1), exactly: None, untold: 0.0 }
    }
}

struct Coins;

impl AboutChance for Coins {
    type Case = Coin;

    fn examine<T: Special>(&self, coin: &Coin, chance: &mut Chance<T>) {
        let [least, most] = [coin.at_least, coin.at_most].map(|bound| chance.number(bound));
        let exact = coin.exactly.map(|exact| chance.number(exact));
        let (bias, untold) = (coin.bias, coin.untold);
        let event = chance.event("heads", move |draws| {
            let (told, heads) = (draws.uniform() >= untold, draws.uniform() < bias);
            if told { heads.into() } else { Truth::Open }
        });
        event.at_least(least).at_most(most);
        if let Some(exact) = exact {
            event.exactly(exact);
        }
    }
}

fn decide(coins: Vec<Coin>, options: &Options) -> ClaimVerdict {
    let control = OnChance::new(Coins, vec![Coin { at_least: (3, 4), ..Coin::new(0.5) }]);
    let claim = Claim::chance("mine.coins", TEXT, OnChance::new(Coins, coins)).chance_control("a bold bound", control);
    verify(&[&claim], options, &()).claims.remove(0)
}

#[test]
fn wide_gaps_take_few_draws_and_narrow_ones_many() {
    let wide = decide(vec![Coin { at_least: (1, 4), ..Coin::new(0.5) }], &Options::default());
    assert_eq!((wide.status, wide.evidence, wide.draws()), (Status::Holds, Some(Evidence::Statistical), 1000));
    assert_eq!(wide.control, Some(true));
    assert_eq!(wide.confidence, Some(0.999));
    let narrow = decide(vec![Coin { at_least: (49, 100), ..Coin::new(0.5) }], &Options::default());
    assert_eq!(narrow.status, Status::Holds);
    assert!(narrow.draws() >= 16_000, "{}", narrow.draws());
    assert!(narrow.samples[0].interval.lower >= 0.49);
}

#[test]
fn an_interval_that_straddles_the_bound_is_undecided() {
    let verdict = decide(vec![Coin { at_least: (1, 2), ..Coin::new(0.5) }], &Options::default());
    assert_eq!((verdict.status, verdict.undecided), (Status::Undecided, 1), "{}", verdict.note);
    let interval = verdict.samples[0].interval;
    assert!(interval.lower < 0.5 && 0.5 < interval.upper && verdict.draws() == 1_024_000);
    // With few draws the same happens to what is true.
    let few = Options { draws: NonZeroU64::new(5), ..Options::default() };
    let verdict = decide(vec![Coin { at_least: (1, 4), ..Coin::new(0.5) }], &few);
    assert_eq!((verdict.status, verdict.draws(), verdict.control), (Status::Undecided, 5, Some(true)));
}

#[test]
fn a_false_bound_is_refuted_on_statistical_evidence() {
    for coin in [Coin { at_least: (11, 20), ..Coin::new(0.5) }, Coin { at_most: (9, 20), ..Coin::new(0.5) }] {
        let verdict = decide(vec![Coin::new(0.5), coin], &Options::default());
        assert_eq!((verdict.status, verdict.evidence), (Status::Refuted, Some(Evidence::Statistical)));
        assert!(!verdict.as_expected() && verdict.note.to_string().contains("heads"), "{}", verdict.note);
        let call = "replayed by verify(&[&claim], &Options { seed: 1, instances: 64, ..Options::default() }, &())";
        let told = note(&verdict);
        assert!(told.ends_with(call), "how to replay it: {told}");
    }
}

#[test]
fn a_formula_decides_and_the_sample_checks_it() {
    let right = Coin { at_least: (2, 5), exactly: Some((1, 2)), ..Coin::new(0.5) };
    let verdict = decide(vec![right.clone()], &Options::default());
    assert_eq!((verdict.status, verdict.evidence), (Status::Holds, Some(Evidence::Exact)));
    assert_eq!(verdict.samples[0].agrees, Some(true));
    assert!(verdict.samples[0].interval.length() <= 0.05);
    // The bound is refuted by the formula, and nothing is drawn.
    let verdict = decide(vec![Coin { at_least: (3, 5), ..right.clone() }], &Options::default());
    assert_eq!((verdict.status, verdict.evidence, verdict.draws()), (Status::Refuted, Some(Evidence::Exact), 0));
    // A formula that is wrong is no refutation: the check is broken.
    let verdict = decide(vec![Coin { exactly: Some((3, 5)), ..right }], &Options::default());
    assert_eq!((verdict.status, verdict.samples[0].agrees), (Status::Failed, Some(false)));
    assert!(matches!(verdict.note.all(), [Remark::Contradicted(_), ..]), "{}", verdict.note);
}

#[test]
fn draws_that_cannot_be_told_count_against_the_claim() {
    let coin = Coin { untold: 0.1, ..Coin::new(0.5) };
    // Heads is certain in 45 % of the draws and possible in 55 %.
    let decided =
        |at_least, at_most| decide(vec![Coin { at_least, at_most, ..coin.clone() }], &Options::default()).status;
    assert_eq!(decided((2, 5), (3, 5)), Status::Holds);
    assert_eq!(decided((1, 2), (1, 1)), Status::Undecided);
    assert_eq!(decided((0, 1), (1, 2)), Status::Undecided);
    assert_eq!(decided((3, 5), (1, 1)), Status::Refuted);
    assert_eq!(decided((0, 1), (2, 5)), Status::Refuted);
}

#[test]
fn samples_do_not_depend_on_the_threads() {
    let coins = || vec![Coin { at_least: (49, 100), ..Coin::new(0.5) }, Coin { at_most: (1, 3), ..Coin::new(0.3) }];
    let on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let verdict = pool.install(|| decide(coins(), &Options { seed, ..Options::default() }));
        format!("{:?} {:?} {}", verdict.status, verdict.samples, verdict.note)
    };
    assert_eq!(on(1, 7), on(2, 7));
    assert_eq!(on(2, 7), on(3, 7));
    assert_ne!(on(2, 7), on(2, 8));
}

/// A true bound, met with equality, is refuted by at most one minus the confidence of the seeds.
#[test]
fn errors_are_as_rare_as_stated() {
    let cases = || vec![Coin { at_least: (3, 10), ..Coin::new(0.3) }];
    let refuted = (0..300).filter(|&seed| {
        let claim = Claim::chance("mine.coins", TEXT, OnChance::new(Coins, cases()).confidence((9, 10)));
        let options = Options { seed, draws: NonZeroU64::new(500), ..Options::default() };
        verify(&[&claim], &options, &()).claims[0].status == Status::Refuted
    });
    // One side of an interval of confidence 0.9: 15 are expected at most, and three standard errors are 11.
    let count = refuted.count();
    assert!(count <= 26, "{count}");
}

#[test]
fn a_sample_that_time_does_not_suffice_for_is_given_up() {
    let limits = Limits { time: TimeLimit::after(Duration::from_millis(50)), ..Limits::default() };
    let options = Options { draws: NonZeroU64::new(1 << 40), limits, ..Options::default() };
    let verdict = decide(vec![Coin { at_least: (1, 4), ..Coin::new(0.5) }], &options);
    assert_eq!((verdict.status, verdict.draws()), (Status::Undecided, 0), "{}", verdict.note);
    assert!(matches!(verdict.note.all(), [Remark::OutOfTime, ..]), "{}", verdict.note);
}

#[test]
fn hypotheses_and_drawn_cases() {
    struct Tails;

    impl AboutChance for Tails {
        type Case = Rational;

        fn examine<T: Special>(&self, case: &Rational, chance: &mut Chance<T>) {
            chance.given().that("x > 0", *case > 0);
            let x = chance.number(case.clone());
            // P[Z ≤ −x] ≤ e^{−x²/2}/2.
            let (exact, bound) = (special::normal_below(&-x.clone()), (x.square().times((-1, 2))).exp().times((1, 2)));
            let limit = Tracked::nearest(case);
            let event = chance.event("Z ≤ −x", move |draws| limit.at_most(Tracked::new(-draws.normal())));
            event.at_most(bound).exactly(exact);
        }
    }

    let draw = |random: &mut Random| random.dyadic(8) * Rational::from(3);
    let claim = Claim::chance("mine.tails", TEXT, OnChance::drawn(Tails, draw));
    let report = verify(&[&claim], &Options { instances: 16, ..Options::default() }, &());
    let verdict = &report.claims[0];
    assert_eq!((verdict.status, verdict.control), (Status::Holds, None), "{}", verdict.note);
    assert!(0 < verdict.applicable && verdict.applicable < 16 && verdict.instances == 16);
    assert_eq!(verdict.samples.len() as u64, verdict.applicable);
}

#[test]
fn the_interval_of_no_draws_says_nothing() {
    let interval = clopper_pearson(0, 0, 0, &(1, 1000).into());
    assert_eq!((interval.lower, interval.upper), (0.0, 1.0));
}

#[test]
fn a_bound_that_every_probability_meets_says_nothing() {
    let sample = |at_least, at_most| SampleVerdict {
        case: String::new(),
        label: "heads",
        stream: String::new(),
        draws: 1,
        seen: Some(1),
        unclear: 0,
        interval: Interval { lower: 0.0, upper: 1.0 },
        confidence: 0.999,
        exact: None,
        at_least,
        at_most,
        agrees: None,
    };
    for (at_least, at_most, says_something) in [
        (None, None, false),
        (Some(0.0), None, false),
        (Some(-0.5), Some(1.0), false),
        (None, Some(1.5), false),
        (Some(0.25), None, true),
        (None, Some(0.75), true),
        (Some(-1.0), Some(0.75), true),
    ] {
        assert_eq!(sample(at_least, at_most).is_informative(), says_something, "{at_least:?}, {at_most:?}");
    }
}
