//! Memory for vectors: whole blocks of eight numbers that begin where a line of the cache begins.

use super::machine::{Block, LANES};

/// Bytes of a line of the cache, and of the widest register.
const LINE: usize = 64;

/// Blocks of numbers, aligned, all zero at first.
#[derive(Debug)]
pub(super) struct Buffer<T> {
    storage: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Copy + Default> Buffer<T> {
    /// Room for `blocks` blocks.
    pub fn new(blocks: usize) -> Self {
        let length = blocks * LANES;
        let storage = vec![T::default(); length + LINE];
        let start = storage.as_ptr().align_offset(LINE).min(LINE);
        Self { storage, start, length }
    }

    /// All numbers.
    #[inline(always)]
    pub fn numbers(&self) -> &[T] {
        &self.storage[self.start..self.start + self.length]
    }

    /// All numbers.
    #[inline(always)]
    pub fn numbers_mut(&mut self) -> &mut [T] {
        &mut self.storage[self.start..self.start + self.length]
    }

    /// All blocks.
    #[inline(always)]
    pub fn blocks(&self) -> &[Block<T>] {
        self.numbers().as_chunks().0
    }

    /// All blocks.
    #[inline(always)]
    pub fn blocks_mut(&mut self) -> &mut [Block<T>] {
        self.numbers_mut().as_chunks_mut().0
    }
}
