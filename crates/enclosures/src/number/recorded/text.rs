//! A straight-line program, and how one is made.

use super::numeral::Numeral;
use super::series::Series;
use super::tape::{Kind, Recorded, Tape};

/// Where an operation stands in its text.
pub(super) type Place = u32;

/// A constant factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Factor {
    One,
    MinusOne,
    Other(rug::Rational),
}

impl From<&rug::Rational> for Factor {
    fn from(value: &rug::Rational) -> Self {
        if *value == 1 {
            Self::One
        } else if *value == -1 {
            Self::MinusOne
        } else {
            Self::Other(value.clone())
        }
    }
}

impl Factor {
    pub(super) fn times(&self, other: &rug::Rational) -> Self {
        match self {
            Self::One => Self::from(other),
            Self::MinusOne => Self::from(&rug::Rational::from(-other)),
            Self::Other(value) => Self::from(&rug::Rational::from(value * other)),
        }
    }
}

/// What is computed at a place, from what stands before it.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// The next input.
    Input,
    /// `c + Σ f x + Σ ± x y`.
    Sum { constant: Option<rug::Rational>, linear: Vec<(Factor, Place)>, products: Vec<(bool, Place, Place)> },
    /// `x / y`.
    Quotient { dividend: Place, divisor: Place },
    /// `e^x`.
    Exp { argument: Place },
    /// `e^x − 1`, where `e^x` stands at a place of its own.
    ExpM1 { argument: Place, exponential: Place },
    /// `ln x`.
    Ln { argument: Place },
    /// `ln(1 + x)`, where `1 + x` stands at a place of its own.
    Ln1p { argument: Place, successor: Place },
    /// `√x`.
    Sqrt { argument: Place },
    /// The root of a number that is known to be non-negative; the degree is at least 2.
    Root { argument: Place, degree: u32 },
}

impl Operation {
    /// The places of everything it is computed from.
    fn for_each_place(&mut self, mut act: impl FnMut(&mut Place)) {
        match self {
            Self::Input => {}
            Self::Sum { linear, products, .. } => {
                linear.iter_mut().for_each(|(_, place)| act(place));
                products.iter_mut().for_each(|(_, left, right)| {
                    act(left);
                    act(right);
                });
            }
            Self::Quotient { dividend: one, divisor: other }
            | Self::ExpM1 { argument: one, exponential: other }
            | Self::Ln1p { argument: one, successor: other } => {
                act(one);
                act(other);
            }
            Self::Exp { argument } | Self::Ln { argument } | Self::Sqrt { argument } | Self::Root { argument, .. } => {
                act(argument);
            }
        }
    }

    /// What it is called where it fails.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Input => "an input",
            Self::Sum { .. } => "a sum of products",
            Self::Quotient { .. } => "a quotient",
            Self::Exp { .. } | Self::ExpM1 { .. } => "an exponential",
            Self::Ln { .. } | Self::Ln1p { .. } => "a logarithm",
            Self::Sqrt { .. } | Self::Root { .. } => "a root",
        }
    }

    /// How many operations it counts for: a sum as many as it has terms.
    fn count(&self) -> usize {
        match self {
            Self::Input => 0,
            Self::Sum { linear, products, .. } => linear.len() + products.len(),
            _ => 1,
        }
    }
}

/// Why no text was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// It has more operations than there is room for.
    #[error("a text of {operations} operations, more than the {most} that are recorded")]
    TooLong {
        /// How many it has.
        operations: usize,
        /// [`Text::MOST_OPERATIONS`].
        most: usize,
    },
    /// An output is undefined: an operation was asked for that a recorded number does not have.
    #[error("{operation}, which cannot be recorded")]
    Undefined {
        /// The operation.
        operation: &'static str,
    },
}

/// A straight-line program: inputs, operations one after the other, outputs.
///
/// ```
/// use enclosures::number::{Exact, Ring, Text};
/// let text = Text::record(2, |x| vec![x[0].clone() * &x[1] + x[0].square()])?;
/// assert_eq!((text.inputs(), text.outputs(), text.operations()), (2, 1, 2));
/// let number = |value: i32| Exact::from(rug::Rational::from(value));
/// assert_eq!(text.evaluate(&[number(3), number(5)], 64)[0].to_string(), "24");
/// assert_eq!(text.evaluate(&[3.0, 5.0], 53), [24.0]);
/// # Ok::<(), enclosures::number::NotRecorded>(())
/// ```
#[derive(Clone, Debug)]
pub struct Text {
    inputs: usize,
    operations: Vec<Operation>,
    outputs: Vec<Place>,
    count: usize,
}

impl Text {
    /// The longest text that is kept.
    pub const MOST_OPERATIONS: usize = 1_000_000;

    /// The text that `write` is, from so many inputs to the numbers it returns. What no output needs is left out.
    ///
    /// # Errors
    ///
    /// If it is too long: then all its operations were counted, though not kept. If an output is undefined.
    pub fn record(inputs: usize, write: impl FnOnce(&[Recorded]) -> Vec<Recorded>) -> Result<Self, NotRecorded> {
        let too_long = |operations| NotRecorded::TooLong { operations, most: Self::MOST_OPERATIONS };
        if inputs > Self::MOST_OPERATIONS {
            return Err(too_long(inputs));
        }
        let tape = Tape::new(inputs);
        let numbers: Vec<Recorded> =
            (0..inputs).map(|input| Recorded(Kind::At(std::sync::Arc::clone(&tape), input as Place))).collect();
        let outputs: Result<Vec<Place>, _> = write(&numbers).iter().map(|output| output.place_in(&tape)).collect();
        if tape.count() > Self::MOST_OPERATIONS {
            return Err(too_long(tape.count()));
        }
        let outputs = outputs.map_err(|operation| NotRecorded::Undefined { operation })?;
        Ok(Self::needed(inputs, tape.take_operations(), outputs))
    }

    /// The text without what no output needs.
    fn needed(inputs: usize, mut operations: Vec<Operation>, mut outputs: Vec<Place>) -> Self {
        let mut is_needed = vec![false; operations.len()];
        is_needed[..inputs].fill(true);
        outputs.iter().for_each(|place| is_needed[*place as usize] = true);
        for place in (0..operations.len()).rev() {
            if is_needed[place] {
                operations[place].for_each_place(|from| is_needed[*from as usize] = true);
            }
        }
        let mut moved: Vec<Place> = vec![0; operations.len()];
        let mut next = 0;
        for (place, is_needed) in moved.iter_mut().zip(&is_needed) {
            *place = next;
            next += Place::from(*is_needed);
        }
        let mut is_needed = is_needed.into_iter();
        operations.retain(|_| is_needed.next() == Some(true));
        operations.iter_mut().for_each(|operation| operation.for_each_place(|place| *place = moved[*place as usize]));
        outputs.iter_mut().for_each(|place| *place = moved[*place as usize]);
        let count = operations.iter().map(Operation::count).sum();
        Self { inputs, operations, outputs, count }
    }

    /// How many operations it has: every term of a sum, every quotient, every function.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.count
    }

    /// How many numbers it starts from.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many numbers it leads to.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs.len()
    }

    pub(super) fn list(&self) -> &[Operation] {
        &self.operations
    }

    pub(super) fn output_places(&self) -> &[Place] {
        &self.outputs
    }

    /// The outputs at these inputs, the constants brought in at `bits` bits.
    ///
    /// # Panics
    ///
    /// If there are not as many inputs as the text has.
    #[must_use]
    pub fn evaluate<T: Numeral>(&self, inputs: &[T], bits: u32) -> Vec<T> {
        self.series(bits).next(inputs).to_vec()
    }

    /// A player for the Taylor coefficients of the outputs.
    #[must_use]
    pub fn series<T: Numeral>(&self, bits: u32) -> Series<'_, T> {
        Series::new(self, bits)
    }
}
