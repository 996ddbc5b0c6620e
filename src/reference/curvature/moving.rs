//! Norms of what changes over a ball.

use crate::number::Magnitude;

/// A bound of the norm of a matrix at the centre, and one of the norm of its change anywhere in the ball.
///
/// The change of a product is `X′Y′ − XY = (X′ − X)Y + X(Y′ − Y) + (X′ − X)(Y′ − Y)`, so its bound is a sum of products of bounds: nothing is
/// subtracted, and of a ball of radius 0 it is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moving {
    pub size: Magnitude,
    pub change: Magnitude,
}

impl Moving {
    /// The identity of a product.
    pub const ONE: Self = Self { size: Magnitude::ONE, change: Magnitude::ZERO };

    /// At least the norm anywhere in the ball.
    pub fn most(self) -> Magnitude {
        self.size + self.change
    }

    /// The product.
    pub fn times(self, other: Self) -> Self {
        let change = Magnitude::sum_of_products([
            (self.change, other.size),
            (self.size, other.change),
            (self.change, other.change),
        ]);
        Self { size: self.size * other.size, change }
    }

    /// The same change, with another bound of the norm at the centre if that is less.
    pub fn of_size(self, size: Magnitude) -> Self {
        Self { size: self.size.min(size), ..self }
    }
}
