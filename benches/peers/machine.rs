//! How far each case is from the machine: its floating-point operations and its traffic beside the processor's measured peak
//! and bandwidth.
//!
//! The peak is that of a loop of fused multiplications and additions on registers, 24 independent chains. The bandwidth is
//! that of `x ← x + c·y` over memory as large as the case's own (two readings and one writing, as a step has of its
//! weights), so it is that of the cache in which the case lives.

use std::hint::black_box;
use std::time::Instant;

use gradient_witness::problem::Architecture;
use pulp::{Arch, Simd, WithSimd};

use crate::cases::{Case, cases};

/// Floating-point operations that an exponential with its division counts for.
const OPERATIONS_OF_EXP: usize = 30;

struct Peak(u64);

impl WithSimd for Peak {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> usize {
        let (a, b) = (simd.splat_f64s(black_box(0.999_999)), simd.splat_f64s(black_box(1e-9)));
        let mut chains = [simd.splat_f64s(1.0); 24];
        for _ in 0..self.0 {
            for chain in &mut chains {
                *chain = simd.mul_add_f64s(*chain, a, b);
            }
        }
        let mut sum = chains[0];
        for chain in &chains[1..] {
            sum = simd.add_f64s(sum, *chain);
        }
        black_box(simd.reduce_sum_f64s(sum));
        S::F64_LANES * 24 * 2 * self.0 as usize
    }
}

struct Update<'a>(&'a mut [f64], &'a [f64]);

impl WithSimd for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let c = simd.splat_f64s(1e-9);
        let (x, _) = S::as_mut_simd_f64s(self.0);
        let (y, _) = S::as_simd_f64s(self.1);
        for (x, y) in x.iter_mut().zip(y) {
            *x = simd.mul_add_f64s(c, *y, *x);
        }
    }
}

/// Operations a nanosecond at most.
fn peak() -> f64 {
    let measured = (0..9).map(|_| {
        let start = Instant::now();
        let operations = Arch::new().dispatch(Peak(500_000));
        operations as f64 / start.elapsed().as_nanos() as f64
    });
    measured.fold(0.0, f64::max)
}

/// Bytes a nanosecond, over memory of so many bytes.
fn bandwidth(bytes: usize) -> f64 {
    let half = bytes.div_ceil(128) * 8;
    // Aligned to lines, as the weights of a run are.
    let mut memory = vec![1.0_f64; 2 * half + 8];
    let offset = memory.as_ptr().align_offset(64).min(8);
    let (x, y) = memory[offset..offset + 2 * half].split_at_mut(half);
    let rounds = (40_000_000 / bytes).max(3);
    let measured = (0..7).map(|_| {
        let start = Instant::now();
        for _ in 0..rounds {
            Arch::new().dispatch(Update(black_box(&mut *x), black_box(&*y)));
        }
        (rounds * half * 24) as f64 / start.elapsed().as_nanos() as f64
    });
    measured.fold(0.0, f64::max)
}

/// Floating-point operations of a step, and bytes that it must read and write.
fn work(case: &Case) -> (usize, usize) {
    let (inputs, outputs) = (case.network.input_dimension(), case.network.output_dimension());
    let shapes = case.network.layer_shapes();
    let parameters: usize = shapes.iter().map(|(rows, columns)| rows * columns).sum();
    let hidden = &shapes[..shapes.len() - 1];
    let of_layers: usize = match case.network.architecture() {
        // A product to the left, one to the right and the change: two operations a term each.
        Architecture::FullyConnected => hidden.iter().map(|(rows, columns)| 6 * outputs * rows * columns).sum(),
        Architecture::Diagonal => 4 * inputs * hidden.len(),
        Architecture::Convolutional => hidden.iter().map(|(_, size)| 6 * inputs * size).sum(),
    };
    let (of_data, bytes_of_data) = match case.examples {
        Some(examples) => (examples * (4 * inputs + OPERATIONS_OF_EXP), examples * inputs * 8),
        None => (2 * inputs * outputs, inputs * outputs * 8),
    };
    // Two readings of the weights and one writing, one reading of the data.
    (of_layers + of_data + parameters, 24 * parameters + bytes_of_data)
}

/// Bytes that a step touches: weights, data and the partial products of a product of matrices.
fn memory(case: &Case) -> usize {
    let shapes = case.network.layer_shapes();
    let parameters: usize = shapes.iter().map(|(rows, columns)| rows * columns).sum();
    let partial: usize = shapes.iter().map(|(_, columns)| 3 * columns * case.network.output_dimension()).sum();
    let inputs = case.network.input_dimension();
    8 * (parameters + partial + case.examples.unwrap_or(case.network.output_dimension()) * inputs)
}

/// Prints the table; `measure` gives the nanoseconds a step of a case.
pub fn report(measure: impl Fn(&Case) -> f64) {
    let peak = peak();
    println!("peak {peak:.1} Gflop/s");
    println!(
        "{:20}{:>12}{:>12}{:>10}{:>8}{:>13}{:>13}{:>13}{:>8}",
        "case", "flop", "bytes", "memory", "GB/s", "ns by flop", "ns by bytes", "ns measured", "share"
    );
    for case in cases() {
        let ((operations, bytes), memory) = (work(&case), memory(&case));
        let bandwidth = bandwidth(memory);
        let (by_operations, by_bytes) = (operations as f64 / peak, bytes as f64 / bandwidth);
        let measured = measure(&case);
        println!(
            "{:20}{operations:12}{bytes:12}{memory:10}{bandwidth:8.1}{by_operations:13.1}{by_bytes:13.1}{measured:13.1}{:7.0}%",
            case.name,
            100.0 * by_operations.max(by_bytes) / measured
        );
    }
}
