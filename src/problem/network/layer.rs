//! The kinds of layers.

/// A layer of a network, without its weights: a linear map from its parameters to a matrix.
///
/// The map is given by [`triplets`](Layer::triplets), which say which parameter stands in which entry; the entries that none names are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Any matrix: its entries are the parameters.
    Full {
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        columns: usize,
    },
    /// The diagonal matrix of its parameters.
    Diagonal {
        /// The number of rows, of columns and of parameters.
        dim: usize,
    },
    /// The circular cross-correlation with a filter `w`, not flipped: `M_{i,(i+j) mod d} = w_j`, counted from 0.
    Circulant {
        /// The number `d` of rows and of columns.
        dim: usize,
        /// The size of the filter, at most `d`.
        size: usize,
    },
}

/// One entry of a layer's matrix, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triplet {
    /// Its row.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// The parameter that stands there.
    pub parameter: usize,
}

impl Layer {
    /// One row of independent entries.
    pub(super) fn row(columns: usize) -> Self {
        Self::Full { rows: 1, columns }
    }

    /// The number of rows of the matrix: the dimension of what the layer returns.
    #[must_use]
    pub fn rows(&self) -> usize {
        match *self {
            Self::Full { rows, .. } => rows,
            Self::Diagonal { dim } | Self::Circulant { dim, .. } => dim,
        }
    }

    /// The number of columns of the matrix: the dimension of what the layer is applied to.
    #[must_use]
    pub fn columns(&self) -> usize {
        match *self {
            Self::Full { columns, .. } => columns,
            Self::Diagonal { dim } | Self::Circulant { dim, .. } => dim,
        }
    }

    /// Rows and columns in which the parameters are written: those of the matrix where they are its entries, one row elsewhere.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        match *self {
            Self::Full { rows, columns } => (rows, columns),
            Self::Diagonal { dim } => (1, dim),
            Self::Circulant { size, .. } => (1, size),
        }
    }

    /// Whether the parameters, as they are shaped, are the matrix itself.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// The entries of the matrix that are not always zero, row by row; a parameter is counted row by row in its
    /// [`shape`](Layer::shape). A parameter may stand in several entries, and an entry that is named twice is the sum.
    ///
    /// ```
    /// use gradient_witness::problem::Layer;
    /// let filter = Layer::Circulant { dim: 3, size: 2 };
    /// let entries: Vec<_> = filter.triplets().map(|entry| (entry.row, entry.column, entry.parameter)).collect();
    /// assert_eq!(entries, [(0, 0, 0), (0, 1, 1), (1, 1, 0), (1, 2, 1), (2, 2, 0), (2, 0, 1)]);
    /// ```
    #[must_use]
    pub fn triplets(&self) -> Box<dyn Iterator<Item = Triplet>> {
        match *self {
            Self::Full { rows, columns } => Box::new((0..rows).flat_map(move |row| {
                (0..columns).map(move |column| Triplet { row, column, parameter: row * columns + column })
            })),
            Self::Diagonal { dim } => Box::new((0..dim).map(|j| Triplet { row: j, column: j, parameter: j })),
            Self::Circulant { dim, size } => {
                Box::new((0..dim).flat_map(move |row| {
                    (0..size).map(move |j| Triplet { row, column: (row + j) % dim, parameter: j })
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triplets_lie_in_the_matrix_and_use_every_parameter() {
        for layer in [
            Layer::Full { rows: 2, columns: 3 },
            Layer::Diagonal { dim: 4 },
            Layer::Circulant { dim: 5, size: 1 },
            Layer::Circulant { dim: 5, size: 5 },
        ] {
            let (rows, columns) = layer.shape();
            let mut used = vec![false; rows * columns];
            for Triplet { row, column, parameter } in layer.triplets() {
                assert!(row < layer.rows() && column < layer.columns(), "{layer:?}");
                used[parameter] = true;
            }
            assert!(used.into_iter().all(|used| used), "{layer:?}");
        }
    }
}
