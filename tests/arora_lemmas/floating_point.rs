//! In f64 the run of Claim 5 leaves the set on which all layers are equal, through rounding alone.

use gradient_witness::claims::OnRuns;
use gradient_witness::claims::arora::symmetric::NegativeEigenvalue;
use gradient_witness::descent::Descent;
use gradient_witness::generate::exact::{identity, product, rectangular_diagonal};
use gradient_witness::generate::{Instance, Random, orthogonal, towards};
use gradient_witness::problem::Problem;
use gradient_witness::verify::{Limits, examine_instance};
use rug::Rational as Exact;

/// From the identity towards a symmetric target, and the floor `½Σ_{λ_i<0} λ_i²` of the exact run.
fn towards_negative(index: u64) -> (Problem, f64) {
    let mut random = Random::new("rounding", 1, index);
    let size = random.size(2, 4);
    let depth = *random.choice(&[2, 4, 6]);
    let mut eigenvalues: Vec<Exact> = (0..size).map(|_| Exact::from((random.between(-16, 16), 8))).collect();
    eigenvalues[0] = Exact::from((random.between(-16, -2), 8));
    let floor = eigenvalues.iter().filter(|value| **value < 0).map(|value| value.to_f64().powi(2)).sum::<f64>() / 2.0;
    let basis = orthogonal(&mut random, size);
    let target = product(&product(&basis, &rectangular_diagonal(size, size, &eigenvalues)), &basis.transposed());
    let eta = Exact::from((random.between(8, 35), 32));
    (towards(target, vec![identity(size); depth], eta), floor)
}

#[test]
fn rounding_takes_f64_below_the_floor_that_the_exact_run_keeps() {
    const STEPS: u64 = 150;
    let mut fallen = Vec::new();
    for index in 0..1000 {
        let (problem, floor) = towards_negative(index);
        let mut descent = Descent::new(&problem).expect("small numbers");
        for _ in 0..STEPS {
            if descent.step() != gradient_witness::descent::Outcome::Advanced {
                break;
            }
            if descent.risk().is_ok_and(|risk| risk < 0.99 * floor) {
                fallen.push((
                    index,
                    descent.t(),
                    descent.risk().unwrap_or(f64::NAN) / floor,
                    problem.network().depth(),
                    floor,
                ));
                break;
            }
        }
    }
    println!("{} of 1000: {fallen:?}", fallen.len());
    assert!(!fallen.is_empty(), "rounding errors have not been amplified");
    let index = fallen[0].0;
    let (problem, _) = towards_negative(index);
    let steps = fallen[0].1;
    let found =
        examine_instance(&[&OnRuns(NegativeEigenvalue::default())], &Instance::run(problem, steps), &Limits::default());
    assert!(found[0].applicable && found[0].refuted.is_none() && found[0].undecided.is_none(), "{:?}", found[0]);
}
