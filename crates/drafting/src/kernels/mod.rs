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
mod tier;

use activations::{Source, note_len};
use ahead::Ahead;
pub use attention::SPAN;
use dispatch::{
    TileRoom, attend_by_tier, few_by_tier, gate_by_tier, inverse_rms_by_tier, many_by_tier,
    multiply_by_tier, quantise_by_tier, read_by_tier, turn_by_tier,
};
pub use format::Format;
pub use mapped::Mapped;
pub use matrix::Matrix;
pub use pool::Pool;
use product::{Place, Rows, Strip};
pub use shapes::{Attention, HeadShape, Keep, Past, Turn};
use smallvec::SmallVec;
use std::cell::RefCell;
pub use tier::Tier;

/// Rows of weights in a strip.
const STRIP: usize = 16;
/// Tasks whose book-keeping needs no allocation.
const SMALL: usize = 16;
/// Rows of activations up to which unpacking in registers is quicker than a tile.
const CROSSING: usize = 16;

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
    static TILE: RefCell<TileRoom> = RefCell::default();
    /// Gates and what they let through, before they are one.
    static PAIRS: RefCell<Vec<f32>> = RefCell::default();
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

    /// Products of matrices with the same activations, side by side: row `t` of
    /// `out` holds the outputs of the first matrix, then of the second, and so
    /// on; with `add`, they are added to what is there.
    ///
    /// The first `exact` rows are multiplied with the weights as they are. The
    /// others may meet weights that were brought to whole bytes, to nearest
    /// (K formats). Which of both a row meets is all that its outputs depend on
    /// besides its own activations: never on how many rows there are.
    ///
    /// # Panics
    /// When shapes and lengths do not agree.
    pub fn products(
        &self,
        matrices: &[&Matrix],
        x: &Quantised,
        out: &mut [f32],
        add: bool,
        exact: usize,
    ) {
        let pitch: usize = matrices.iter().map(|m| m.rows).sum();
        assert_eq!(out.len(), x.rows * pitch);
        assert!(exact <= x.rows);
        assert!(
            matrices
                .iter()
                .all(|m| m.cols == x.cols && m.rows.is_multiple_of(STRIP))
        );
        let out = Shared(out.as_mut_ptr());
        let whole = Whole(x.all());
        let tiled = |m: &Matrix| self.tiled(m.format, x, exact);
        // Strips of a task: enough tasks for an even end, few enough for little talk.
        let all: usize = matrices.iter().map(|m| m.strips()).sum();
        let of_few = (all / (self.pool.threads() * 12)).clamp(1, 64);
        let share = |m: &Matrix| if tiled(m) < x.rows { 2 } else { of_few };
        let mut tasks = 0;
        for m in matrices {
            tasks += m.strips().div_ceil(share(m));
        }
        self.pool.run(tasks, &|task| {
            let (mut task, mut column) = (task, 0);
            for m in matrices {
                let share = share(m);
                let here = m.strips().div_ceil(share);
                if task >= here {
                    task -= here;
                    column += m.rows;
                    continue;
                }
                let span = task * share..((task + 1) * share).min(m.strips());
                let to = out.at(column + span.start * STRIP);
                let tiled = tiled(m);
                // SAFETY: strips lie within the matrix (`Matrix::strip` slices them), the
                // activations have its columns, and each strip writes sixteen columns
                // of `out`, which no other task has.
                unsafe {
                    if tiled > 0 {
                        for (i, s) in span.clone().enumerate() {
                            let few = whole.rows().only(0, tiled);
                            let to = to.add(i * STRIP);
                            few_by_tier(self.tier, m.format, m.strip(s), few, to, pitch, add);
                        }
                    }
                    if tiled < x.rows {
                        let strips = [m.strip(span.start), m.strip(span.end - 1)];
                        // The others take what is in between.
                        let next = span.start + share * self.pool.threads();
                        let next = m.ahead(next..next + share);
                        let strips = &strips[..span.len()];
                        let many = whole.rows().only(tiled, x.rows);
                        self.tile(m.format, strips, next, many, Place { at: to, pitch }, add);
                    }
                }
                return;
            }
        });
    }

    /// `silu(gate) * up` of the products of two matrices of one shape with the same activations, to rows of `out` as wide as
    /// one of them (SwiGLU: Shazeer, 2020). Of many rows, both are made a strip at a time, so that what is not yet gated stays in
    /// the cache.
    /// `exact` is that of [`Self::products`].
    ///
    /// # Panics
    /// When shapes and lengths do not agree.
    pub fn gated(
        &self,
        (gate, up): (&Matrix, &Matrix),
        x: &Quantised,
        out: &mut [f32],
        exact: usize,
    ) {
        assert!((gate.rows, gate.cols) == (up.rows, up.cols) && gate.cols == x.cols);
        assert!(gate.rows.is_multiple_of(STRIP) && exact <= x.rows);
        assert_eq!(out.len(), x.rows * gate.rows);
        let tiled = [gate, up].map(|m| self.tiled(m.format, x, exact));
        let (width, rows) = (gate.rows, x.rows);
        let out = Shared(out.as_mut_ptr());
        // So few that both lie in the cache as a whole.
        if tiled == [rows; 2] {
            PAIRS.with_borrow_mut(|pairs| {
                pairs.resize(2 * rows * width, 0.0);
                self.products(&[gate, up], x, pairs, false, exact);
                let pairs = Shared(pairs.as_mut_ptr());
                self.each_row(rows, &|row| {
                    let place = |at: &Shared<f32>, offset| Place {
                        at: at.at(offset),
                        pitch: width,
                    };
                    let (a, b) = (2 * row * width, (2 * row + 1) * width);
                    let to = place(&out, row * width);
                    // SAFETY: the pairs of each row are there, and each task has a row of `out` for itself.
                    unsafe {
                        gate_by_tier(self.tier, place(&pairs, a), place(&pairs, b), to, 1, width);
                    }
                });
            });
            return;
        }
        let whole = Whole(x.all());
        self.pool.run(gate.strips(), &|s| {
            PAIRS.with_borrow_mut(|pairs| {
                pairs.resize(2 * STRIP * rows, 0.0);
                let place = |half: usize| Place {
                    at: pairs.as_ptr().wrapping_add(half * STRIP).cast_mut(),
                    pitch: 2 * STRIP,
                };
                let ahead = |m: &Matrix| {
                    let next = s + self.pool.threads();
                    m.ahead(next..next + 1)
                };
                // SAFETY: as in `products`; this thread alone has the pairs, which have room for all rows, and these columns
                // of `out` are of this task alone.
                unsafe {
                    for (half, m) in [gate, up].into_iter().enumerate() {
                        let few = whole.rows().only(0, tiled[half]);
                        let Place { at, pitch } = place(half);
                        few_by_tier(self.tier, m.format, m.strip(s), few, at, pitch, false);
                    }
                    let many = |half: usize| whole.rows().only(tiled[half], rows);
                    if gate.format == up.format {
                        let both = [gate.strip(s), up.strip(s)];
                        let next = ahead(gate).and(ahead(up));
                        self.tile(gate.format, &both, next, many(0), place(0), false);
                    } else {
                        for (half, m) in [gate, up].into_iter().enumerate() {
                            let strips = [m.strip(s)];
                            self.tile(m.format, &strips, ahead(m), many(half), place(half), false);
                        }
                    }
                    let to = Place {
                        at: out.at(s * STRIP),
                        pitch: width,
                    };
                    gate_by_tier(self.tier, place(0), place(1), to, rows, STRIP);
                }
            });
        });
    }

    /// Does something for each row: on all threads, where that is worth their waking.
    fn each_row<F: Fn(usize) + Sync>(&self, rows: usize, row: &F) {
        if rows < 4 {
            (0..rows).for_each(row);
        } else {
            self.pool.run(rows, row);
        }
    }

    /// One strip or two of a matrix for many rows, by a tile.
    ///
    /// # Safety
    /// The strips, the rows, and sixteen floats of each output row for each strip must be there.
    unsafe fn tile(
        &self,
        format: Format,
        strips: &[Strip],
        next: Ahead,
        rows: Rows,
        to: Place,
        add: bool,
    ) {
        let Place { at, pitch } = to;
        TILE.with_borrow_mut(|room| {
            // SAFETY: the caller's.
            unsafe { many_by_tier(self.tier, format, strips, next, rows, at, pitch, add, room) };
        });
    }

    /// The first row of activations that goes through a tile; those before it are unpacked in registers.
    fn tiled(&self, format: Format, x: &Quantised, exact: usize) -> usize {
        let tiles = match self.tier {
            Tier::Avx512 | Tier::Portable => true,
            // Where a tile is cheaper to read than to unpack.
            Tier::AvxVnni => x.group == 128 && format != Format::Q8_0,
            // The same; and 7 bits are too little for quants of 8.
            Tier::Avx2 => (x.group == 128 || !format.halves()) && format != Format::Q8_0,
            Tier::Neon => false,
        };
        if !tiles {
            return x.rows;
        }
        // A tile with a scale for 32 columns holds the quants as they are, and its sums are added up in the same order:
        // both ways give the same bits, so the quicker one is free to be chosen by how many rows there are.
        if format.keeps_quants(self.tier == Tier::Avx2, x.group) {
            return if x.rows > CROSSING { 0 } else { x.rows };
        }
        exact
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

/// Activations for all threads.
struct Whole(Rows);
// SAFETY: it is only read.
unsafe impl Sync for Whole {}
impl Whole {
    fn rows(&self) -> Rows {
        self.0
    }
}
