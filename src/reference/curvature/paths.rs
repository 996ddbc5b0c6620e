//! Networks of any layers before one output: bounds by the entries of every block of the Hessian, which are sums over the paths through the network.
//!
//! With one output `A_k` is a row and `u_j = C_j Gᵀ` a column. The mixed derivative of `⟨G, P⟩ = P Gᵀ` by the weight `p` of layer `k` and the weight `q`
//! of layer `j < k` is the sum of `A_k[a] B_kj[b, c] u_j[d]` over all entries `(a, b)` of layer `k` in which `p` stands and all `(c, d)` of layer `j` in
//! which `q` does. The norm of such a block `X` is at most `‖X‖_F` and at most `(‖X‖_1 ‖X‖_∞)^{1/2}`: of diagonal layers, whose blocks are
//! diagonal, that is the largest `|g_i ∏_{l ≠ j, k} w_{l,i}|`. So are the blocks of `J`, with `C_k` in the place of the rest.
//!
//! Over a ball the block changes as a bilinear form: `|A_k′ V B_kj′ U u_j′ − A_k V B_kj U u_j|` is at most `‖V‖_2 ‖U‖_2` times the change of the product of
//! the three norms ([`Moving`]), and a matrix that a layer makes of its weights is at most their Euclidean norm times [`LayerMap::stretch`].

use super::Norms;
use super::convex::Convex;
use super::mixed::Mixed;
use super::moving::Moving;
use crate::algebra::norm_ball::{NormBall, euclidean};
use crate::number::{Magnitude, Tracked};
use crate::problem::{Layer, Matrix, Network, Triplet};
use crate::time_limit::check_after;

/// A block with more paths than this is bounded by norms alone.
const MOST_PATHS: usize = 1 << 22;

/// Beyond this depth, nothing is known: there would be millions of pairs of layers.
const MOST_LAYERS: usize = 512;

/// What is known of the map from the weights of a layer to its matrix.
#[derive(Debug)]
struct LayerMap {
    columns: usize,
    /// For every row, columns and weights of the entries that are not always zero.
    rows: Vec<Vec<(usize, usize)>>,
    /// For every weight, rows and columns of the entries in which it stands.
    places: Vec<Vec<(usize, usize)>>,
    /// At least the norm of the map, from the Euclidean norm to the spectral one.
    stretch: Magnitude,
}

impl LayerMap {
    /// The entries `M_rc = Σ_p n_rcp v_p` of a row have absolute values whose sum is at most `Σ_p n_rp |v_p| ≤ (Σ_p n_rp²)^{1/2} |v|`, where `n_rp` is how often
    /// `p` stands in the row; the same for columns; and `‖M‖_2² ≤ ‖M‖_1 ‖M‖_∞`. Of a circulant layer every weight stands once in every row and column,
    /// so that the norm of the map is at most the root of the size of its filter; of a diagonal one it is 1. Weights that are the matrix
    /// itself are the entries of which `‖M‖_2 ≤ ‖M‖_F`.
    fn of(layer: &Layer) -> Self {
        let (rows, columns) = layer.shape();
        let mut map = Self {
            columns: layer.columns(),
            rows: vec![Vec::new(); layer.rows()],
            places: vec![Vec::new(); rows * columns],
            stretch: Magnitude::ONE,
        };
        let mut lines: [Vec<(usize, usize)>; 2] = Default::default();
        for Triplet { row, column, parameter } in layer.triplets() {
            check_after(1);
            map.rows[row].push((column, parameter));
            map.places[parameter].push((row, column));
            lines[0].push((row, parameter));
            lines[1].push((column, parameter));
        }
        if !layer.is_full() {
            let [by_row, by_column] = lines.map(most_squares);
            map.stretch = (by_row * by_column).sqrt().sqrt();
        }
        map
    }

    /// The entries of a row that are not always zero, each after its column; one of several weights comes once for each of them.
    fn row<'a>(&'a self, row: usize, weights: &'a [f64]) -> impl Iterator<Item = (usize, Tracked)> + 'a {
        self.rows[row].iter().map(|&(column, weight)| (column, Tracked::new(weights[weight])))
    }

    /// At least the spectral norm of the matrix.
    fn spectral(&self, weights: &[f64]) -> Magnitude {
        let mut bound = BlockNorm::new(self.columns);
        let mut entries = Entries::new(self.columns);
        for row in 0..self.rows.len() {
            for (column, entry) in self.row(row, weights) {
                entries.add(column, entry);
            }
            bound.add_row(&mut entries);
        }
        bound.spectral()
    }

    /// The product of the matrix with a column.
    fn times(&self, weights: &[f64], column: &[Tracked]) -> Vec<Tracked> {
        let row = |row| self.row(row, weights).fold(Tracked::new(0.0), |sum, (at, entry)| sum + entry * column[at]);
        (0..self.rows.len()).map(row).collect()
    }

    /// The product of a row with the matrix.
    fn times_from_left(&self, weights: &[f64], left: &[Tracked]) -> Vec<Tracked> {
        let mut product = vec![Tracked::new(0.0); self.columns];
        for (row, factor) in left.iter().enumerate() {
            for (column, entry) in self.row(row, weights) {
                product[column] += *factor * entry;
            }
        }
        product
    }
}

/// The largest sum of the squares of how often each weight stands in one line, at least; pairs of a line and a weight.
fn most_squares(mut places: Vec<(usize, usize)>) -> Magnitude {
    places.sort_unstable();
    let lines = places.chunk_by(|one, other| one.0 == other.0);
    let squares = |line: &[(usize, usize)]| -> usize {
        line.chunk_by(|one, other| one.1 == other.1).map(|same| same.len().saturating_mul(same.len())).sum()
    };
    Magnitude::above_f64(lines.map(squares).max().unwrap_or(0) as f64)
}

/// Entries of one row of a matrix most of which are zero.
struct Entries {
    values: Vec<Option<Tracked>>,
    places: Vec<usize>,
}

impl Entries {
    fn new(columns: usize) -> Self {
        Self { values: vec![None; columns], places: Vec::new() }
    }

    fn add(&mut self, column: usize, value: Tracked) {
        match &mut self.values[column] {
            Some(sum) => *sum += value,
            none => {
                *none = Some(value);
                self.places.push(column);
            }
        }
    }

    /// Takes all out.
    fn drain(&mut self) -> impl Iterator<Item = (usize, Tracked)> + '_ {
        let values = &mut self.values;
        self.places.drain(..).filter_map(|column| values[column].take().map(|value| (column, value)))
    }
}

/// What bounds the spectral norm of a matrix that is given row by row.
struct BlockNorm {
    squares: Magnitude,
    largest_row: Magnitude,
    columns: Vec<Magnitude>,
}

impl BlockNorm {
    fn new(columns: usize) -> Self {
        Self { squares: Magnitude::ZERO, largest_row: Magnitude::ZERO, columns: vec![Magnitude::ZERO; columns] }
    }

    fn add_row(&mut self, entries: &mut Entries) {
        let mut row = Magnitude::ZERO;
        for (column, entry) in entries.drain() {
            let bound = above(entry);
            row += bound;
            self.columns[column] += bound;
            self.squares += bound * bound;
        }
        self.largest_row = self.largest_row.max(row);
    }

    fn spectral(self) -> Magnitude {
        let largest_column = self.columns.into_iter().fold(Magnitude::ZERO, Ord::max);
        self.squares.min(self.largest_row * largest_column).sqrt()
    }
}

/// At least the absolute value.
fn above(number: Tracked) -> Magnitude {
    Magnitude::above_f64(number.value()) + Magnitude::above_f64(number.error())
}

/// At least the Euclidean norm.
fn length(numbers: &[Tracked]) -> Magnitude {
    Magnitude::euclidean(numbers.iter().copied().map(above))
}

/// A product of layers, row by row.
type Product = Vec<Vec<(usize, Tracked)>>;

/// The layers of a network with one output.
#[derive(Debug)]
pub(super) struct Paths {
    layers: Vec<LayerMap>,
}

impl Paths {
    /// `None` of a network with more outputs.
    pub fn of(network: &Network) -> Option<Self> {
        let is_known = network.output_dimension() == 1 && network.depth() <= MOST_LAYERS;
        is_known.then(|| Self { layers: network.layers().iter().map(LayerMap::of).collect() })
    }

    /// `M B`, `None` if there are too many terms.
    fn product(&self, layer: usize, weights: &[f64], below: &Product, columns: usize) -> Option<Product> {
        let map = &self.layers[layer];
        let terms: usize = map.rows.iter().flatten().map(|&(column, _)| below[column].len()).sum();
        if terms > MOST_PATHS {
            return None;
        }
        check_after(terms);
        let mut entries = Entries::new(columns);
        let row = |row| {
            for (at, entry) in map.row(row, weights) {
                below[at].iter().for_each(|(column, value)| entries.add(*column, entry * *value));
            }
            entries.drain().collect()
        };
        Some((0..map.rows.len()).map(row).collect())
    }

    /// At least the norm of the matrix whose row for a weight `p` of `layer` is the sum of `A_k[a]` times row `b` of `rows` over the places `(a, b)` of `p`.
    fn block(&self, layer: usize, left: &[Tracked], rows: &Product, columns: usize) -> Option<Magnitude> {
        let map = &self.layers[layer];
        let terms: usize = map.places.iter().flatten().map(|&(_, column)| rows[column].len()).sum();
        if terms > MOST_PATHS {
            return None;
        }
        check_after(terms);
        let (mut bound, mut entries) = (BlockNorm::new(columns), Entries::new(columns));
        for places in &map.places {
            for &(a, b) in places {
                rows[b].iter().for_each(|(column, value)| entries.add(*column, left[a] * *value));
            }
            bound.add_row(&mut entries);
        }
        Some(bound.spectral())
    }

    /// The norms, at weights that are shaped as those of the network.
    pub fn norms(&self, convex: &Convex, centre: &[Matrix<f64>], radius: Magnitude) -> Norms {
        let depth = self.layers.len();
        let weights: Vec<&[f64]> = centre.iter().map(Matrix::entries).collect();
        let norms: Vec<Moving> = (self.layers.iter().zip(&weights))
            .map(|(map, weights)| Moving { size: map.spectral(weights), change: radius * map.stretch })
            .collect();

        // A_k, the last first: A_L = 1 down to P.
        let mut above = vec![vec![Tracked::new(1.0)]];
        let mut above_norms = vec![Moving::ONE];
        for k in (0..depth).rev() {
            let row = self.layers[k].times_from_left(weights[k], &above[above.len() - 1]);
            above_norms.push(above_norms[above_norms.len() - 1].times(norms[k]).of_size(length(&row)));
            above.push(row);
        }
        above.reverse();
        above_norms.reverse();
        let (product, above) = (&above[0], &above[1..]);
        let (change, above_norms) = (above_norms[0].change, &above_norms[1..]);
        let errors: Vec<f64> = product.iter().map(|entry| entry.error()).collect();
        let values = product.iter().map(|entry| entry.value()).collect();
        let slope = convex.at(&NormBall::new(Matrix::row_vector(values), euclidean(&errors)));
        let bend = slope.bend_within(change);

        // u_j = C_j Gᵀ, and the norms of C_j.
        let error = slope.gradient.radius().to_f64();
        let gradient = slope.gradient.centre().entries().iter().map(|value| Tracked::around(*value, error));
        let mut carried: Vec<Vec<Tracked>> = vec![gradient.collect()];
        let mut carried_norms = vec![Moving { size: slope.gradient.frobenius(), change: bend * change }];
        for j in 0..depth - 1 {
            let column = self.layers[j].times(weights[j], &carried[j]);
            carried_norms.push(carried_norms[j].times(norms[j]).of_size(length(&column)));
            carried.push(column);
        }

        let mut mixed = Mixed::new(depth);
        for j in 0..depth {
            // B_kj M_j(·) u_j, a column for every weight of layer j.
            let map = &self.layers[j];
            let count = map.places.len();
            let ends = |row: &Vec<(usize, usize)>| {
                let mut entries = Entries::new(count);
                row.iter().for_each(|&(column, weight)| entries.add(weight, carried[j][column]));
                entries.drain().collect()
            };
            let mut between: Option<Product> = Some(map.rows.iter().map(ends).collect());
            let mut norm = Moving::ONE;
            for k in j + 1..depth {
                let form = above_norms[k].times(norm).times(carried_norms[j]);
                let stretch = self.layers[k].stretch * map.stretch;
                let block = between.as_ref().and_then(|rows| self.block(k, &above[k], rows, count));
                let size = (form.size * stretch).min(block.unwrap_or(Magnitude::INFINITE));
                mixed.set(j, k, size + form.change * stretch);
                norm = norm.times(norms[k]);
                between = between.and_then(|rows| self.product(k, weights[k], &rows, count));
            }
        }
        // The blocks of J.
        let inputs = self.layers[0].columns;
        let mut below: Option<Product> = Some((0..inputs).map(|i| vec![(i, Tracked::new(1.0))]).collect());
        let mut norm = Moving::ONE;
        let mut derivative = Vec::with_capacity(depth);
        for k in 0..depth {
            let form = above_norms[k].times(norm);
            let stretch = self.layers[k].stretch;
            let block = below.as_ref().and_then(|rows| self.block(k, &above[k], rows, inputs));
            let size = (form.size * stretch).min(block.unwrap_or(Magnitude::INFINITE));
            derivative.push(size + form.change * stretch);
            norm = norm.times(norms[k]);
            below = below.and_then(|rows| self.product(k, weights[k], &rows, inputs));
        }
        // ∂R/∂w for the weights of each layer.
        let slope_of = |k: usize| {
            let by_weight = |places: &Vec<(usize, usize)>| {
                let terms = places.iter().map(|&(a, b)| above[k][a] * carried[k][b]);
                terms.fold(Tracked::new(0.0), |sum, term| sum + term)
            };
            let slope: Vec<Tracked> = self.layers[k].places.iter().map(by_weight).collect();
            let change = above_norms[k].times(carried_norms[k]).change * self.layers[k].stretch;
            Moving { size: length(&slope), change }
        };
        Norms { mixed, derivative, bend, slopes: (0..depth).map(slope_of).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    #[test]
    fn a_map_to_a_matrix_stretches_by_the_root_of_how_often_a_weight_stands_in_a_line() {
        for (network, squares) in [
            (Network::diagonal(5, 2), 1.0_f64),
            (Network::convolutional(5, &[3, 5]), 3.0),
            (Network::convolutional(4, &[4, 4]), 4.0),
            (Network::fully_connected(&[3, 4, 1]), 1.0),
        ] {
            let network = network.unwrap();
            let stretch = LayerMap::of(&network.layers()[0]).stretch.to_f64();
            assert!((squares.sqrt()..squares.sqrt() + 1e-9).contains(&stretch), "{network:?}: {stretch}");
        }
        // A weight twice in a line counts four times.
        assert_eq!(most_squares(vec![(1, 0), (0, 7), (0, 3), (0, 7)]).to_f64(), 5.0);
    }

    /// The product of some layers in turn.
    fn product(network: &Network, weights: &[Vec<f64>], range: std::ops::Range<usize>) -> DMatrix<f64> {
        let size = network.layers()[range.start.min(network.depth() - 1)].columns();
        range.fold(DMatrix::identity(size, size), |below, k| {
            let layer = &network.layers()[k];
            let mut matrix = DMatrix::<f64>::zeros(layer.rows(), layer.columns());
            layer.triplets().for_each(|entry| matrix[(entry.row, entry.column)] += weights[k][entry.parameter]);
            matrix * below
        })
    }

    /// `P`.
    fn end_to_end(network: &Network, weights: &[Vec<f64>]) -> DMatrix<f64> {
        product(network, weights, 0..network.depth())
    }

    /// `P` where the weights of one layer are all zero but for one.
    fn along(network: &Network, weights: &[Vec<f64>], units: &[(usize, usize)]) -> DMatrix<f64> {
        let mut weights = weights.to_vec();
        for &(layer, weight) in units {
            weights[layer].fill(0.0);
            weights[layer][weight] = 1.0;
        }
        end_to_end(network, &weights)
    }

    /// The spectral norm, and the least of the bounds of it by sums of entries.
    fn norms_of(block: &DMatrix<f64>) -> [f64; 2] {
        let row = block.row_iter().map(|row| row.abs().sum()).fold(0.0, f64::max);
        let column = block.column_iter().map(|column| column.abs().sum()).fold(0.0, f64::max);
        [block.singular_values().max(), block.norm().min((row * column).sqrt())]
    }

    /// All blocks by definition: `P` is linear in every layer. Of diagonal layers the norms are exact, and over a ball nothing is added but what the
    /// products of norms change by.
    #[test]
    fn the_blocks_are_those_of_the_hessian_and_grow_with_the_ball_as_norms_do() {
        for network in [
            Network::diagonal(3, 4),
            Network::diagonal(2, 2),
            Network::convolutional(4, &[2, 3, 4]),
            Network::convolutional(3, &[3, 1, 2, 3]),
            Network::fully_connected(&[3, 3, 3, 1]),
        ] {
            let network = network.unwrap();
            let mut state = 1.0_f64;
            let mut number = || {
                state = (state * 7.31 + 0.177).fract();
                2.0 * state - 1.0
            };
            let shapes = network.layer_shapes();
            let mut weights: Vec<Vec<f64>> =
                shapes.iter().map(|&(rows, columns)| (0..rows * columns).map(|_| number()).collect()).collect();
            if network.is_fully_connected() {
                // Of a multiple of the identity norms of products say more than entries.
                (0..9).for_each(|entry| weights[1][entry] = if entry % 4 == 0 { 9.0 } else { 0.0 });
            }
            let target: Vec<f64> = (0..network.input_dimension()).map(|_| number()).collect();
            let gradient = end_to_end(&network, &weights) - DMatrix::from_row_slice(1, target.len(), &target);
            let linear = NormBall::exact(Matrix::row_vector(target));
            let convex = Convex::Quadratic { linear, moment: None, bend: Magnitude::ONE };
            let paths = Paths::of(&network).unwrap();
            let matrices: Vec<Matrix<f64>> = shapes
                .iter()
                .zip(&weights)
                .map(|(shape, layer)| Matrix::from_entries(shape.1, layer.clone()))
                .collect();

            let depth = network.depth();
            let maps = || paths.layers.iter().zip(&weights);
            let sizes: Vec<f64> = maps().map(|(map, weights)| map.spectral(weights).to_f64()).collect();
            let stretches: Vec<f64> = maps().map(|(map, _)| map.stretch.to_f64()).collect();
            for radius in [0.0, 0.01, 0.5] {
                let found = paths.norms(&convex, &matrices, Magnitude::above_f64(radius));
                // The product of the norms of all layers but some at the centre, and at most in the ball.
                let products = |but: &[usize]| {
                    let others = || (0..depth).filter(|layer| !but.contains(layer));
                    let most = |layer: usize| sizes[layer] + radius * stretches[layer];
                    (others().map(|layer| sizes[layer]).product::<f64>(), others().map(most).product::<f64>())
                };
                let grown = |but: &[usize]| products(but).1 - products(but).0;
                let slope = gradient.norm();
                let steeper = |but: &[usize]| (slope + grown(&[])) * products(but).1 - slope * products(but).0;
                let (mut least, mut most) = (Mixed::new(depth), Mixed::new(depth));
                for j in 0..depth {
                    for k in j + 1..depth {
                        let block = DMatrix::from_fn(weights[k].len(), weights[j].len(), |p, q| {
                            along(&network, &weights, &[(k, p), (j, q)]).dot(&gradient)
                        });
                        let [exact, by_entries] = norms_of(&block);
                        let above = product(&network, &weights, k + 1..depth).norm();
                        let below = (product(&network, &weights, 0..j) * gradient.transpose()).norm();
                        let between: f64 = sizes[j + 1..k].iter().product();
                        let by_norms = above * between * below * stretches[j] * stretches[k];
                        least.set(j, k, Magnitude::above_f64(exact * (1.0 - 1e-9)));
                        let growth = steeper(&[j, k]) * stretches[j] * stretches[k];
                        most.set(
                            j,
                            k,
                            Magnitude::above_f64((by_entries.min(by_norms) + growth) * (1.0 + 1e-9) + 1e-12),
                        );
                    }
                }
                let what = format!("{network:?} radius {radius}");
                let spectral = found.mixed.spectral();
                assert!(least.spectral() <= spectral && spectral <= most.spectral(), "{what}: {}", spectral.to_f64());
                for k in 0..depth {
                    let rows: Vec<_> = (0..weights[k].len()).map(|p| along(&network, &weights, &[(k, p)])).collect();
                    let [exact, by_entries] =
                        norms_of(&DMatrix::from_fn(rows.len(), rows[0].len(), |p, column| rows[p][(0, column)]));
                    let below: f64 = sizes[..k].iter().product();
                    let by_norms = product(&network, &weights, k + 1..depth).norm() * below * stretches[k];
                    let most = by_entries.min(by_norms) + grown(&[k]) * stretches[k];
                    let derivative = found.derivative[k].to_f64();
                    assert!(derivative >= exact * (1.0 - 1e-9) && derivative <= most * (1.0 + 1e-9), "{what}, {k}");
                    let exact = rows.iter().map(|row| row.dot(&gradient).powi(2)).sum::<f64>().sqrt();
                    let size = found.slopes[k].size.to_f64();
                    assert!((size / exact - 1.0).abs() < 1e-9, "{what}, {k}: {size} for {exact}");
                    let (change, most) = (found.slopes[k].change.to_f64(), steeper(&[k]) * stretches[k]);
                    assert!(change <= most * (1.0 + 1e-9) + 1e-12, "{what}, {k}: {change} of {most}");
                }
            }
        }
    }

    /// Between layers that are zero stands a multiple of the identity: of all blocks there is one, whose norm is that of the product.
    #[test]
    fn a_block_is_bounded_by_norms_where_they_say_more_than_entries() {
        let paths = Paths::of(&Network::fully_connected(&[3, 3, 3, 1]).unwrap()).unwrap();
        let linear = NormBall::exact(Matrix::row_vector(vec![1.0, 0.5, 0.25]));
        let convex = Convex::Quadratic { linear, moment: None, bend: Magnitude::ONE };
        let square = |factor: f64| Matrix::from_fn(3, 3, |i, j| if i == j { factor } else { 0.0 });
        let weights = [square(0.0), square(9.0), Matrix::row_vector(vec![0.0; 3])];
        let found = paths.norms(&convex, &weights, Magnitude::ZERO).mixed.spectral().to_f64();
        let expected = 9.0 * (1.0_f64 + 0.25 + 0.0625).sqrt();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} for {expected}");
    }

    #[test]
    fn too_many_paths_are_left_to_norms() {
        let network = Network::fully_connected(&[200, 200, 1]).unwrap();
        let paths = Paths::of(&network).unwrap();
        let ones = vec![1.0; 200 * 200];
        let left = vec![Tracked::new(1.0); 200];
        // So many entries in every row: 200 × 200 times as many paths.
        for (entries, is_known) in [(1, true), (105, false)] {
            let rows: Product = (0..200).map(|_| (0..entries).map(|i| (i, Tracked::new(1.0))).collect()).collect();
            assert_eq!(paths.product(0, &ones, &rows, 200).is_some(), is_known, "{entries}");
            assert_eq!(paths.block(0, &left, &rows, 200).is_some(), is_known, "{entries}");
        }
        let network = Network::fully_connected(&[1; 514]).unwrap();
        assert!(Paths::of(&network).is_none());
        assert!(Paths::of(&Network::fully_connected(&[1; 513]).unwrap()).is_some());
        assert!(Paths::of(&Network::fully_connected(&[1, 2]).unwrap()).is_none());
    }
}
