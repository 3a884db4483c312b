//! Activations in 8 bits: a group of 32 or 64 columns shares a scale.

use super::lanes::Lanes;

/// What the products need of a group besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(super) struct Note {
    /// Sums of 16 columns each.
    pub(super) sums16: [f32; 4],
    /// Sums of 32 columns each.
    pub(super) sums32: [f32; 2],
    /// Minus 128 times the sum of the bytes: what the offset of a tile adds.
    pub(super) offset: i32,
    /// The scale.
    pub(super) scale: f32,
}

/// Where a row of activations comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// Floats as they are.
    Plain(*const f32),
    /// Floats times a weight times one factor: the end of an RMS norm.
    Normed(*const f32, *const f32, f32),
    /// `silu(a) * b` of two rows of floats (SwiGLU: Shazeer, 2020).
    Gated(*const f32, *const f32),
}

impl Source {
    #[inline(always)]
    unsafe fn sixteen<L: Lanes>(self, at: usize) -> L::Floats {
        match self {
            Self::Plain(x) => L::load(x.add(at)),
            Self::Normed(x, w, by) => {
                L::mul(L::mul(L::load(x.add(at)), L::splat(by)), L::load(w.add(at)))
            }
            Self::Gated(a, b) => {
                let a = L::load(a.add(at));
                let e = L::exp(L::sub(L::splat(0.0), a));
                let silu = L::div(a, L::add(e, L::splat(1.0)));
                L::mul(silu, L::load(b.add(at)))
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
    notes: *mut Note,
    row: usize,
    rows: usize,
) {
    for group in 0..cols.div_ceil(G) {
        let full = (cols - group * G).min(G) / 16;
        let mut v = [L::splat(0.0); 4];
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
        let mut sums = [0i32; 4];
        for i in 0..G / 16 {
            let q = L::to_ints(L::mul(v[i], inverse));
            sums[i] = L::sum_ints(q);
            L::store_narrow(to.add(16 * i), q);
        }
        let sums16 = sums.map(|s| s as f32 * scale);
        notes.add(group * rows + row).write(Note {
            sums16,
            sums32: [sums16[0] + sums16[1], sums16[2] + sums16[3]],
            offset: -128 * sums.iter().sum::<i32>(),
            scale,
        });
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
