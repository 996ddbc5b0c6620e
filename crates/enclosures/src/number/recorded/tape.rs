//! Where operations are written while a text is recorded.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::text::{Factor, Operation, Place, Text};
use crate::number::Exact;
use crate::time_limit::check;

/// A number of which nothing is known but how it is computed: it writes down its operations, for a [`Text`].
///
/// [`Text::record`] hands out the inputs. Constants come in by [`from_rational`](super::super::Ring::from_rational) and are exact rationals
/// until they meet a number that is recorded; what is computed from constants alone is computed at once. A product by zero or one, a sum with
/// zero is no operation; sums of products are one operation, however many terms they have.
///
/// A recorded number has no value: its sign is [`Open`](super::super::Sign::Open), its [`approximate`](super::super::Real::approximate) NaN, so
/// that a text that branches takes the way of a number of which nothing is known. An operation that would have to know more (absolute values,
/// maxima, anything [`between`](super::super::Real::between) two numbers) makes the number undefined, and so does a function that takes a
/// constant out of the rationals; of an undefined number among its outputs a text is not made, and [`NotRecorded`](super::NotRecorded)
/// names the operation.
pub struct Recorded(pub(super) Kind);

pub(super) enum Kind {
    /// A rational.
    Constant(Exact),
    /// What stands at a place of a text.
    At(Arc<Tape>, Place),
    /// A sum that is still being added up, and is in no text yet.
    Sum(Sum),
    /// Undefined since this operation.
    Undefined(&'static str),
}

/// A copy of a sum is what stands at its place, and so the two are one operation.
impl Clone for Recorded {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Kind::Constant(value) => Kind::Constant(value.clone()),
            Kind::At(tape, place) => Kind::At(Arc::clone(tape), *place),
            Kind::Sum(sum) => Kind::At(Arc::clone(&sum.tape), sum.place()),
            Kind::Undefined(operation) => Kind::Undefined(operation),
        })
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match &self.0 {
            Kind::Constant(value) => write!(formatter, "Recorded({value})"),
            Kind::At(_, place) => write!(formatter, "Recorded(#{place})"),
            Kind::Sum(sum) => write!(formatter, "Recorded(a sum of {} terms)", sum.terms()),
            Kind::Undefined(operation) => write!(formatter, "Recorded(undefined: {operation})"),
        }
    }
}

/// The operations of a text while it is recorded.
pub(super) struct Tape {
    /// Locked for the time that it takes to add one; nothing else is asked for meanwhile.
    operations: Mutex<Vec<Operation>>,
    /// How many there would be: terms of sums, and functions.
    count: AtomicUsize,
}

impl Tape {
    /// A text with so many inputs and nothing else.
    pub(super) fn new(inputs: usize) -> Arc<Self> {
        let operations = (0..inputs).map(|_| Operation::Input).collect();
        Arc::new(Self { operations: Mutex::new(operations), count: AtomicUsize::new(0) })
    }

    /// How many operations were asked for.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Counts some operations; whether there is room for them.
    pub(super) fn has_room_for(&self, operations: usize) -> bool {
        let before = self.count.fetch_add(operations, Ordering::Relaxed);
        before.saturating_add(operations) <= Text::MOST_OPERATIONS
    }

    /// Writes an operation down that has been counted. Of a text that is too long nothing is kept, and the place means nothing.
    fn write(&self, operation: Operation) -> Place {
        check();
        if self.count() > Text::MOST_OPERATIONS {
            return 0;
        }
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let place = operations.len();
        operations.push(operation);
        // Sums of one term and constants are few beside what is counted.
        Place::try_from(place).unwrap_or(0)
    }

    /// Counts and writes down a function.
    pub(super) fn function(&self, operation: Operation) -> Place {
        if self.has_room_for(1) { self.write(operation) } else { 0 }
    }

    /// The operations, which are taken out.
    pub(super) fn take_operations(&self) -> Vec<Operation> {
        std::mem::take(&mut *self.operations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `c + Σ f x + Σ ± x y`: a sum that is still being added up.
///
/// It is written down when it is first used as something other than the sum that goes on; then it has a place, and what is added later begins
/// a new sum.
pub(super) struct Sum {
    pub(super) tape: Arc<Tape>,
    constant: Exact,
    linear: Vec<(Factor, Place)>,
    products: Vec<(bool, Place, Place)>,
    place: OnceLock<Place>,
}

/// A sum of more terms than this is not rewritten but used.
const SHORT: usize = 8;

impl Sum {
    pub(super) fn new(tape: &Arc<Tape>, constant: Exact) -> Self {
        Self { tape: Arc::clone(tape), constant, linear: Vec::new(), products: Vec::new(), place: OnceLock::new() }
    }

    fn terms(&self) -> usize {
        self.linear.len() + self.products.len()
    }

    /// The place of the sum, at which it is written down if it has none.
    pub(super) fn place(&self) -> Place {
        *self.place.get_or_init(|| match (self.linear.as_slice(), self.products.is_empty(), self.constant.value()) {
            ([(Factor::One, place)], true, Some(constant)) if constant.is_zero() => *place,
            _ => self.tape.write(Operation::Sum {
                constant: self.constant.value().filter(|value| !value.is_zero()).cloned(),
                linear: self.linear.clone(),
                products: self.products.clone(),
            }),
        })
    }

    /// The same sum as one to which terms may be added.
    pub(super) fn open(&mut self) -> &mut Self {
        if let Some(place) = self.place.get() {
            let mut sum = Self::new(&self.tape, Exact::from(rug::Rational::new()));
            sum.linear.push((Factor::One, *place));
            *self = sum;
        }
        self
    }

    pub(super) fn add_constant(&mut self, constant: &Exact) {
        self.constant += constant;
    }

    /// Adds a term; what is past the limit is counted and not kept.
    pub(super) fn add_linear(&mut self, factor: Factor, place: Place) {
        if self.tape.has_room_for(1) {
            self.linear.push((factor, place));
        }
    }

    /// Adds ± a product.
    pub(super) fn add_product(&mut self, is_negative: bool, left: Place, right: Place) {
        if self.tape.has_room_for(1) {
            self.products.push((is_negative, left, right));
        }
    }

    /// The sum times a constant other than zero.
    pub(super) fn scale(&mut self, factor: &rug::Rational) {
        let is_sign = *factor == -1;
        if self.place.get().is_some() || self.terms() > SHORT || !(is_sign || self.products.is_empty()) {
            let place = self.place();
            *self = Self::new(&self.tape, Exact::from(rug::Rational::new()));
            self.add_linear(Factor::from(factor), place);
            return;
        }
        self.constant = self.constant.clone() * Exact::from(factor.clone());
        for (own, _) in &mut self.linear {
            *own = own.times(factor);
        }
        // Only the sign is left to change.
        self.products.iter_mut().for_each(|(is_negative, ..)| *is_negative = !*is_negative);
    }

    /// If it is one term ± x and nothing else: the sign, and the place of x.
    pub(super) fn signed_place(&self) -> Option<(bool, Place)> {
        match (self.linear.as_slice(), self.products.is_empty(), self.constant.value()) {
            ([(Factor::One, place)], true, Some(constant)) if constant.is_zero() => Some((false, *place)),
            ([(Factor::MinusOne, place)], true, Some(constant)) if constant.is_zero() => Some((true, *place)),
            _ => None,
        }
    }

    /// If it is one term and nothing else.
    pub(super) fn single(&self) -> Option<Term> {
        let is_single = self.place.get().is_none() && self.constant.value().is_some_and(rug::Rational::is_zero);
        match (self.linear.as_slice(), self.products.as_slice()) {
            ([(factor, place)], []) if is_single => Some(Term::Linear(factor.clone(), *place)),
            ([], [(is_negative, left, right)]) if is_single => Some(Term::Product(*is_negative, *left, *right)),
            _ => None,
        }
    }

    /// Whether the constants have left the rationals that there is room for.
    pub(super) fn is_undefined(&self) -> bool {
        self.constant.value().is_none()
    }
}

/// A term of a sum.
pub(super) enum Term {
    Linear(Factor, Place),
    Product(bool, Place, Place),
}
