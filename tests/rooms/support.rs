//! What the tests of several rooms share: generated instances as proptest strategies and quickcheck arguments.

use gradient_witness::generate::{Family, Instance, Shrinker};
use proptest::prelude::{ProptestConfig, Rng};
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{RngSeed, TestRunner};
use quickcheck::{Arbitrary, Gen};

/// How proptest runs: from a fixed seed, or that of `WITNESS_SEED`. What fails becomes a named case, not a file.
pub fn config(cases: u32) -> ProptestConfig {
    let seed =
        std::env::var("WITNESS_SEED").map_or(1, |text| text.parse().expect("WITNESS_SEED is an unsigned integer"));
    println!("{cases} cases with WITNESS_SEED={seed}");
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 1000,
        ..ProptestConfig::default()
    }
}

fn shrinker(family: Family, seed: u64, index: u64) -> Shrinker {
    Shrinker::new(&family, seed, index).expect("a family has an instance for every number")
}

/// The instances of a family, for proptest.
#[derive(Clone, Copy, Debug)]
pub struct Instances(pub Family);

impl Strategy for Instances {
    type Tree = InstanceTree;
    type Value = Instance;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (seed, index) = (runner.rng().next_u64(), runner.rng().next_u64());
        let shrinker = shrinker(self.0, seed, index);
        Ok(InstanceTree { family: self.0, current: shrinker.best().clone(), shrinker })
    }
}

/// An instance on its way to simpler ones.
#[derive(Clone, Debug)]
pub struct InstanceTree {
    family: Family,
    shrinker: Shrinker,
    current: Instance,
}

impl InstanceTree {
    fn go_on(&mut self, fails: bool) -> bool {
        self.shrinker.learn(fails);
        let next = self.shrinker.next(&self.family).cloned();
        let is_next = next.is_some();
        self.current = next.unwrap_or_else(|| self.shrinker.best().clone());
        is_next
    }
}

impl ValueTree for InstanceTree {
    type Value = Instance;

    fn current(&self) -> Instance {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.go_on(true)
    }

    fn complicate(&mut self) -> bool {
        self.go_on(false)
    }
}

/// A point, for quickcheck.
#[derive(Clone, Debug)]
pub struct AnyPoint(Shrinker);

impl AnyPoint {
    pub fn instance(&self) -> &Instance {
        self.0.best()
    }
}

impl Arbitrary for AnyPoint {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self(shrinker(Family::Points, u64::arbitrary(generator), u64::arbitrary(generator)))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let mut shrinker = self.0.clone();
        Box::new(std::iter::from_fn(move || {
            shrinker.next(&Family::Points)?;
            let mut simpler = shrinker.clone();
            simpler.learn(true);
            Some(Self(simpler))
        }))
    }
}
