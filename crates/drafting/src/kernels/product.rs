//! Products of packed weights with 8-bit activations.
//!
//! Few rows of activations: the quants are unpacked in registers and every
//! block keeps its own scales ([`few`]). Many rows: sixteen or thirty-two rows
//! of weights are first brought to whole bytes with one scale for a group of columns,
//! once for all rows of activations ([`tile`], [`many`]).

use super::activations::{Note, note_len};
use super::ahead::Ahead;
use super::format::{Packed, Scales};
use super::lanes::{Lanes, short_fours};

/// Rows of activations that `few` takes at once.
pub(super) const FEW: usize = 16;
/// Columns after which `many` goes to the next rows, so that the weights stay in
/// the first cache.
const SLAB: usize = 512;

/// Activations as the products read them: `[group][row]`.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) x: *const i8,
    pub(super) notes: *const f32,
    /// Rows there are: what lies between one group of a row and the next.
    pub(super) rows: usize,
    /// The rows that are meant, from `first` to `end`.
    pub(super) first: usize,
    pub(super) end: usize,
    /// Columns that share a scale: 32 or 128.
    pub(super) group: usize,
}

impl Rows {
    /// The same activations, of which the rows from `first` to `end` are meant.
    pub(super) fn only(self, first: usize, end: usize) -> Self {
        Self { first, end, ..self }
    }

    #[inline(always)]
    unsafe fn x<const G: usize>(self, group: usize, row: usize) -> *const i8 {
        self.x.add((group * self.rows + row) * G)
    }
    #[inline(always)]
    unsafe fn note<const G: usize>(self, group: usize, row: usize) -> Note {
        Note(self.notes.add((group * self.rows + row) * note_len(G)))
    }
}

/// Bytes that are asked for ahead of those that are read: what one core has to have under way to be fed by memory.
const AHEAD: usize = 2048;

/// One strip of weights, and the number of its blocks of 32 columns.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    pub(super) bytes: *const u8,
    pub(super) blocks: usize,
}

impl Strip {
    /// Where the quants of a block are.
    #[inline(always)]
    unsafe fn quants<F: Packed>(self, block: usize) -> *const u8 {
        self.bytes
            .add(block / F::UNIT * F::UNIT_BYTES + block % F::UNIT * F::QUANTS)
    }

    /// The scales of a block.
    #[inline(always)]
    unsafe fn scales<L: Lanes, F: Packed>(self, block: usize) -> Scales<L> {
        let at = block / F::UNIT * F::UNIT_BYTES + F::UNIT * F::QUANTS;
        F::scales::<L>(self.bytes.add(at), block % F::UNIT)
    }
}

/// Sixteen outputs for each of `T` rows from `first` on, to `out` with `pitch`
/// floats from row to row; added to what is there, if `add`.
///
/// # Safety
/// The strip, the rows and the sixteen floats of each output row must be there.
#[inline(always)]
pub(super) unsafe fn few<L: Lanes, F: Packed, const G: usize, const T: usize>(
    strip: Strip,
    rows: Rows,
    first: usize,
    out: *mut f32,
    pitch: usize,
    add: bool,
) {
    let mut sums = [L::splat(0.0); T];
    if add {
        for t in 0..T {
            sums[t] = L::load(out.add(t * pitch));
        }
    }
    for block in 0..strip.blocks {
        let at = strip.quants::<F>(block);
        // Hardware prefetchers stop at each page. The first block of a unit asks for what the scales add.
        let more = F::UNIT_BYTES - F::UNIT * F::QUANTS;
        let mut line = if block % F::UNIT == 0 { 0 } else { more };
        while line < F::QUANTS + more {
            L::prefetch(at.wrapping_add(AHEAD + line));
            line += 64;
        }
        let q = F::quants::<L>(at);
        let scales: Scales<L> = strip.scales::<L, F>(block);
        let (group, half) = (block * 32 / G, block % (G / 32));
        for t in 0..T {
            let mut sum = sums[t];
            let x = rows.x::<G>(group, first + t).add(half * 32);
            let note = rows.note::<G>(group, first + t);
            let by = L::splat(note.scale());
            if F::HALVES {
                let a = dots::<L, F>(&q, x, 0, 4);
                let b = dots::<L, F>(&q, x, 4, 8);
                sum = L::fma(L::mul(L::to_floats(a), by), scales[0].0, sum);
                sum = L::fma(L::mul(L::to_floats(b), by), scales[1].0, sum);
                sum = L::fma(L::splat(note.sum16(2 * half)), scales[0].1, sum);
                sum = L::fma(L::splat(note.sum16(2 * half + 1)), scales[1].1, sum);
            } else {
                let a = dots::<L, F>(&q, x, 0, 8);
                sum = L::fma(L::mul(L::to_floats(a), by), scales[0].0, sum);
                sum = L::fma(L::splat(note.sum32(half)), scales[0].1, sum);
            }
            sums[t] = sum;
        }
    }
    for t in 0..T {
        L::store(out.add(t * pitch), sums[t]);
    }
}

/// Products of the quants from `from` to `end` with the columns at `x`, added up.
#[inline(always)]
unsafe fn dots<L: Lanes, F: Packed>(
    q: &[L::Bytes; 8],
    x: *const i8,
    from: usize,
    end: usize,
) -> L::Ints {
    let column = |j: usize| L::splat_bytes(x.add(4 * j));
    let mut acc = L::zeros();
    let each = const { short_fours(F::MOST) };
    if L::SHORTS && each > 1 {
        for j in (from..end).step_by(each) {
            let mut shorts = L::zeros();
            for j in j..(j + each).min(end) {
                shorts = L::dot_short(shorts, q[j], column(j));
            }
            acc = L::add_ints(acc, L::whole(shorts));
        }
    } else if F::MOST <= 127 {
        for j in from..end {
            acc = L::dot_low(acc, q[j], column(j));
        }
    } else {
        for j in from..end {
            acc = L::dot(acc, q[j], column(j));
        }
    }
    acc
}

/// Brings a strip to whole bytes: `[group][four columns][strips][64]` from
/// `bytes` on, and scales and bases `[group][strips][2][16]` from `scales` on,
/// for strip number `place` of `strips`. A group has `B` columns.
///
/// Where a group has one scale, the quants stay as they are. Where it has
/// several, they are brought to one, to nearest: a byte is then [`Lanes::TILE_OFFSET`]
/// more than what it stands for. A step is the largest weight that the group's scales
/// allow over `TILE_OFFSET - 1` (127, or 63 on AVX2), and a weight lies at most
/// `0.5 + (MOST + 1) / 512` steps off: half of one for the byte, the rest for scale and
/// base, whose 8 bits behind the point are rounded too. An output is off by no more than
/// that times the sum of the activations' absolute values, group by group
/// (`tests::a_tile_is_off_by_its_rounding_alone`).
///
/// Products and sums are not fused here, so that tiers without that bring weights to the
/// same bytes.
///
/// # Safety
/// The strip must be there, and room for a tile of its groups.
#[inline(always)]
pub(super) unsafe fn tile<L: Lanes, F: Packed, const B: usize>(
    strip: Strip,
    bytes: *mut u8,
    scales: *mut f32,
    place: usize,
    strips: usize,
) {
    let each = B / 32;
    let groups = strip.blocks.div_ceil(each);
    let most = L::splat(f32::from(F::MOST));
    for group in 0..groups {
        let blocks = (strip.blocks - each * group).min(each);
        let mut found = [strip.scales::<L, F>(each * group); 4];
        for b in 1..blocks {
            found[b] = strip.scales::<L, F>(each * group + b);
        }
        let scale_to = scales.add((group * strips + place) * 32);
        if B == 32 && !F::HALVES {
            let (scale, base) = found[0][0];
            L::store(scale_to, scale);
            L::store(scale_to.add(16), base);
            let q = F::quants::<L>(strip.quants::<F>(group));
            for j in 0..8 {
                L::store_bytes(bytes.add(((group * 8 + j) * strips + place) * 64), q[j]);
            }
            continue;
        }
        let mut top = L::splat(1e-30);
        for b in 0..each {
            for h in 0..2 {
                let (scale, base) = found[b][h];
                let far = L::abs(L::add(L::mul(scale, most), base));
                top = L::max(top, L::max(L::abs(base), far));
            }
        }
        let offset = f32::from(L::TILE_OFFSET);
        let range = offset - 1.0;
        let inverse = L::div(L::splat(range), top);
        L::store(scale_to, L::mul(top, L::splat(1.0 / range)));
        L::store(scale_to.add(16), L::mul(top, L::splat(-offset / range)));
        // Columns that are not there meet zeros, whatever the tile holds.
        for b in 0..blocks {
            let to = bytes.add(((group * each + b) * 8 * strips + place) * 64);
            let q = F::quants::<L>(strip.quants::<F>(each * group + b));
            let first = fixed::<L>(found[b][0], inverse);
            let second = if F::HALVES {
                fixed::<L>(found[b][1], inverse)
            } else {
                first
            };
            for j in 0..4 {
                let v = L::rescale(q[j], first.0, first.1);
                L::store_bytes(to.add(j * strips * 64), v);
            }
            for j in 4..8 {
                let v = L::rescale(q[j], second.0, second.1);
                L::store_bytes(to.add(j * strips * 64), v);
            }
        }
    }
}

/// Scale and base as 16-bit numbers with 8 bits behind the point, so that
/// `quant * scale + base` is the tile's offset more than the weight in units of the new scale.
#[inline(always)]
unsafe fn fixed<L: Lanes>(
    (scale, base): (L::Floats, L::Floats),
    inverse: L::Floats,
) -> (L::Ints, L::Ints) {
    let a = L::to_ints(L::mul(L::mul(scale, inverse), L::splat(256.0)));
    let half = L::splat(f32::from(L::TILE_OFFSET) * 256.0 + 128.0);
    let b = L::to_ints(L::add(L::mul(L::mul(base, inverse), L::splat(256.0)), half));
    (L::twice(a), L::twice(b))
}

/// Does something for every row below `$most`, seven at most, written out: a loop that the compiler leaves one keeps its
/// registers in memory.
macro_rules! each_row {
    ($row:ident < $most:expr, $body:block) => {
        each_row!(@ $row, $most, $body, 0 1 2 3 4 5 6)
    };
    (@ $row:ident, $most:expr, $body:block, $($n:literal)*) => {
        $(if $n < $most {
            let $row = $n;
            $body
        })*
    };
}

/// Where rows of floats come from or go to, and the floats from row to row.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) at: *mut f32,
    pub(super) pitch: usize,
}

impl Place {
    #[inline(always)]
    pub(super) fn row(self, row: usize) -> *mut f32 {
        self.at.wrapping_add(row * self.pitch)
    }
}

/// `S` times sixteen outputs for each of `T` rows from `first` on, from a tile with a scale for `B` columns,
/// for its groups from `start` to `end`; added to what is at `from`, if anywhere, and put to `to`. `SHORT` products are added
/// up in 16 bits, unless it is 0.
#[inline(always)]
unsafe fn slab<
    L: Lanes,
    const G: usize,
    const B: usize,
    const SHORT: usize,
    const T: usize,
    const S: usize,
>(
    (bytes, scales): (*const u8, *const f32),
    (start, end): (usize, usize),
    rows: Rows,
    first: usize,
    from: Option<Place>,
    to: Place,
) {
    let mut sums = [[L::splat(0.0); S]; T];
    if let Some(from) = from {
        each_row!(t < T, {
            for s in 0..S {
                sums[t][s] = L::load(from.row(first + t).add(16 * s));
            }
        });
    }
    for group in start..end {
        let w = bytes.add(group * B * 16 * S);
        // The activations' group, and the part of it that the tile's is.
        let (whole, part) = (group * B / G, group % (G / B));
        let x = rows.x::<G>(whole, first).add(part * B);
        let note = |t| rows.note::<G>(whole, first + t);
        let mut acc = [[L::zeros(); S]; T];
        if B > 32 {
            // What every byte has too much, as integers; else as floats below. The note has it for 128.
            each_row!(t < T, {
                let offset = *note(t).offset() / (128 / i32::from(L::TILE_OFFSET));
                acc[t] = [L::splat_int(&raw const offset); S];
            });
        }
        let weights = |four: usize| {
            let mut v = [L::load_bytes(w.add(four * S * 64)); S];
            for s in 1..S {
                v[s] = L::load_bytes(w.add((four * S + s) * 64));
            }
            v
        };
        let column = |t: usize, four: usize| L::splat_bytes(x.add(t * G + 4 * four));
        if SHORT > 0 {
            for from in (0..B / 4).step_by(SHORT.max(1)) {
                let mut shorts = [[L::zeros(); S]; T];
                for four in from..from + SHORT {
                    let v = weights(four);
                    each_row!(t < T, {
                        let x = column(t, four);
                        for s in 0..S {
                            shorts[t][s] = L::dot_short(shorts[t][s], v[s], x);
                        }
                    });
                }
                each_row!(t < T, {
                    for s in 0..S {
                        acc[t][s] = L::add_ints(acc[t][s], L::whole(shorts[t][s]));
                    }
                });
            }
        } else {
            for four in 0..B / 4 {
                let v = weights(four);
                each_row!(t < T, {
                    let x = column(t, four);
                    for s in 0..S {
                        acc[t][s] = L::dot_tile(acc[t][s], v[s], x);
                    }
                });
            }
        }
        let by = scales.add(group * S * 32);
        each_row!(t < T, {
            let scale = L::splat(note(t).scale());
            for s in 0..S {
                let v = L::mul(L::to_floats(acc[t][s]), scale);
                sums[t][s] = L::fma(v, L::load(by.add(32 * s)), sums[t][s]);
            }
            if B == 32 {
                let sum = L::splat(note(t).sum32(part));
                for s in 0..S {
                    sums[t][s] = L::fma(sum, L::load(by.add(32 * s + 16)), sums[t][s]);
                }
            }
        });
    }
    each_row!(t < T, {
        for s in 0..S {
            L::store(to.row(first + t).add(16 * s), sums[t][s]);
        }
    });
}

/// About how many times [`many`] goes over some rows of activations.
pub(super) fn passes<L: Lanes>(columns: usize, rows: usize) -> usize {
    columns.div_ceil(SLAB) * rows.div_ceil(L::TILE_ROWS)
}

/// Outputs of a tile of `S` strips with a scale for `B` columns (see [`slab`]) for all rows, to `out`; added to what is there, if `add`. What is not yet a whole sum is
/// kept in `sums`, `16 * S` floats a row, one behind the other: the rows of `out` lie pages apart. Meanwhile memory is asked for
/// what comes `next`.
///
/// # Safety
/// The tile, the rows, `16 * S` floats of each output row and of `sums` must be there.
#[inline(always)]
pub(super) unsafe fn many<
    L: Lanes,
    const G: usize,
    const B: usize,
    const SHORT: usize,
    const S: usize,
>(
    tile: (*const u8, *const f32),
    groups: usize,
    rows: Rows,
    out: Place,
    add: bool,
    sums: *mut f32,
    next: &mut Ahead,
) {
    let sums = Place {
        at: sums,
        pitch: 16 * S,
    };
    let mut start = 0;
    while start < groups {
        let end = (start + SLAB / B).min(groups);
        let from = match start {
            0 => add.then_some(out),
            _ => Some(sums),
        };
        let to = if end == groups { out } else { sums };
        let mut first = rows.first;
        while first < rows.end {
            macro_rules! take {
                ($t:expr) => {{
                    slab::<L, G, B, SHORT, { $t }, S>(tile, (start, end), rows, first, from, to);
                    $t
                }};
            }
            next.ask::<L>();
            // As many rows at a time as keep the registers full; what is left is split evenly.
            let left = rows.end - first;
            first += match left {
                14.. | 7 if L::TILE_ROWS >= 7 => take!(7),
                8 => take!(4),
                6.. if L::TILE_ROWS >= 6 => take!(6),
                4.. => take!(4),
                2.. => take!(2),
                _ => take!(1),
            };
        }
        start = end;
    }
}
