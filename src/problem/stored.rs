//! The data of a problem as they are kept: in the form in which they came, and in the other one once it is asked for.
//!
//! A problem that was put together by hand or drawn has rationals, and small ones. A table has a million numbers, which are kept as
//! an [`ExactMatrix`] and shared by every copy of the problem.

use std::sync::{Arc, OnceLock};

use rug::Rational;

use super::{Data, ExactMatrix, Matrix};

/// Examples `(x_i, y_i)`: `n` rows of `d_0` numbers and `n` rows of `d_L`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Examples {
    pub(crate) x: ExactMatrix,
    pub(crate) y: ExactMatrix,
}

/// Data in one form or in both; at least one of the two is there.
#[derive(Debug)]
struct Forms {
    rationals: OnceLock<Data>,
    /// `None` with a target.
    examples: OnceLock<Option<Examples>>,
}

/// The data of a problem, shared by its copies.
#[derive(Clone, Debug)]
pub(crate) struct Stored(Arc<Forms>);

impl From<Data> for Stored {
    fn from(data: Data) -> Self {
        Self(Arc::new(Forms { rationals: OnceLock::from(data), examples: OnceLock::new() }))
    }
}

impl From<Examples> for Stored {
    fn from(examples: Examples) -> Self {
        Self(Arc::new(Forms { rationals: OnceLock::new(), examples: OnceLock::from(Some(examples)) }))
    }
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        match (self.examples(), other.examples()) {
            (Some(own), Some(others)) => own == others,
            (None, None) => self.data() == other.data(),
            _ => false,
        }
    }
}

impl Eq for Stored {}

impl Stored {
    /// The data as rationals, which are made and kept if this is the first time that they are asked for.
    pub(super) fn data(&self) -> &Data {
        self.0.rationals.get_or_init(|| match self.0.examples.get() {
            Some(Some(Examples { x, y })) => Data::Examples { x: x.to_rationals(), y: y.to_rationals() },
            _ => Data::Target(Matrix::from_entries(0, Vec::<Rational>::new())),
        })
    }

    /// The examples; `None` with a target.
    pub(crate) fn examples(&self) -> Option<&Examples> {
        let of_rationals = || match self.0.rationals.get() {
            Some(Data::Examples { x, y }) => Some(Examples { x: ExactMatrix::of(x), y: ExactMatrix::of(y) }),
            _ => None,
        };
        self.0.examples.get_or_init(of_rationals).as_ref()
    }

    /// The examples by themselves; `None` with a target.
    pub(super) fn into_examples(self) -> Option<Examples> {
        self.examples()?;
        match Arc::try_unwrap(self.0) {
            Ok(forms) => forms.examples.into_inner().flatten(),
            Err(shared) => Self(shared).examples().cloned(),
        }
    }

    /// The target; `None` with examples.
    pub(super) fn target(&self) -> Option<&Matrix<Rational>> {
        match self.0.rationals.get() {
            Some(Data::Target(target)) => Some(target),
            _ => None,
        }
    }
}
