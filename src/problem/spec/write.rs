//! A run spec as text, nothing lost.

use std::fmt::Write;

use rug::Rational;

use crate::problem::{Data, FlowRecording, Loss, Matrix, Normalisation, Plan, Recording, Spec, StepRule, nearest_f64};

/// A number, exact: an integer or an f64 as it is, anything else as a fraction in quotes.
fn number(value: &Rational) -> String {
    if value.is_integer()
        && let Some(integer) = value.numer().to_i64()
    {
        return integer.to_string();
    }
    let nearest = nearest_f64(value);
    if !value.is_integer() && Rational::from_f64(nearest).is_some_and(|exact| exact == *value) {
        // Rust prints the shortest decimal that reads back as the same f64, always with a point or an exponent.
        return format!("{nearest:?}");
    }
    format!("\"{value}\"")
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<String>>().join(", "))
}

fn vector(entries: &[Rational]) -> String {
    list(entries.iter().map(number))
}

/// Rows, one a line once there are several.
fn matrix(rows: &Matrix<Rational>, indent: &str) -> String {
    lines((0..rows.rows()).map(|i| vector(rows.row(i))), indent)
}

fn lines(items: impl ExactSizeIterator<Item = String>, indent: &str) -> String {
    if items.len() <= 1 {
        return list(items);
    }
    let mut text = "[\n".to_owned();
    for item in items {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{indent}    {item},");
    }
    text + indent + "]"
}

/// The text of a spec.
pub(super) fn to_toml(spec: &Spec) -> String {
    let mut text = String::new();
    if let Some(title) = &spec.title {
        text += &format!("title = {}\n\n", toml::Value::String(title.clone()));
    }
    let problem = &spec.problem;
    text += "[network]\n";
    text += &problem.network().lines();
    text += &format!("\n[loss]\nkind = \"{}\"\n", problem.loss().name());
    if let Loss::Logistic { scale, steepness } = problem.loss() {
        text += &format!("scale = {}\nsteepness = {}\n", number(scale), number(steepness));
    }
    if *problem.loss() != Loss::SquaredTarget {
        text += match problem.normalisation() {
            Normalisation::Mean => "normalisation = \"mean\"\n",
            Normalisation::Sum => "normalisation = \"sum\"\n",
        };
    }
    text += "\n[data]\n";
    text += &match problem.data() {
        Data::Target(target) => format!("target = {}\n", matrix(target, "")),
        Data::Examples { x, y } if y.columns() == 1 => {
            format!("x = {}\ny = {}\n", matrix(x, ""), vector(y.entries()))
        }
        Data::Examples { x, y } => format!("x = {}\ny = {}\n", matrix(x, ""), matrix(y, "")),
    };
    let is_fully_connected = problem.network().is_fully_connected();
    let layers = problem
        .initial()
        .iter()
        .map(|weights| if is_fully_connected { matrix(weights, "    ") } else { vector(weights.entries()) });
    text += &format!("\n[init]\nweights = {}\n", lines(layers, ""));
    text += "\n[step]\n";
    text += &match problem.step() {
        StepRule::Constant(eta) => format!("rule = \"constant\"\neta = {}\n", number(eta)),
        StepRule::Smoothness => "rule = \"smoothness\"\n".to_owned(),
        StepRule::Flow => "rule = \"flow\"\n".to_owned(),
    };
    text += "\n[run]\n";
    let record = match &spec.plan {
        Plan::Descent(schedule) => {
            text += &format!("steps = {}\n", schedule.steps);
            match &schedule.record {
                Recording::Every(interval) => format!("every = {interval}"),
                Recording::At(steps) => format!("at = {steps:?}"),
            }
        }
        Plan::Flow(schedule) => {
            text += &format!("until = {{ {} = {} }}\n", schedule.clock.key(), number(&schedule.horizon));
            if let Some(tolerance) = &schedule.tolerance {
                text += &format!("tolerance = {}\n", number(tolerance));
            }
            match &schedule.record {
                FlowRecording::Every(interval) => format!("every = {}", number(interval)),
                FlowRecording::At(list) => format!("{} = {}", schedule.clock.list_key(), vector(list)),
            }
        }
    };
    text + &format!("record = {{ {record} }}\narithmetic = \"{}\"\n", spec.plan.arithmetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::problem::{Arithmetic, Clock, FlowSchedule, Network, Problem, Schedule};

    /// Numbers of every kind that has a form of its own in a file.
    fn numbers() -> impl Strategy<Value = Rational> {
        prop_oneof![
            (-3_i32..=3).prop_map(Rational::from),
            any::<i128>().prop_map(Rational::from),
            any::<f64>().prop_filter_map("finite", Rational::from_f64),
            (any::<i64>(), 1_u64..).prop_map(Rational::from),
            (any::<i64>(), 1_i32..3000).prop_map(|(p, shift)| Rational::from(p) >> shift),
        ]
    }

    fn positive() -> impl Strategy<Value = Rational> {
        numbers().prop_filter_map("not zero", |value| (value != 0).then(|| value.abs()))
    }

    fn matrices(rows: usize, columns: usize) -> impl Strategy<Value = Matrix<Rational>> {
        proptest::collection::vec(numbers(), rows * columns)
            .prop_map(move |entries| Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].clone()))
    }

    fn networks() -> impl Strategy<Value = Network> {
        prop_oneof![
            proptest::collection::vec(1_usize..4, 2..5).prop_map(|widths| Network::fully_connected(&widths)),
            (1_usize..4, 1_usize..4).prop_map(|(dim, depth)| Network::diagonal(dim, depth)),
            (1_usize..4, proptest::collection::vec(1_usize..4, 0..3)).prop_map(|(dim, sizes)| {
                let filters: Vec<usize> = sizes.into_iter().map(|size| size.min(dim)).chain([dim]).collect();
                Network::convolutional(dim, &filters)
            }),
        ]
        .prop_map(Result::unwrap)
    }

    fn losses(network: &Network) -> impl Strategy<Value = Loss> + use<> {
        let outputs = network.output_dimension();
        prop_oneof![
            (positive(), positive()).prop_map(|(scale, steepness)| Loss::Logistic { scale, steepness }),
            Just(Loss::Exponential),
            Just(Loss::Squared),
            Just(Loss::SquaredTarget),
        ]
        .prop_map(move |loss| if loss.is_classification() && outputs > 1 { Loss::Squared } else { loss })
    }

    fn problems() -> impl Strategy<Value = Problem> {
        let with_loss = networks().prop_flat_map(|network| (losses(&network), Just(network)));
        with_loss.prop_flat_map(|(loss, network)| {
            let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
            let data = match loss {
                Loss::SquaredTarget => matrices(outputs, inputs).prop_map(Data::Target).boxed(),
                Loss::Squared => (1_usize..4)
                    .prop_flat_map(move |n| (matrices(n, inputs), matrices(n, outputs)))
                    .prop_map(|(x, y)| Data::Examples { x, y })
                    .boxed(),
                _ => proptest::collection::vec(select(vec![1, -1]), 1..4)
                    .prop_flat_map(move |y| (matrices(y.len(), inputs), Just(y)))
                    .prop_map(|(x, y)| Data::Examples {
                        x,
                        y: Matrix::from_fn(y.len(), 1, |i, _| Rational::from(y[i])),
                    })
                    .boxed(),
            };
            let layers: Vec<_> =
                network.layer_shapes().into_iter().map(|(rows, columns)| matrices(rows, columns)).collect();
            let may_sum = loss != Loss::SquaredTarget;
            let smooth = matches!(loss, Loss::Logistic { .. }) && network.is_fully_connected();
            let step = (positive(), any::<bool>()).prop_map(move |(eta, chosen)| {
                if smooth && chosen { StepRule::Smoothness } else { StepRule::Constant(eta) }
            });
            let parts = (data, layers, step, any::<bool>());
            (Just((network, loss)), parts).prop_map(move |((network, loss), (data, initial, step, sum))| {
                let normalisation = if sum && may_sum { Normalisation::Sum } else { Normalisation::Mean };
                Problem::new(network, loss, normalisation, data, initial, step).unwrap()
            })
        })
    }

    fn flows() -> impl Strategy<Value = FlowSchedule> {
        let times = proptest::collection::vec(positive(), 0..4).prop_map(|mut times| {
            times.sort();
            times.dedup();
            FlowRecording::At(times)
        });
        let record = prop_oneof![positive().prop_map(FlowRecording::Every), times];
        let tolerance = proptest::option::of((0_u32..=53).prop_map(|bits| Rational::from(1) >> bits));
        let arithmetic = prop_oneof![
            Just(Arithmetic::F64),
            (53..=*Arithmetic::BITS.end()).prop_map(Arithmetic::Ball),
            Just(Arithmetic::Certified(None)),
            (53..=*Arithmetic::BITS.end()).prop_map(|bits| Arithmetic::Certified(Some(bits)))
        ];
        (positive(), tolerance, record, arithmetic).prop_map(|(beyond, tolerance, record, arithmetic)| {
            let last = match &record {
                FlowRecording::At(times) => times.last().cloned().unwrap_or_default(),
                FlowRecording::Every(_) => Rational::new(),
            };
            let schedule = FlowSchedule { clock: Clock::Time, horizon: last + beyond, tolerance, record, arithmetic };
            // A time beyond the range of f64 is none for it.
            let arithmetic = if schedule.check_numbers().is_ok() { arithmetic } else { Arithmetic::Certified(None) };
            FlowSchedule { arithmetic, ..schedule }
        })
    }

    fn specs() -> impl Strategy<Value = Spec> {
        let record = prop_oneof![
            (1_u64..).prop_map(Recording::Every),
            proptest::collection::vec(any::<u64>(), 0..4).prop_map(Recording::At)
        ];
        let arithmetic = prop_oneof![
            Just(Arithmetic::F64),
            Arithmetic::BITS.prop_map(Arithmetic::Mpfr),
            Arithmetic::BITS.prop_map(Arithmetic::Ball),
            Just(Arithmetic::Rational),
            Just(Arithmetic::Certified(None)),
            Arithmetic::BITS.prop_map(|bits| Arithmetic::Certified(Some(bits)))
        ];
        let schedule = (any::<u64>(), record, arithmetic)
            .prop_map(|(steps, record, arithmetic)| Plan::Descent(Schedule { steps, record, arithmetic }));
        let plan = prop_oneof![3 => schedule, 1 => flows().prop_map(Plan::Flow)];
        let title = proptest::option::of(prop_oneof!["\\PC{0,20}", "[\"'\\\\\n\r\t\u{0}\u{7f}a]{0,10}"]);
        (title, problems(), plan).prop_map(|(title, mut problem, mut plan)| {
            match &mut plan {
                Plan::Descent(schedule) if schedule.arithmetic.check(&problem).is_err() => {
                    schedule.arithmetic = Arithmetic::F64;
                }
                Plan::Descent(_) => {}
                Plan::Flow(_) => problem = problem.with_step(StepRule::Flow).unwrap(),
            }
            Spec { title, plan, ..Spec::of_run(problem, 0) }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(spec in specs()) {
            let text = spec.to_toml();
            match Spec::parse(&text, "".as_ref()) {
                Ok(read) => {
                    prop_assert_eq!(&read, &spec, "\n{}", text);
                    prop_assert_eq!(read.to_toml(), text);
                }
                Err(error) => prop_assert!(false, "{error}\n{text}"),
            }
        }

        #[test]
        fn a_number_reads_back(value in numbers()) {
            let text = number(&value);
            let read = match text.strip_prefix('"') {
                Some(rest) => crate::problem::parse_exact(rest.trim_end_matches('"')),
                None => crate::problem::parse_nearest_f64(&text),
            };
            prop_assert_eq!(read, Ok(value));
        }
    }

    #[test]
    fn numbers_are_written_for_people() {
        for (value, text) in [
            (Rational::from(-3), "-3"),
            (Rational::from((1, 3)), "\"1/3\""),
            (Rational::from((1, 10)), "\"1/10\""),
            (Rational::from_f64(0.1).unwrap(), "0.1"),
            (Rational::from((-1, 4)), "-0.25"),
            (Rational::from_f64(1e-300).unwrap(), "1e-300"),
            (Rational::from(1) >> 1080_u32, "\"1/"),
            (Rational::from(u64::MAX), "\"18446744073709551615\""),
        ] {
            assert!(number(&value).starts_with(text), "{value}");
        }
    }
}
