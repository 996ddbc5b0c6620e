//! The operator impls that [`Ring`](super::Ring) asks for, derived from operations in place.

/// Implements the operators of a ring for a type that has the inherent methods `negate`, `increase`, `decrease` and
/// `multiply`, each changing `self` in place (the last three with an argument `&Self`).
///
/// The generics stand in brackets before the type: `ring_operators!([] Ball)`, `ring_operators!([T: Ring] Dual<T>)`.
macro_rules! ring_operators {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> std::ops::Neg for $type {
            type Output = Self;
            fn neg(mut self) -> Self {
                self.negate();
                self
            }
        }
        impl<$($generics)*> std::ops::AddAssign<&Self> for $type {
            #[inline]
            fn add_assign(&mut self, other: &Self) {
                self.increase(other);
            }
        }
        impl<$($generics)*> std::ops::SubAssign<&Self> for $type {
            #[inline]
            fn sub_assign(&mut self, other: &Self) {
                self.decrease(other);
            }
        }
        $crate::number::operators::binary_operator!([$($generics)*] $type, Add, add, increase);
        $crate::number::operators::binary_operator!([$($generics)*] $type, Sub, sub, decrease);
        $crate::number::operators::binary_operator!([$($generics)*] $type, Mul, mul, multiply);
    };
}

/// Implements division for a type that has the inherent method `divide`.
macro_rules! division_operator {
    ([$($generics:tt)*] $type:ty) => {
        $crate::number::operators::binary_operator!([$($generics)*] $type, Div, div, divide);
    };
}

/// One binary operator, its right operand by value or by reference.
macro_rules! binary_operator {
    ([$($generics:tt)*] $type:ty, $operator:ident, $method:ident, $in_place:ident) => {
        impl<$($generics)*> std::ops::$operator for $type {
            type Output = Self;
            fn $method(mut self, other: Self) -> Self {
                self.$in_place(&other);
                self
            }
        }
        impl<$($generics)*> std::ops::$operator<&Self> for $type {
            type Output = Self;
            fn $method(mut self, other: &Self) -> Self {
                self.$in_place(other);
                self
            }
        }
    };
}

pub(crate) use {binary_operator, division_operator, ring_operators};
