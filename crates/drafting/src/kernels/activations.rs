//! Activations in 8 bits: a group of 32 or 128 columns shares a scale.

use super::lanes::Lanes;
use super::product::Place;

/// What the products need of a group of `G` columns besides its bytes, as [`note_len`] floats: the scale, minus 128 times the
/// sum of the bytes as the bits of an integer (what the offset of a tile adds), and the sums of 16 columns each.
#[derive(Clone, Copy)]
pub(super) struct Note(pub(super) *const f32);

/// Floats of a note of a group.
pub(super) const fn note_len(group: usize) -> usize {
    2 + group / 16
}

impl Note {
    /// The scale.
    ///
    /// # Safety
    /// That of every method: the note must be there.
    #[inline(always)]
    pub(super) unsafe fn scale(self) -> f32 {
        *self.0
    }
    /// Where the integer is.
    #[inline(always)]
    pub(super) unsafe fn offset(self) -> *const i32 {
        self.0.add(1).cast()
    }
    /// Sum of sixteen columns.
    #[inline(always)]
    pub(super) unsafe fn sum16(self, part: usize) -> f32 {
        *self.0.add(2 + part)
    }
    /// Sum of 32 columns.
    #[inline(always)]
    pub(super) unsafe fn sum32(self, part: usize) -> f32 {
        self.sum16(2 * part) + self.sum16(2 * part + 1)
    }
}

/// Where a row of activations comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Floats as they are.
    Plain(*const f32),
    /// Floats times a weight times one factor: the end of an RMS norm.
    Normed(*const f32, *const f32, f32),
}

impl Source {
    #[inline(always)]
    unsafe fn sixteen<L: Lanes>(self, at: usize) -> L::Floats {
        match self {
            Self::Plain(x) => L::load(x.add(at)),
            Self::Normed(x, w, by) => {
                L::mul(L::mul(L::load(x.add(at)), L::splat(by)), L::load(w.add(at)))
            }
        }
    }
}

/// Quantises `cols` floats (a multiple of 32) of row `row` of `rows`, symmetric
/// and to nearest; columns up to the end of the last group become 0.
///
/// # Safety
/// The source must have `cols` floats, and `x` and `notes` room for all rows and groups.
#[inline(always)]
pub(super) unsafe fn quantise<L: Lanes, const G: usize>(
    source: Source,
    cols: usize,
    x: *mut i8,
    notes: *mut f32,
    row: usize,
    rows: usize,
) {
    for group in 0..cols.div_ceil(G) {
        let full = (cols - group * G).min(G) / 16;
        let mut v = [L::splat(0.0); 8];
        let mut top = L::splat(0.0);
        for i in 0..G / 16 {
            if i < full {
                v[i] = source.sixteen::<L>(group * G + 16 * i);
                top = L::max(top, L::abs(v[i]));
            }
        }
        let top = L::top(top);
        let inverse = L::splat(if top > 0.0 { 127.0 / top } else { 0.0 });
        let scale = top / 127.0;
        let to = x.add((group * rows + row) * G);
        let note = notes.add((group * rows + row) * note_len(G));
        let mut sum = 0;
        for i in 0..G / 16 {
            let q = L::to_ints(L::mul(v[i], inverse));
            let sixteen = L::sum_ints(q);
            sum += sixteen;
            *note.add(2 + i) = sixteen as f32 * scale;
            L::store_narrow(to.add(16 * i), q);
        }
        *note = scale;
        *note.add(1) = f32::from_bits((-128 * sum) as u32);
    }
}

/// `silu(a) * b` of `rows` rows of `cols` floats, a multiple of 16 (SwiGLU: Shazeer, 2020).
///
/// # Safety
/// The rows must be there at each place.
#[inline(always)]
pub(super) unsafe fn gate<L: Lanes>(a: Place, b: Place, out: Place, rows: usize, cols: usize) {
    for row in 0..rows {
        let (from, by, to) = (a.row(row), b.row(row), out.row(row));
        for at in (0..cols).step_by(16) {
            let a = L::load(from.add(at));
            let e = L::exp(L::sub(L::splat(0.0), a));
            let silu = L::div(a, L::add(e, L::splat(1.0)));
            L::store(to.add(at), L::mul(silu, L::load(by.add(at))));
        }
    }
}

/// One over the root of the mean square of a row, as the RMS norm has it
/// (Zhang and Sennrich, 2019). `cols` is a multiple of 16.
///
/// # Safety
/// `x` must have `cols` floats.
#[inline(always)]
pub(super) unsafe fn inverse_rms<L: Lanes>(x: *const f32, cols: usize, eps: f32) -> f32 {
    let mut sum = L::splat(0.0);
    for i in 0..cols / 16 {
        let v = L::load(x.add(16 * i));
        sum = L::fma(v, v, sum);
    }
    1.0 / (L::sum(sum) / cols as f32 + eps).sqrt()
}
