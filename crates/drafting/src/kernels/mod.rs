//! The arithmetic of the decoder, for every kind of processor.
//!
//! This is the one module with `unsafe`: it reads packed weights through
//! pointers and calls instructions that must be there. Its public functions are
//! safe: they check lengths against shapes, and a [`Tier`] can only be had for
//! what the processor reports. Each kernel is written once over sixteen
//! [`lanes`] and compiled for each tier.

#![allow(unsafe_code, reason = "the module that the project allows it in")]
#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "every line of a kernel is; its conditions are stated above it"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "iterators over registers are not always inlined, and then go through memory"
)]

mod activations;
mod ahead;
mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[macro_use]
mod format;
mod dispatch;
#[cfg(all(test, unix))]
mod guarded;
mod lanes;
mod mapped;
mod matrix;
#[cfg(target_arch = "aarch64")]
mod neon;
mod peak;
mod pool;
mod portable;
mod product;
mod rope;
mod shapes;
#[cfg(test)]
mod tests;
mod threaded;
mod tier;

use activations::{Source, note_len};
pub use attention::SPAN;
use dispatch::{
    attend_by_tier, inverse_rms_by_tier, multiply_by_tier, quantise_by_tier, read_by_tier,
    turn_by_tier,
};
pub use format::Format;
pub use mapped::Mapped;
pub use matrix::Matrix;
pub use pool::Pool;
use product::Rows;
pub use shapes::{Attention, HeadShape, Keep, Past, Turn};
use smallvec::SmallVec;
use std::cell::RefCell;
pub use tier::Tier;

/// Rows of weights in a strip.
const STRIP: usize = 16;
/// Tasks whose book-keeping needs no allocation.
const SMALL: usize = 16;

/// Rows of activations in 8 bits, kept from call to call.
#[derive(Debug, Default)]
pub struct Quantised {
    rows: usize,
    cols: usize,
    group: usize,
    x: Vec<i8>,
    notes: Vec<f32>,
}

impl Quantised {
    /// All rows, as the products read them.
    fn all(&self) -> Rows {
        Rows {
            x: self.x.as_ptr(),
            notes: self.notes.as_ptr(),
            rows: self.rows,
            first: 0,
            end: self.rows,
            group: self.group,
        }
    }
}

/// What activations are made from.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Rows of floats.
    Plain(&'a [f32]),
    /// Rows of floats, RMS-normed with a weight and epsilon.
    Normed(&'a [f32], &'a [f32], f32),
}

/// A pointer that tasks write different places through.
#[derive(Clone, Copy)]
struct Shared<T>(*mut T);
// SAFETY: every use gives each task places of its own.
unsafe impl<T> Sync for Shared<T> {}
impl<T> Shared<T> {
    fn at(&self, offset: usize) -> *mut T {
        self.0.wrapping_add(offset)
    }
}

thread_local! {
    static ROOM: RefCell<attention::Room> = RefCell::default();
}

/// The kernels of one tier on one set of threads.
#[derive(Debug)]
pub struct Kernels {
    tier: Tier,
    pool: Pool,
}

impl Kernels {
    /// Kernels on `threads` threads.
    ///
    /// # Errors
    /// The system's, when it gives no thread.
    ///
    /// # Panics
    /// When the processor lacks the tier.
    pub fn new(tier: Tier, threads: usize) -> std::io::Result<Self> {
        assert!(tier.here(), "the processor lacks the tier");
        Ok(Self {
            tier,
            pool: Pool::new(threads)?,
        })
    }

    /// The tier.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// The threads.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Does at least `products` products of 8-bit numbers in registers, on all threads at once; how many it did.
    pub fn multiply(&self, products: usize) -> usize {
        let threads = self.pool.threads();
        let rounds = products.div_ceil(threads * peak::PRODUCTS);
        self.pool.run(threads, &|_| {
            // SAFETY: the tier is here.
            std::hint::black_box(unsafe { multiply_by_tier(self.tier, rounds) });
        });
        rounds * threads * peak::PRODUCTS
    }

    /// Reads `bytes` once, a share on each thread.
    pub fn read(&self, bytes: &[u8]) {
        let share = bytes.len().div_ceil(self.pool.threads()).max(1);
        let parts: Vec<&[u8]> = bytes.chunks(share).collect();
        self.pool.run(parts.len(), &|part| {
            // SAFETY: the tier is here.
            std::hint::black_box(unsafe { read_by_tier(self.tier, parts[part]) });
        });
    }

    /// Quantises rows of `cols` floats, `group` columns to a scale.
    ///
    /// # Panics
    /// When the input is no whole number of rows, `cols` no multiple of 32, or
    /// `group` neither 32 nor 128.
    pub fn quantise(&self, input: Input<'_>, cols: usize, group: usize, to: &mut Quantised) {
        assert!(group == 32 || group == 128);
        let (Input::Plain(x) | Input::Normed(x, _, _)) = input;
        assert!(cols > 0 && cols.is_multiple_of(32) && x.len().is_multiple_of(cols));
        if let Input::Normed(_, w, _) = input {
            assert_eq!(w.len(), cols);
        }
        let rows = x.len() / cols;
        let groups = cols.div_ceil(group);
        (to.rows, to.cols, to.group) = (rows, cols, group);
        to.x.resize(groups * rows * group, 0);
        to.notes.resize(groups * rows * note_len(group), 0.0);
        let (bytes, notes) = (Shared(to.x.as_mut_ptr()), Shared(to.notes.as_mut_ptr()));
        let row = |t: usize| {
            let at = x[t * cols..(t + 1) * cols].as_ptr();
            // SAFETY: a row and the weight have `cols` floats; `x` and `notes`
            // were sized for all rows and groups, and each row writes its own.
            unsafe {
                let source = match input {
                    Input::Plain(_) => Source::Plain(at),
                    Input::Normed(_, w, eps) => Source::Normed(
                        at,
                        w.as_ptr(),
                        inverse_rms_by_tier(self.tier, at, cols, eps),
                    ),
                };
                quantise_by_tier(
                    self.tier,
                    source,
                    cols,
                    bytes.at(0),
                    notes.at(0),
                    t,
                    rows,
                    group,
                );
            }
        };
        self.each_row(rows, &row);
    }

    /// Does something for each row: on all threads, where that is worth their waking.
    fn each_row<F: Fn(usize) + Sync>(&self, rows: usize, row: &F) {
        if rows < 4 {
            (0..rows).for_each(row);
        } else {
            self.pool.run(rows, row);
        }
    }

    /// Turns queries and keys by their positions (RoPE: Su et al., 2021), scales
    /// queries by one over the root of the head's width, and keeps keys and
    /// values. Row `t` of `qkv` holds the token's queries, keys and values.
    ///
    /// # Panics
    /// When shapes and lengths do not agree.
    pub fn turn(&self, tasks: &mut [Keep<'_>], qkv: &mut [f32], shape: HeadShape, how: &Turn<'_>) {
        let HeadShape {
            heads,
            kv_heads,
            dim,
            pitch,
        } = shape;
        assert!(dim.is_multiple_of(32) && pitch == (heads + 2 * kv_heads) * dim);
        assert!(how.bias.is_none_or(|b| b.len() == pitch));
        assert!(
            how.norms
                .is_none_or(|(q, k, _)| q.len() == dim && k.len() == dim)
        );
        let (mut end, mut tokens) = (0, 0);
        for t in tasks.iter() {
            // Rows one after the other: no two tasks share one.
            assert!(t.row >= end);
            end = sum(t.row, t.tokens);
            assert!(times(end, pitch) <= qkv.len());
            assert!(sum(t.own, t.tokens) <= t.capacity && t.capacity.is_multiple_of(16));
            assert!(t.keys.len() >= times(times(kv_heads, t.capacity), dim));
            assert!(t.keys.len() == t.values.len());
            assert!(times(sum(t.position, t.tokens), dim) <= how.table.len());
            tokens += t.tokens;
        }
        let rows = Shared(qkv.as_mut_ptr());
        let caches: SmallVec<[_; SMALL]> = tasks
            .iter_mut()
            .map(|t| (Shared(t.keys.as_mut_ptr()), Shared(t.values.as_mut_ptr())))
            .collect();
        let tasks = &*tasks;
        let run = |n: usize| {
            let (mut i, mut token) = (0, n);
            while token >= tasks[i].tokens {
                token -= tasks[i].tokens;
                i += 1;
            }
            let t = &tasks[i];
            // SAFETY: all places were measured above; each token has a row and a
            // position of the cache to itself.
            unsafe {
                turn_by_tier(
                    self.tier,
                    rope::Job {
                        row: rows.at((t.row + token) * pitch),
                        keys: caches[i].0.at(0),
                        values: caches[i].1.at(0),
                        capacity: t.capacity,
                        at: t.own + token,
                        table: how.table[(t.position + token) * dim..].as_ptr(),
                        bias: how.bias.map(<[f32]>::as_ptr),
                        norms: how.norms.map(|(q, k, eps)| (q.as_ptr(), k.as_ptr(), eps)),
                        neighbours: how.neighbours,
                        heads,
                        kv_heads,
                        dim,
                    },
                );
            }
        };
        if tokens < 4 {
            (0..tokens).for_each(run);
        } else {
            self.pool.run(tokens, &run);
        }
    }

    /// Attention of some queries; see [`Attention`].
    ///
    /// # Panics
    /// When shapes and lengths do not agree.
    pub fn attend(&self, tasks: &[Attention<'_>], q: &[f32], out: &mut [f32], shape: HeadShape) {
        let HeadShape {
            heads,
            kv_heads,
            dim,
            pitch,
        } = shape;
        let group = heads / kv_heads;
        assert!(dim.is_multiple_of(16) && dim <= 256 && heads.is_multiple_of(kv_heads));
        assert!(group <= attention::ROWS && heads * dim <= pitch);
        let step = (attention::ROWS / group).max(1);
        // A part is one head of some tokens. Which it is, is counted out anew for each: a list of them would need room.
        let pieces = |a: &Attention<'_>| a.tokens.div_ceil(step);
        let (mut end, mut parts) = (0, 0);
        for a in tasks {
            // Rows one after the other: no two tasks share one.
            assert!(a.row >= end);
            end = sum(a.row, a.tokens);
            assert!(times(end, pitch) <= q.len());
            assert!(times(end, heads * dim) <= out.len());
            for past in a.past {
                assert!(past.keys.len() == past.values.len());
                assert!(past.keys.len() >= times(times(kv_heads, past.capacity), dim));
                assert!(past.len <= past.capacity && past.capacity.is_multiple_of(16));
            }
            parts += kv_heads * pieces(a);
        }
        let out = Shared(out.as_mut_ptr());
        let run = |n: usize| {
            // The last tokens see most: they begin first.
            let (mut part, mut i) = (parts - 1 - n, 0);
            while part >= kv_heads * pieces(&tasks[i]) {
                part -= kv_heads * pieces(&tasks[i]);
                i += 1;
            }
            let a = &tasks[i];
            let (head, first) = (part / pieces(a), part % pieces(a) * step);
            let mut cached = [attention::Cached {
                keys: std::ptr::null(),
                values: std::ptr::null(),
                len: 0,
                seen: 0,
            }; 2];
            assert!(a.past.len() <= 2);
            for (c, past) in cached.iter_mut().zip(a.past) {
                let from = head * past.capacity * dim;
                *c = attention::Cached {
                    keys: past.keys[from..].as_ptr(),
                    values: past.values[from..].as_ptr(),
                    len: past.len,
                    seen: past.seen,
                };
            }
            let count = step.min(a.tokens - first);
            let at = (a.row + first) * pitch + head * group * dim;
            let to = (a.row + first) * heads * dim + head * group * dim;
            ROOM.with_borrow_mut(|room| {
                // SAFETY: queries, outputs and caches were measured above; every part
                // writes the heads and tokens of its own.
                unsafe {
                    attend_by_tier(
                        self.tier,
                        q[at..].as_ptr(),
                        out.at(to),
                        (pitch, heads * dim),
                        (count, group, dim),
                        first,
                        &cached[..a.past.len()],
                        room,
                    );
                }
            });
        };
        self.pool.run(parts, &run);
    }
}

/// A sum that may not wrap: what is measured by it is then written through pointers.
#[track_caller]
fn sum(a: usize, b: usize) -> usize {
    a.checked_add(b).expect("a length")
}

/// A product that may not wrap.
#[track_caller]
fn times(a: usize, b: usize) -> usize {
    a.checked_mul(b).expect("a length")
}
