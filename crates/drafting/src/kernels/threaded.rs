//! Products of whole matrices, shared out among the threads: which strips a task has, and which rows meet a tile.

use super::ahead::Ahead;
use super::dispatch::{TileRoom, few_by_tier, gate_by_tier, many_by_tier};
use super::product::{Place, Rows, Strip};
use super::{Format, Kernels, Matrix, Quantised, STRIP, Shared, Tier};
use std::cell::RefCell;

/// Rows of activations up to which unpacking in registers is quicker than a tile.
const CROSSING: usize = 16;

thread_local! {
    static TILE: RefCell<TileRoom> = RefCell::default();
    /// Gates and what they let through, before they are one.
    static PAIRS: RefCell<Vec<f32>> = RefCell::default();
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

impl Kernels {
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
    /// the cache. `exact` is that of [`Self::products`].
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
                let pairs = Shared(pairs.as_mut_ptr());
                let place = |half: usize| Place {
                    at: pairs.at(half * STRIP),
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
}
