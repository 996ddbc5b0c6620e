//! Initial weights by rule: drawn or fixed, the same on every machine.

use rug::float::Round;
use rug::ops::CompleteRound;
use rug::{Float, Rational};

use super::draw::StandardNormal;
use super::fit::{brief, misfit};
use super::{Matrix, Misfit, Network};
use crate::algebra::singular::{self, Columns, Decomposition};

/// The precision of the decomposition behind a balanced start.
const BITS: u32 = 128;

/// A matrix of independent normal numbers of mean 0 and standard deviation `std`, drawn row by row, each rounded to the nearest
/// f64 and exact from there.
///
/// # Errors
///
/// A [`Misfit`] that names `init.std` unless it lies between 1e-300 and 1e300.
pub fn gaussian_matrix(rows: usize, columns: usize, std: &Rational, seed: u64) -> Result<Matrix<Rational>, Misfit> {
    check_std(std)?;
    let mut normal = StandardNormal::seeded(seed);
    Ok(draw(rows, columns, std, &mut normal))
}

/// Independent normal weights of mean 0 and standard deviation `std`, `W_1` first, row by row.
///
/// # Errors
///
/// A [`Misfit`] that names `init.std` unless it lies between 1e-300 and 1e300.
///
/// ```
/// use gradient_witness::problem::{Network, gaussian_weights};
/// let network = Network::fully_connected(&[2, 3, 1])?;
/// let weights = gaussian_weights(&network, &(1, 10).into(), 1)?;
/// assert_eq!((weights[0].rows(), weights[0].columns()), (3, 2));
/// assert_eq!(weights, gaussian_weights(&network, &(1, 10).into(), 1)?);
/// assert!(gaussian_weights(&network, &0.into(), 1).is_err());
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
pub fn gaussian_weights(network: &Network, std: &Rational, seed: u64) -> Result<Vec<Matrix<Rational>>, Misfit> {
    check_std(std)?;
    let mut normal = StandardNormal::seeded(seed);
    let shapes = network.layer_shapes();
    Ok(shapes.into_iter().map(|(rows, columns)| draw(rows, columns, std, &mut normal)).collect())
}

/// The weights of [`gaussian_weights`] with the first layer replaced by zero.
///
/// # Errors
///
/// As [`gaussian_weights`].
pub fn zero_first_weights(network: &Network, std: &Rational, seed: u64) -> Result<Vec<Matrix<Rational>>, Misfit> {
    let mut weights = gaussian_weights(network, std, seed)?;
    if let Some(first) = weights.first_mut() {
        *first = first.map(|_| Rational::new());
    }
    Ok(weights)
}

/// The weights that multiply to an identity: ones on the main diagonal of each matrix, square or not; all ones for a diagonal
/// network; a one at index 0 of each filter for a convolutional network.
#[must_use]
pub fn identity_weights(network: &Network) -> Vec<Matrix<Rational>> {
    let entry = |i, j| Rational::from(network.weight_of_identity(i, j));
    network.layer_shapes().into_iter().map(|(rows, columns)| Matrix::from_fn(rows, columns, entry)).collect()
}

/// Balanced weights of a fully-connected network whose end-to-end matrix is `A`, a [`gaussian_matrix`] (Arora, Cohen, Golowich
/// and Hu 2019, Procedure 1): with `A = UΣVᵀ`, `W_1 ≃ Σ^{1/L}Vᵀ`, `W_j ≃ Σ^{1/L}`, `W_L ≃ UΣ^{1/L}`, zeros around.
///
/// The factors are rounded to f64, so that product and balance are those of `A` up to roundings;
/// [`Problem::imbalance`](super::Problem::imbalance) tells how far off. One layer is `A` itself.
///
/// # Errors
///
/// A [`Misfit`]: the network is not fully-connected, a hidden layer is narrower than both ends, or `std` is not between 1e-300
/// and 1e300.
pub fn balanced_weights(network: &Network, std: &Rational, seed: u64) -> Result<Vec<Matrix<Rational>>, Misfit> {
    if !network.is_fully_connected() {
        return Err(misfit(
            "init.kind",
            "a balanced start is defined for fully-connected networks alone",
            "choose \"gaussian\", \"identity\" or \"zero-first\"",
        ));
    }
    let end_to_end = gaussian_matrix(network.output_dimension(), network.input_dimension(), std, seed)?;
    let rank = end_to_end.rows().min(end_to_end.columns());
    let depth = network.depth();
    if depth == 1 {
        return Ok(vec![end_to_end]);
    }
    let widths = network.widths();
    if let Some(layer) = (1..depth).find(|&layer| widths[layer] < rank) {
        return Err(misfit(
            "init.kind",
            format!(
                "a balanced start needs hidden widths of at least min(d_0, d_{depth}) = {rank}, and d_{layer} is {}",
                widths[layer]
            ),
            "widen the layer in network.widths, or choose another kind",
        ));
    }
    let Factors { left, roots, right } = factor(&end_to_end, network.degree())?;
    let place = |layer: usize, (rows, columns): (usize, usize)| {
        Matrix::from_fn(rows, columns, |i, j| {
            let value = match layer {
                0 if i < rank => (&roots[i] * &right[i][j]).complete(BITS),
                _ if layer + 1 == depth && j < rank => (&left[j][i] * &roots[j]).complete(BITS),
                _ if layer > 0 && layer + 1 < depth && i == j && i < rank => roots[i].clone(),
                _ => return Rational::new(),
            };
            rounded(&value)
        })
    };
    Ok(network.layer_shapes().into_iter().enumerate().map(|(layer, shape)| place(layer, shape)).collect())
}

/// `A = U Σ Vᵀ` with `Σ^{1/L}` in place of `Σ`; the columns of `U` and of `V`.
struct Factors {
    left: Columns<Float>,
    roots: Vec<Float>,
    right: Columns<Float>,
}

fn factor(matrix: &Matrix<Rational>, degree: u32) -> Result<Factors, Misfit> {
    let wide = matrix.columns() > matrix.rows();
    let tall = if wide { matrix.transposed() } else { matrix.clone() };
    let tall = tall.map(|entry| Float::with_val(BITS, entry));
    let Decomposition { left, values, right } = singular::decompose(&tall, BITS).ok_or_else(|| {
        misfit("init.kind", "the singular values of the drawn matrix were not found", "choose another seed or kind")
    })?;
    let roots = values.into_iter().map(|value| value.root(degree)).collect();
    let (left, right) = if wide { (right, left) } else { (left, right) };
    Ok(Factors { left, roots, right })
}

fn check_std(std: &Rational) -> Result<(), Misfit> {
    if *std <= 0 {
        return Err(misfit("init.std", format!("{} is not positive", brief(std)), "give a number above 0"));
    }
    // Beyond these, draws would overflow f64 or sink into its subnormal numbers.
    if !(1e-300..=1e300).contains(&super::nearest_f64(std)) {
        return Err(misfit("init.std", "the number is out of range", "keep it between 1e-300 and 1e300"));
    }
    Ok(())
}

fn draw(rows: usize, columns: usize, std: &Rational, normal: &mut StandardNormal) -> Matrix<Rational> {
    Matrix::from_fn(rows, columns, |_, _| rounded(&(normal.draw() * std)))
}

/// The exact value of the nearest f64.
pub(super) fn rounded(value: &Float) -> Rational {
    Rational::from_f64(value.to_f64_round(Round::Nearest)).expect(
        "draws up to 10 · 1e300, roots of their singular values and whitened examples are far within the range of f64",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::exact::end_to_end;
    use crate::problem::frobenius::imbalance;
    use crate::problem::nearest_f64;

    fn fully_connected(widths: &[usize]) -> Network {
        Network::fully_connected(widths).unwrap()
    }

    #[test]
    fn the_same_gaussian_weights_everywhere() {
        let weights = gaussian_weights(&fully_connected(&[2, 2, 1]), &(1, 10).into(), 1).unwrap();
        let bits: Vec<u64> =
            weights.iter().flat_map(Matrix::entries).map(|entry| nearest_f64(entry).to_bits()).collect();
        let expected: [u64; 6] = [
            13_809_105_954_866_836_091,
            4_588_523_610_439_034_480,
            4_585_318_221_559_748_517,
            4_580_565_959_634_800_192,
            13_817_230_409_654_072_384,
            4_577_598_173_761_653_747,
        ];
        assert_eq!(bits, expected);
        let all: Vec<Rational> = weights.iter().flat_map(|layer| layer.entries().to_vec()).collect();
        assert_eq!(gaussian_matrix(1, 6, &(1, 10).into(), 1).unwrap().entries(), all);
    }

    #[test]
    fn every_draw_is_an_f64_and_scales_with_std() {
        let network = Network::convolutional(3, &[2, 3]).unwrap();
        let plain = gaussian_weights(&network, &1.into(), 4).unwrap();
        let scaled = gaussian_weights(&network, &4.into(), 4).unwrap();
        assert_eq!(
            plain.iter().map(|layer| (layer.rows(), layer.columns())).collect::<Vec<_>>(),
            network.layer_shapes()
        );
        for (plain, scaled) in plain.iter().zip(&scaled) {
            assert_eq!(plain.map(|entry| Rational::from(entry * 4)), *scaled);
            assert!(
                plain
                    .entries()
                    .iter()
                    .all(|entry| entry.denom().is_power_of_two() && entry.numer().significant_bits() <= 53)
            );
        }
    }

    #[test]
    fn a_standard_deviation_must_be_positive_and_in_range() {
        let network = fully_connected(&[2, 1]);
        let huge = Rational::from(1) << 1100_u32;
        for std in [Rational::new(), Rational::from(-1), huge.clone(), huge.recip()] {
            for draw in [gaussian_weights, balanced_weights, zero_first_weights] {
                assert_eq!(draw(&network, &std, 1).unwrap_err().key, "init.std");
            }
        }
        let extreme = Rational::from_f64(1e300).unwrap();
        assert!(gaussian_weights(&network, &extreme, 1).is_ok());
    }

    #[test]
    fn zero_first_keeps_the_other_layers() {
        let network = fully_connected(&[2, 3, 3, 1]);
        let gaussian = gaussian_weights(&network, &1.into(), 3).unwrap();
        let zero_first = zero_first_weights(&network, &1.into(), 3).unwrap();
        assert!(zero_first[0].entries().iter().all(|entry| *entry == 0));
        assert_eq!(zero_first[1..], gaussian[1..]);
    }

    #[test]
    fn identities() {
        let weights = identity_weights(&fully_connected(&[2, 3, 2]));
        assert_eq!(weights[0].entries(), [1, 0, 0, 1, 0, 0]);
        assert_eq!(end_to_end(&weights, weights[0].columns()).entries(), [1, 0, 0, 1]);
        assert_eq!(identity_weights(&Network::diagonal(2, 2).unwrap())[1].entries(), [1, 1]);
        let filters = identity_weights(&Network::convolutional(3, &[2, 3]).unwrap());
        assert_eq!(
            (filters[0].entries(), filters[1].entries()),
            (&[1, 0].map(Rational::from)[..], &[1, 0, 0].map(Rational::from)[..])
        );
    }

    #[test]
    fn balanced_weights_are_balanced_and_multiply_to_the_drawn_matrix() {
        for widths in
            [&[3, 3, 3][..], &[5, 4, 2], &[2, 6, 3, 5], &[4, 1, 1], &[1, 2, 2, 2, 3], &[3, 2], &[6, 6, 6, 6, 6, 6, 6]]
        {
            let network = fully_connected(widths);
            let std = Rational::from((1, 2));
            let weights = balanced_weights(&network, &std, 11).unwrap();
            let drawn = gaussian_matrix(network.output_dimension(), network.input_dimension(), &std, 11).unwrap();
            // An entry w is off by at most u|w| with u = 2⁻⁵³, so WᵀW by at most 2u‖W‖_F² (and a term in u²), WWᵀ as much.
            let squares: Vec<f64> = weights
                .iter()
                .map(|layer| nearest_f64(&layer.entries().iter().map(|entry| entry.clone().square()).sum()))
                .collect();
            let largest = squares.iter().copied().fold(0.0, f64::max);
            let limit = 4.0 * 2_f64.powi(-53) * largest * 1.01;
            let off = imbalance(&weights).upper();
            assert!(off <= limit, "{widths:?}: {off} above {limit}");
            // The product by at most L·u·∏‖W_j‖_F.
            let limit = weights.len() as f64 * 2_f64.powi(-53) * squares.iter().product::<f64>().sqrt() * 1.01;
            for (entry, drawn) in end_to_end(&weights, weights[0].columns()).entries().iter().zip(drawn.entries()) {
                assert!(Rational::from(entry - drawn).abs() <= limit, "{widths:?}");
            }
        }
    }

    #[test]
    fn roundings_alone_unbalance_a_balanced_start() {
        // Not exactly balanced: the report would be worthless if it said so.
        let weights = balanced_weights(&fully_connected(&[4, 4, 4]), &1.into(), 2).unwrap();
        let off = imbalance(&weights);
        assert!(off.lower() > 0.0 && off.upper() < 1e-14, "{off}");
    }

    #[test]
    fn the_same_balanced_weights_everywhere() {
        let weights = balanced_weights(&fully_connected(&[2, 2, 2]), &1.into(), 1).unwrap();
        let bits: Vec<u64> =
            weights.iter().flat_map(Matrix::entries).map(|entry| nearest_f64(entry).to_bits()).collect();
        let expected: [u64; 8] = [
            13_826_132_635_264_900_076,
            4_604_160_277_946_657_918,
            4_602_606_133_132_759_413,
            4_600_516_687_303_319_664,
            4_605_662_506_900_557_812,
            4_589_962_172_947_228_651,
            13_815_134_182_050_590_287,
            4_603_763_742_107_038_385,
        ];
        assert_eq!(bits, expected);
    }

    #[test]
    fn balance_needs_room() {
        assert_eq!(balanced_weights(&fully_connected(&[3, 2, 3]), &1.into(), 1).unwrap_err().key, "init.kind");
        assert!(balanced_weights(&fully_connected(&[3, 2, 2]), &1.into(), 1).is_ok());
        let diagonal = Network::diagonal(2, 2).unwrap();
        assert_eq!(balanced_weights(&diagonal, &1.into(), 1).unwrap_err().key, "init.kind");
    }
}
