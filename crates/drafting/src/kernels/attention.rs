//! Attention over a KV cache of half floats, block by block with a running
//! softmax (Milakov and Gimelshein, 2018; Dao et al., 2022).

use super::lanes::Lanes;

/// Positions that are looked at together: those of a cache from each multiple of it on.
pub const SPAN: usize = 64;
/// Most query rows of a task.
pub(super) const ROWS: usize = 48;

/// Keys and values of one head: keys as `[block of 16][dim][16]`, values as
/// `[position][dim]`.
#[derive(Clone, Copy)]
pub(super) struct Cached {
    pub(super) keys: *const u16,
    pub(super) values: *const u16,
    /// Positions there are.
    pub(super) len: usize,
    /// How many of them the first query may see; each later token one more.
    /// `usize::MAX` when all see all.
    pub(super) seen: usize,
}

/// Room for one task.
#[derive(Default)]
pub(super) struct Room {
    span: Vec<f32>,
    scores: Vec<f32>,
    out: Vec<f32>,
    top: Vec<f32>,
    sum: Vec<f32>,
}

/// `out[R][16C] (+)= a[R][n] · b[n][16C]`.
#[inline(always)]
#[allow(
    clippy::too_many_arguments,
    reason = "shapes and pitches of three matrices"
)]
unsafe fn gemm<L: Lanes, const R: usize, const C: usize>(
    a: *const f32,
    a_pitch: usize,
    b: *const f32,
    b_pitch: usize,
    n: usize,
    out: *mut f32,
    out_pitch: usize,
    add: bool,
) {
    let mut acc = [[L::splat(0.0); C]; R];
    if add {
        for r in 0..R {
            for c in 0..C {
                acc[r][c] = L::load(out.add(r * out_pitch + 16 * c));
            }
        }
    }
    for i in 0..n {
        let mut v = [L::load(b.add(i * b_pitch)); C];
        for c in 1..C {
            v[c] = L::load(b.add(i * b_pitch + 16 * c));
        }
        for r in 0..R {
            let x = L::splat(*a.add(r * a_pitch + i));
            for c in 0..C {
                acc[r][c] = L::fma(x, v[c], acc[r][c]);
            }
        }
    }
    for r in 0..R {
        for c in 0..C {
            L::store(out.add(r * out_pitch + 16 * c), acc[r][c]);
        }
    }
}

/// The same for any number of rows.
#[inline(always)]
#[allow(
    clippy::too_many_arguments,
    reason = "shapes and pitches of three matrices"
)]
unsafe fn rows<L: Lanes, const C: usize>(
    rows: usize,
    a: *const f32,
    a_pitch: usize,
    b: *const f32,
    b_pitch: usize,
    n: usize,
    out: *mut f32,
    out_pitch: usize,
    add: bool,
) {
    let mut r = 0;
    while r < rows {
        let (x, o) = (a.add(r * a_pitch), out.add(r * out_pitch));
        r += match rows - r {
            6.. => {
                gemm::<L, 6, C>(x, a_pitch, b, b_pitch, n, o, out_pitch, add);
                6
            }
            3.. => {
                gemm::<L, 3, C>(x, a_pitch, b, b_pitch, n, o, out_pitch, add);
                3
            }
            _ => {
                gemm::<L, 1, C>(x, a_pitch, b, b_pitch, n, o, out_pitch, add);
                1
            }
        };
    }
}

/// Attention of `tokens` tokens with `group` query heads each that share one
/// KV head. Query `t`, head `h` lies at `q + t * pitch + h * dim`, scaled
/// already; its output goes to `out + t * out_pitch + h * dim`. Token number `skip + t`
/// of the sequence's new tokens is row `t`.
///
/// # Safety
/// Queries, outputs and caches must be there; `dim` is a multiple of 16 and at most 256.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the shape of a task")]
pub(super) unsafe fn attend<L: Lanes>(
    q: *const f32,
    out: *mut f32,
    (pitch, out_pitch): (usize, usize),
    (tokens, group, dim): (usize, usize, usize),
    skip: usize,
    cached: &[Cached],
    room: &mut Room,
) {
    let n = tokens * group;
    room.span.resize(SPAN * dim, 0.0);
    room.scores.resize(n * SPAN, 0.0);
    room.out.clear();
    // Queries first, then outputs.
    room.out.resize(2 * n * dim, 0.0);
    room.top.clear();
    room.top.resize(n, f32::NEG_INFINITY);
    room.sum.clear();
    room.sum.resize(n, 0.0);
    let (span, scores) = (room.span.as_mut_ptr(), room.scores.as_mut_ptr());
    let queries = room.out.as_mut_ptr();
    let sums = queries.add(n * dim);
    for t in 0..tokens {
        for h in 0..group {
            let from = q.add(t * pitch + h * dim);
            from.copy_to_nonoverlapping(queries.add((t * group + h) * dim), dim);
        }
    }
    for part in cached {
        let last = part.seen.saturating_add(skip + tokens - 1).min(part.len);
        let mut start = 0;
        while start < last {
            let count = (last - start).min(SPAN);
            let blocks = count.div_ceil(16);
            for b in 0..blocks {
                let from = part.keys.add((start / 16 + b) * dim * 16);
                for d in 0..dim {
                    L::store(span.add(d * SPAN + 16 * b), L::load_half(from.add(d * 16)));
                }
            }
            if blocks == SPAN / 16 {
                rows::<L, 4>(n, queries, dim, span, SPAN, dim, scores, SPAN, false);
            } else {
                for b in 0..blocks {
                    let (s, o) = (span.add(16 * b), scores.add(16 * b));
                    rows::<L, 1>(n, queries, dim, s, SPAN, dim, o, SPAN, false);
                }
            }
            for r in 0..n {
                let s = scores.add(r * SPAN);
                let visible = part
                    .seen
                    .saturating_add(skip + r / group)
                    .min(part.len)
                    .saturating_sub(start)
                    .min(SPAN);
                for i in visible..SPAN {
                    *s.add(i) = f32::NEG_INFINITY;
                }
                if visible == 0 {
                    s.write_bytes(0, SPAN);
                    continue;
                }
                let v = [
                    L::load(s),
                    L::load(s.add(16)),
                    L::load(s.add(32)),
                    L::load(s.add(48)),
                ];
                let best = L::top(L::max(L::max(v[0], v[1]), L::max(v[2], v[3])));
                let top = room.top[r].max(best);
                let mut total = L::splat(0.0);
                for i in 0..4 {
                    // exp of what is masked is clamped, not 0: masked lanes are cleared below.
                    let e = L::exp(L::sub(v[i], L::splat(top)));
                    L::store(s.add(16 * i), e);
                    if 16 * (i + 1) <= visible {
                        total = L::add(total, e);
                    }
                }
                let mut sum = L::sum(total);
                for i in visible / 16 * 16..visible {
                    sum += *s.add(i);
                }
                for i in visible..SPAN {
                    *s.add(i) = 0.0;
                }
                if top > room.top[r] {
                    let by = (room.top[r] - top).exp();
                    room.top[r] = top;
                    room.sum[r] *= by;
                    let o = sums.add(r * dim);
                    for d in 0..dim / 16 {
                        L::store(o.add(16 * d), L::mul(L::load(o.add(16 * d)), L::splat(by)));
                    }
                }
                room.sum[r] += sum;
            }
            let values = part.values.add(start * dim);
            for i in 0..count * dim / 16 {
                L::store(span.add(16 * i), L::load_half(values.add(16 * i)));
            }
            let mut d = 0;
            while d < dim {
                let (v, o) = (span.add(d), sums.add(d));
                if dim - d >= 64 {
                    rows::<L, 4>(n, scores, SPAN, v, dim, count, o, dim, true);
                    d += 64;
                } else {
                    rows::<L, 1>(n, scores, SPAN, v, dim, count, o, dim, true);
                    d += 16;
                }
            }
            start += SPAN;
        }
    }
    for t in 0..tokens {
        for h in 0..group {
            let r = t * group + h;
            let by = L::splat(1.0 / room.sum[r]);
            for d in 0..dim / 16 {
                let v = L::load(sums.add(r * dim + 16 * d));
                L::store(out.add(t * out_pitch + h * dim + 16 * d), L::mul(v, by));
            }
        }
    }
}
