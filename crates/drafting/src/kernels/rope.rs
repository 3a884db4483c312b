//! Rotary positions, and keys and values on their way into the cache.

use super::lanes::Lanes;

/// One token's queries, keys and values, and where they go.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) row: *mut f32,
    pub(super) keys: *mut u16,
    pub(super) values: *mut u16,
    pub(super) capacity: usize,
    pub(super) at: usize,
    pub(super) table: *const f32,
    pub(super) bias: Option<*const f32>,
    pub(super) norms: Option<(*const f32, *const f32, f32)>,
    pub(super) neighbours: bool,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) dim: usize,
}

/// Turns one head in place and multiplies it by `scale`.
#[inline(always)]
unsafe fn head<L: Lanes>(x: *mut f32, job: &Job, norm: Option<(*const f32, f32)>, scale: f32) {
    let (dim, half) = (job.dim, job.dim / 2);
    if let Some((w, eps)) = norm {
        let by = L::splat(super::activations::inverse_rms::<L>(x, dim, eps));
        for i in 0..dim / 16 {
            let v = L::mul(L::load(x.add(16 * i)), by);
            L::store(x.add(16 * i), L::mul(v, L::load(w.add(16 * i))));
        }
    }
    if job.neighbours {
        for i in 0..half {
            let (c, s) = (*job.table.add(i) * scale, *job.table.add(half + i) * scale);
            let (a, b) = (*x.add(2 * i), *x.add(2 * i + 1));
            *x.add(2 * i) = a * c - b * s;
            *x.add(2 * i + 1) = a * s + b * c;
        }
    } else {
        let by = L::splat(scale);
        for i in 0..half / 16 {
            let (lo, hi) = (x.add(16 * i), x.add(half + 16 * i));
            let c = L::mul(L::load(job.table.add(16 * i)), by);
            let s = L::mul(L::load(job.table.add(half + 16 * i)), by);
            let (a, b) = (L::load(lo), L::load(hi));
            L::store(lo, L::sub(L::mul(a, c), L::mul(b, s)));
            L::store(hi, L::fma(a, s, L::mul(b, c)));
        }
    }
}

/// All of one token.
///
/// # Safety
/// The row holds `(heads + 2 * kv_heads) * dim` floats, the table `dim`, the
/// caches `kv_heads * capacity * dim` half floats, and `at` is below `capacity`.
#[inline(always)]
pub(super) unsafe fn turn<L: Lanes>(job: Job) {
    let Job {
        heads,
        kv_heads,
        dim,
        capacity,
        at,
        ..
    } = job;
    if let Some(bias) = job.bias {
        for i in 0..(heads + 2 * kv_heads) * dim / 16 {
            let v = L::add(L::load(job.row.add(16 * i)), L::load(bias.add(16 * i)));
            L::store(job.row.add(16 * i), v);
        }
    }
    let scale = 1.0 / (dim as f32).sqrt();
    for h in 0..heads {
        head::<L>(
            job.row.add(h * dim),
            &job,
            job.norms.map(|n| (n.0, n.2)),
            scale,
        );
    }
    for h in 0..kv_heads {
        let x = job.row.add((heads + h) * dim);
        head::<L>(x, &job, job.norms.map(|n| (n.1, n.2)), 1.0);
        let keys = job.keys.add((h * capacity + at / 16 * 16) * dim + at % 16);
        for i in 0..dim / 16 {
            let mut halves = [0u16; 16];
            L::store_half(halves.as_mut_ptr(), L::load(x.add(16 * i)));
            for (d, half) in halves.iter().enumerate() {
                *keys.add((16 * i + d) * 16) = *half;
            }
        }
        let v = job.row.add((heads + kv_heads + h) * dim);
        let values = job.values.add((h * capacity + at) * dim);
        for i in 0..dim / 16 {
            L::store_half(values.add(16 * i), L::load(v.add(16 * i)));
        }
    }
}
