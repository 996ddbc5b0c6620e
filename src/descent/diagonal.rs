//! Diagonal layers: everything happens entry by entry.
//!
//! `−η ∂R/∂w_k` is the pull times the entrywise product of all other layers. That product is formed from the layers above
//! and the layers below, never by a division: a weight may be zero.

use super::buffer::Buffer;
use super::calm::Calm;
use super::divergence::Divergence;
use super::layout::Layout;
use super::machine::{Block, Machine, Operation};
use super::panel::Panel;

/// The weights and partial products of a diagonal network.
#[derive(Debug)]
pub(super) struct Diagonal<T> {
    layers: Vec<Panel>,
    weights: Buffer<T>,
    /// `w_L ∘ ⋯ ∘ w_{k+1}` for k = 1, …, L−1.
    left: Buffer<T>,
    /// The end-to-end map.
    product: Buffer<T>,
}

impl<T: Copy + Default> Diagonal<T> {
    pub fn new(dim: usize, depth: usize) -> Self {
        let stride = Panel::row(dim, 0).stride;
        let layers = (0..depth).map(|k| Panel::row(dim, k * stride)).collect();
        Self {
            layers,
            weights: Buffer::new(depth * stride),
            left: Buffer::new((depth - 1) * stride),
            product: Buffer::new(stride),
        }
    }
}

impl<T: Copy + Default> Layout<T> for Diagonal<T> {
    fn layers(&self) -> &[Panel] {
        &self.layers
    }

    fn weights(&self) -> &[Block<T>] {
        self.weights.blocks()
    }

    fn weights_mut(&mut self) -> &mut [Block<T>] {
        self.weights.blocks_mut()
    }

    fn map(&self) -> Panel {
        self.layers[0]
    }

    #[inline(always)]
    fn product(&self) -> &[Block<T>] {
        self.product.blocks()
    }

    #[inline(always)]
    fn evaluate<M: Machine<Number = T>>(&mut self, m: M) {
        let (weights, lefts) = (self.weights.blocks(), self.left.blocks_mut());
        let stride = self.layers[0].stride;
        let last = lefts.len();
        for (v, product) in self.product.blocks_mut().iter_mut().enumerate() {
            let mut left = m.load(&weights[last + v]);
            for place in (v..last).step_by(stride).rev() {
                m.store(&mut lefts[place], left);
                left = m.mul(left, m.load(&weights[place]));
            }
            m.store(product, left);
        }
    }

    #[inline(always)]
    fn update<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>]) {
        let (weights, lefts) = (self.weights.blocks_mut(), self.left.blocks());
        let stride = self.layers[0].stride;
        let last = lefts.len();
        for (v, pull) in pull.iter().enumerate() {
            let mut right = m.load(pull);
            for place in (v..last).step_by(stride) {
                let w = m.load(&weights[place]);
                m.store(&mut weights[place], m.mul_add(m.load(&lefts[place]), right, w));
                right = m.mul(right, w);
            }
            let out = &mut weights[last + v];
            m.store(out, m.add(m.load(out), right));
        }
    }

    #[inline(always)]
    fn slope<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], slope: &mut [Block<T>]) {
        let (weights, lefts) = (self.weights.blocks(), self.left.blocks());
        let stride = self.layers[0].stride;
        let last = lefts.len();
        for (v, pull) in pull.iter().enumerate() {
            let mut right = m.load(pull);
            for place in (v..last).step_by(stride) {
                m.store(&mut slope[place], m.mul(m.load(&lefts[place]), right));
                right = m.mul(right, m.load(&weights[place]));
            }
            m.store(&mut slope[last + v], right);
        }
    }
}

/// Steps towards a target, which concern each entry by itself: all of a step in one pass.
pub(super) struct TargetSteps<'a, T> {
    pub layout: &'a mut Diagonal<T>,
    pub target: &'a [Block<T>],
    pub eta: T,
    pub steps: u64,
    /// The bounds within which a step is taken.
    pub calm: Calm<T>,
}

impl<T: Copy + Default> Operation<T> for TargetSteps<'_, T> {
    /// What is not finite.
    type Output = Result<(), Divergence>;

    #[inline(always)]
    fn run<M: Machine<Number = T>>(self, m: M) -> Self::Output {
        // With few layers all weights of an entry stay in registers.
        match self.layout.layers.len() {
            2 => self.steps_of::<M, 2>(m),
            3 => self.steps_of::<M, 3>(m),
            4 => self.steps_of::<M, 4>(m),
            _ => self.steps_of_any(m),
        }
    }
}

impl<T: Copy + Default> TargetSteps<'_, T> {
    /// The steps of a network of `DEPTH` layers.
    #[inline(always)]
    fn steps_of<M: Machine<Number = T>, const DEPTH: usize>(self, m: M) -> Result<(), Divergence> {
        let Self { layout, target, eta, steps, calm } = self;
        let calm = calm.splat(m);
        let (eta, stride) = (m.splat(eta), target.len());
        let weights = &mut layout.weights.blocks_mut()[..DEPTH * stride];
        for _ in 0..steps {
            let mut watch = m.zero();
            for (v, target) in target.iter().enumerate() {
                // weights[k] and, from the last layer down, lefts[k] = w_L ∘ ⋯ ∘ w_{k+2}.
                let (mut w, mut lefts) = ([m.zero(); DEPTH], [m.zero(); DEPTH]);
                for k in 0..DEPTH {
                    w[k] = m.load(&weights[k * stride + v]);
                }
                let mut product = w[DEPTH - 1];
                for k in (0..DEPTH - 1).rev() {
                    lefts[k] = product;
                    product = m.mul(product, w[k]);
                }
                watch = m.add(watch, calm.watch_map(m, product));
                let mut right = m.mul(eta, m.sub(m.load(target), product));
                for k in 0..DEPTH - 1 {
                    m.store(&mut weights[k * stride + v], m.mul_add(lefts[k], right, w[k]));
                    right = m.mul(right, w[k]);
                }
                m.store(&mut weights[(DEPTH - 1) * stride + v], m.add(w[DEPTH - 1], right));
            }
            if !m.is_finite(watch) {
                return Err(Divergence::EndToEnd);
            }
        }
        Ok(())
    }

    /// The steps of a network of any depth.
    #[inline(always)]
    fn steps_of_any<M: Machine<Number = T>>(self, m: M) -> Result<(), Divergence> {
        let Self { layout, target, eta, steps, calm } = self;
        let calm = calm.splat(m);
        let eta = m.splat(eta);
        let (weights, lefts) = (layout.weights.blocks_mut(), layout.left.blocks_mut());
        let (stride, last) = (target.len(), lefts.len());
        for _ in 0..steps {
            let mut watch = m.zero();
            for (v, target) in target.iter().enumerate() {
                let last_weights = m.load(&weights[last + v]);
                let mut left = last_weights;
                for place in (v..last).step_by(stride).rev() {
                    m.store(&mut lefts[place], left);
                    left = m.mul(left, m.load(&weights[place]));
                }
                watch = m.add(watch, calm.watch_map(m, left));
                let mut right = m.mul(eta, m.sub(m.load(target), left));
                for place in (v..last).step_by(stride) {
                    let w = m.load(&weights[place]);
                    m.store(&mut weights[place], m.mul_add(m.load(&lefts[place]), right, w));
                    right = m.mul(right, w);
                }
                m.store(&mut weights[last + v], m.add(last_weights, right));
            }
            if !m.is_finite(watch) {
                return Err(Divergence::EndToEnd);
            }
        }
        Ok(())
    }
}
