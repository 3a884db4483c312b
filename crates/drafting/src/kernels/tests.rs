//! Every tier against plain arithmetic, over all formats and odd shapes.

use super::*;
use crate::decoder::pack_for_tests as pack;
use proptest::prelude::*;
use std::sync::Arc;

/// File bytes of sixteen-row blocks with sound scales: quants are any bits, half floats are small.
fn file_bytes(format: Format, rows: usize, cols: usize, noise: &[u8]) -> Vec<u8> {
    let (block_cols, block_bytes) = format.file_block();
    let blocks = rows * cols / block_cols;
    let mut bytes: Vec<u8> = noise
        .iter()
        .copied()
        .cycle()
        .take(blocks * block_bytes)
        .collect();
    for (i, block) in bytes.chunks_exact_mut(block_bytes).enumerate() {
        let half =
            |n: usize| half::f16::from_f32(0.01 * (1 + (i + n) % 7) as f32 - 0.03 * n as f32);
        let places: &[usize] = match format {
            Format::Q4_0 | Format::Q5_0 | Format::Q8_0 => &[0],
            Format::Q6K => &[208],
            _ => &[0, 2],
        };
        for (n, at) in places.iter().enumerate() {
            block[*at..at + 2].copy_from_slice(&half(n).to_le_bytes());
        }
    }
    bytes
}

/// A packed matrix as bytes.
pub(super) fn packed_bytes(format: Format, rows: usize, cols: usize, noise: &[u8]) -> Vec<u8> {
    let raw = file_bytes(format, rows, cols, noise);
    let (block_cols, block_bytes) = format.file_block();
    let size = Matrix::size(format, rows, cols).expect("size");
    let mut bytes = vec![0; size];
    let strip = format.strip_bytes(cols);
    let share = 16 * (cols / block_cols * block_bytes);
    for (raw, out) in raw.chunks(share).zip(bytes.chunks_exact_mut(strip)) {
        pack(format, cols, raw, out);
    }
    bytes
}

fn matrix(format: Format, rows: usize, cols: usize, noise: &[u8]) -> Matrix {
    let packed = packed_bytes(format, rows, cols, noise);
    let mut bytes = Mapped::zeros(packed.len());
    bytes.fill()[..packed.len()].copy_from_slice(&packed);
    Matrix::new(format, rows, cols, Arc::new(bytes), 0).expect("fits")
}

pub(super) fn floats(n: usize, noise: &[u8]) -> Vec<f32> {
    let at = |i: usize| f32::from(noise[i * 7 % noise.len()]) - 128.0;
    (0..n)
        .map(|i| at(i) * 0.01 + (i % 5) as f32 * 0.1)
        .collect()
}

/// The products in 64-bit floats, and for each the sum of absolute terms.
fn plain(m: &Matrix, x: &[f32]) -> Vec<(f64, f64)> {
    let mut row = vec![0.0; m.cols()];
    let rows = x.len() / m.cols();
    let mut out = vec![(0.0, 0.0); rows * m.rows()];
    for r in 0..m.rows() {
        m.row(r, &mut row);
        for (t, x) in x.chunks_exact(m.cols()).enumerate() {
            let terms = row
                .iter()
                .zip(x)
                .map(|(w, x)| f64::from(*w) * f64::from(*x));
            out[t * m.rows() + r] = terms.fold((0.0, 0.0), |a, p| (a.0 + p, a.1 + p.abs()));
        }
    }
    out
}

#[test]
fn the_largest_quants_and_activations_overflow_no_sum() {
    for format in Format::ALL {
        let cols = 2 * format.file_block().0;
        // Every quant is the largest there is; those of 8 bits have a sign.
        let most = if format == Format::Q8_0 { 0x7f } else { 0xff };
        let m = matrix(format, 32, cols, &[most]);
        for sign in [1.0, -1.0] {
            // As large as they get: 127 of 127.
            let x = vec![sign; 20 * cols];
            let expected = plain(&m, &x);
            for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
                let kernels = Kernels::new(tier, 1).expect("threads");
                for (group, exact) in [(32, 0), (32, 20), (128, 0), (128, 20)] {
                    let mut q = Quantised::default();
                    kernels.quantise(Input::Plain(&x), cols, group, &mut q);
                    let mut out = vec![f32::NAN; 20 * m.rows()];
                    kernels.products(&[&m], &q, &mut out, false, exact);
                    for (got, (sum, size)) in out.iter().zip(&expected) {
                        assert!(
                            (f64::from(*got) - sum).abs() <= 0.01 * size,
                            "{format:?} {tier:?} {group} {exact}: {got} for {sum}"
                        );
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn products_of_every_tier_and_format_are_near_the_plain_ones(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        strips in 1usize..4,
        blocks in 1usize..4,
        tokens in prop_oneof![1usize..20, 17usize..40],
        add in any::<bool>(),
        exact in 0usize..40,
    ) {
        for format in Format::ALL {
            let cols = blocks * format.file_block().0;
            let m = matrix(format, strips * 16, cols, &noise);
            let x = floats(tokens * cols, &noise);
            let expected = plain(&m, &x);
            for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
                let kernels = Kernels::new(tier, 2).expect("threads");
                let mut q = Quantised::default();
                for group in [32, 128] {
                    kernels.quantise(Input::Plain(&x), cols, group, &mut q);
                    let mut out = vec![if add { 1.5 } else { f32::NAN }; tokens * m.rows()];
                    kernels.products(&[&m], &q, &mut out, add, exact.min(tokens));
                    for (got, (sum, size)) in out.iter().zip(&expected) {
                        let got = f64::from(*got) - if add { 1.5 } else { 0.0 };
                        // 8 bits on either side: each term is off by at most about 1/127
                        // of its group's largest, and errors of many terms cancel in part.
                        prop_assert!(
                            (got - sum).abs() <= 0.03 * size + 1e-3,
                            "{format:?} {tier:?} {group}: {got} for {sum} of {size}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn gated_products_are_the_products_gated(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        strips in 1usize..4,
        tokens in prop_oneof![1usize..20, 17usize..40],
        exact in 0usize..40,
        other in any::<bool>(),
    ) {
        let cols = 256;
        for format in Format::ALL {
            let gate = matrix(format, strips * 16, cols, &noise);
            let up = if other { Format::Q6K } else { format };
            let up = matrix(up, strips * 16, cols, &noise[13..]);
            let x = floats(tokens * cols, &noise);
            for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
                let kernels = Kernels::new(tier, 2).expect("threads");
                let mut q = Quantised::default();
                let exact = exact.min(tokens);
                for group in [32, 128] {
                    kernels.quantise(Input::Plain(&x), cols, group, &mut q);
                    let mut out = vec![f32::NAN; tokens * gate.rows()];
                    kernels.gated((&gate, &up), &q, &mut out, exact);
                    let mut apart = vec![f32::NAN; 2 * tokens * gate.rows()];
                    kernels.products(&[&gate, &up], &q, &mut apart, false, exact);
                    for (got, pair) in out
                        .chunks_exact(gate.rows())
                        .zip(apart.chunks_exact(2 * gate.rows()))
                    {
                        let (a, b) = pair.split_at(gate.rows());
                        for (got, (a, b)) in got.iter().zip(a.iter().zip(b)) {
                            let silu = f64::from(*a) / (1.0 + (-f64::from(*a)).exp());
                            let expected = silu * f64::from(*b);
                            prop_assert!(
                                (f64::from(*got) - expected).abs() <= 1e-5 * expected.abs() + 1e-6,
                                "{format:?} {tier:?} {group}: {got} for {expected}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn few_rows_are_equal_on_every_tier(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        tokens in 1usize..9,
    ) {
        for format in Format::ALL {
            let cols = 2 * format.file_block().0;
            let m = matrix(format, 16, cols, &noise);
            let x = floats(tokens * cols, &noise);
            let sizes = plain(&m, &x);
            let mut first: Option<Vec<f32>> = None;
            for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
                let kernels = Kernels::new(tier, 1).expect("threads");
                let mut q = Quantised::default();
                kernels.quantise(Input::Plain(&x), cols, 128, &mut q);
                let mut out = vec![0.0; tokens * 16];
                kernels.products(&[&m], &q, &mut out, false, tokens);
                // Integer sums are exact; only the floats' rounding may differ.
                let first = first.get_or_insert_with(|| out.clone());
                for ((a, b), (_, size)) in first.iter().zip(&out).zip(&sizes) {
                    prop_assert!(f64::from((a - b).abs()) <= 1e-5 * size, "{format:?} {tier:?}: {a} {b}");
                }
            }
        }
    }

    #[test]
    fn attention_of_every_tier_is_the_plain_one(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        before in 0usize..150,
        prefix in 0usize..80,
        tokens in 1usize..40,
        group in 1usize..7,
        dim in prop_oneof![Just(32usize), Just(64), Just(96), Just(128)],
    ) {
        let kv_heads = 2;
        let shape = HeadShape { heads: kv_heads * group, kv_heads, dim, pitch: (kv_heads * group + 2 * kv_heads) * dim };
        let table: Vec<f32> = (0..400).flat_map(|_| {
            let half = dim / 2;
            (0..dim).map(move |i| if i < half { 1.0 } else { 0.0 })
        }).collect();
        let how = Turn { table: &table, bias: None, norms: None, neighbours: false };
        let total = prefix + before + tokens;
        let rows = floats(total * shape.pitch, &noise);
        let mut expected: Option<Vec<f32>> = None;
        for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
            let kernels = Kernels::new(tier, 2).expect("threads");
            let caches: Vec<_> = [(0, prefix), (prefix, before + tokens)].iter().map(|(from, len)| {
                let capacity = len.next_multiple_of(16).max(16);
                let mut keys = vec![0u16; kv_heads * capacity * dim];
                let mut values = keys.clone();
                let mut qkv = rows[from * shape.pitch..(from + len) * shape.pitch].to_vec();
                if *len > 0 {
                    kernels.turn(&mut [Keep { row: 0, tokens: *len, position: *from, own: 0, keys: &mut keys, values: &mut values, capacity }], &mut qkv, shape, &how);
                }
                (keys, values, capacity, qkv)
            }).collect();
            let past = [
                Past { keys: &caches[0].0, values: &caches[0].1, capacity: caches[0].2, len: prefix, seen: usize::MAX },
                Past { keys: &caches[1].0, values: &caches[1].1, capacity: caches[1].2, len: before + tokens, seen: before + 1 },
            ];
            let q = &caches[1].3[before * shape.pitch..];
            let mut out = vec![0.0; tokens * shape.heads * dim];
            kernels.attend(&[Attention { row: 0, tokens, past: &past }], q, &mut out, shape);
            let expected = expected.get_or_insert_with(|| {
                let mut all = Vec::new();
                let scale = 1.0 / (dim as f64).sqrt();
                for t in 0..tokens {
                    let at = prefix + before + t;
                    for h in 0..shape.heads {
                        let kv = shape.heads + h / group;
                        let vector = |row: usize, head: usize| &rows[row * shape.pitch + head * dim..][..dim];
                        let scores: Vec<f64> = (0..=at).map(|p| vector(at, h).iter().zip(vector(p, kv)).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() * scale).collect();
                        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                        let sum: f64 = scores.iter().map(|s| (s - top).exp()).sum();
                        for d in 0..dim {
                            let v: f64 = scores.iter().enumerate().map(|(p, s)| (s - top).exp() / sum * f64::from(vector(p, kv + kv_heads)[d])).sum();
                            all.push(v as f32);
                        }
                    }
                }
                all
            });
            for (i, (a, b)) in expected.iter().zip(&out).enumerate() {
                // Half floats keep 11 bits.
                prop_assert!((a - b).abs() <= 0.02, "{tier:?} at {i}: {a} {b}");
            }
        }
    }
}

#[test]
fn exp_is_right_to_the_last_places() {
    use lanes::Lanes;
    for i in -860..880 {
        let x = i as f32 * 0.1;
        // SAFETY: the portable tier needs nothing.
        let got = unsafe { portable::Portable::exp([x; 16])[0] };
        let right = f64::from(x).exp();
        assert!(
            (f64::from(got) / right - 1.0).abs() < 3e-7,
            "{x}: {got} {right}"
        );
    }
}

#[test]
fn a_matrix_larger_than_its_bytes_is_refused() {
    let bytes = Arc::new(Mapped::zeros(
        Matrix::size(Format::Q4K, 32, 256).expect("size"),
    ));
    assert!(Matrix::new(Format::Q4K, 32, 256, Arc::clone(&bytes), 0).is_some());
    assert!(Matrix::new(Format::Q4K, 48, 256, Arc::clone(&bytes), 0).is_none());
    assert!(Matrix::new(Format::Q4K, 32, 256, Arc::clone(&bytes), 64).is_none());
    assert!(Matrix::new(Format::Q4K, 32, 250, Arc::clone(&bytes), 0).is_none());
    assert!(Matrix::new(Format::Q4K, usize::MAX, 256, bytes, 0).is_none());
}

/// Scale and base of a block of 32 columns for each row, as kernels read them: `[half][row]`.
type BlockScales = [[(f32, f32); 16]; 2];

/// Those of every block.
fn scales_of(m: &Matrix) -> Vec<BlockScales> {
    #[allow(clippy::inline_always, reason = "what the macro calls")]
    #[inline(always)]
    unsafe fn all<L: lanes::Lanes, F: format::Packed>((m, out): (&Matrix, &mut Vec<BlockScales>)) {
        for strip in 0..m.strips() {
            let strip = m.strip(strip);
            for block in 0..strip.blocks {
                let at = strip
                    .bytes
                    .add(block / F::UNIT * F::UNIT_BYTES + F::UNIT * F::QUANTS);
                let found = F::scales::<L>(at, block % F::UNIT);
                out.push(found.map(|(scale, base)| {
                    let (mut s, mut b) = ([0f32; 16], [0f32; 16]);
                    L::store(s.as_mut_ptr(), scale);
                    L::store(b.as_mut_ptr(), base);
                    std::array::from_fn(|r| (s[r], b[r]))
                }));
            }
        }
    }
    let mut out = Vec::new();
    // SAFETY: the strips are there, and the plain tier needs nothing.
    unsafe { with_format!(m.format, all, portable::Portable, ((m, &mut out))) };
    out
}

/// How far a weight of a tile lies from the weight, in steps of the tile: half a step for rounding to a byte, and for scale
/// and base, which have 8 bits behind the point, half of 1/256 each, the scale's times the quant.
fn most_steps(format: Format) -> f64 {
    let most = f64::from((1u32 << format.bits()) - 1);
    0.5 + (most + 1.0) / 512.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Integer sums are exact and weights are brought to bytes alike, so that only the order of adding floats is left.
    #[test]
    fn both_products_of_a_tier_are_the_plain_tiers(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        strips in 1usize..4,
        blocks in 1usize..4,
        tokens in 1usize..41,
        exact in 0usize..41,
    ) {
        for format in Format::ALL {
            let cols = blocks * format.file_block().0;
            let m = matrix(format, strips * 16, cols, &noise);
            let x = floats(tokens * cols, &noise);
            let sizes = plain(&m, &x);
            for group in [32, 128] {
                let mut q = Quantised::default();
                let reference = Kernels::new(Tier::Portable, 1).expect("threads");
                reference.quantise(Input::Plain(&x), cols, group, &mut q);
                // All exactly, all by tiles, and some each.
                for exact in [tokens, 0, exact.min(tokens)] {
                    let mut right = vec![0.0; tokens * m.rows()];
                    reference.products(&[&m], &q, &mut right, false, exact);
                    // Tiers that bring K formats to other bytes are held to a bound of their own below.
                    for tier in Tier::ALL.into_iter().filter(|t| t.here() && (exact == tokens || *t == Tier::Avx512)) {
                        let kernels = Kernels::new(tier, 1).expect("threads");
                        let mut out = vec![f32::NAN; tokens * m.rows()];
                        kernels.products(&[&m], &q, &mut out, false, exact);
                        for ((a, b), (_, size)) in right.iter().zip(&out).zip(&sizes) {
                            prop_assert!(
                                f64::from((a - b).abs()) <= 1e-5 * size,
                                "{format:?} {tier:?} {group} {exact} of {tokens}: {a} {b} of {size}"
                            );
                        }
                    }
                }
            }
        }
    }

    /// The bound follows from how a tile is made (`product::tile`): each weight of a group lies at most [`most_steps`] steps off,
    /// a step being the group's largest weight there could be over 127, or over 63 where bytes have 7 bits (AVX2).
    #[test]
    fn a_tile_is_off_by_its_rounding_alone(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        blocks in 1usize..4,
        tokens in 1usize..41,
    ) {
        for format in Format::ALL {
            let cols = blocks * format.file_block().0;
            let m = matrix(format, 32, cols, &noise);
            let x = floats(tokens * cols, &noise);
            let sizes = plain(&m, &x);
            let scales = scales_of(&m);
            for (group, tier) in [32usize, 128].into_iter().flat_map(|g| Tier::ALL.map(|t| (g, t))) {
                if !tier.here() {
                    continue;
                }
                let kernels = Kernels::new(tier, 1).expect("threads");
                let mut q = Quantised::default();
                kernels.quantise(Input::Plain(&x), cols, group, &mut q);
                let (mut exact, mut tiled) = (vec![0.0; tokens * 32], vec![0.0; tokens * 32]);
                kernels.products(&[&m], &q, &mut exact, false, tokens);
                kernels.products(&[&m], &q, &mut tiled, false, 0);
                let kept = !format.halves() && (group == 32 || tier == Tier::Avx2 && matches!(format.bits(), 4 | 8));
                if kept {
                    // Quants as they are: not a bit is lost.
                    prop_assert_eq!(&exact, &tiled, "{:?} {:?}", format, tier);
                    continue;
                }
                let range = if tier == Tier::Avx2 { 63.0 } else { 127.0 };
                let most = ((1u32 << format.bits()) - 1) as f32;
                for (i, (a, b)) in exact.iter().zip(&tiled).enumerate() {
                    let (t, r) = (i / 32, i % 32);
                    let mut bound = 1e-5 * sizes[i].1;
                    for g in 0..cols.div_ceil(group) {
                        let blocks = cols / 32;
                        let of_group = g * group / 32..((g + 1) * group / 32).min(blocks);
                        let top = of_group.flat_map(|b| scales[r / 16 * blocks + b].map(|half| half[r % 16]))
                            .map(|(scale, base)| base.abs().max((scale * most + base).abs()))
                            .fold(0f32, f32::max);
                        let at = g * tokens + t;
                        let scale = q.notes[at * note_len(group)];
                        let sum: i32 = q.x[at * group..(at + 1) * group].iter().map(|x| i32::from(x.unsigned_abs())).sum();
                        bound += f64::from(top) / range * most_steps(format) * f64::from(scale) * f64::from(sum);
                    }
                    prop_assert!(
                        f64::from((a - b).abs()) <= bound,
                        "{format:?} {tier:?} {group}: {a} {b}, bound {bound}"
                    );
                }
            }
        }
    }

    #[test]
    fn turns_of_every_tier_are_the_plain_ones(
        noise in proptest::collection::vec(any::<u8>(), 97..331),
        angles in proptest::collection::vec(-1f32..1.0, 61),
        tokens in 1usize..20,
        before in 0usize..40,
        kv_heads in 1usize..4,
        group in 1usize..5,
        dim in prop_oneof![Just(32usize), Just(64), Just(96), Just(128), Just(256)],
        with_bias in any::<bool>(),
        with_norms in any::<bool>(),
        neighbours in any::<bool>(),
    ) {
        let heads = kv_heads * group;
        let shape = HeadShape { heads, kv_heads, dim, pitch: (heads + 2 * kv_heads) * dim };
        // Any numbers, not cosines and sines that would hide a place taken for another.
        let table: Vec<f32> = (0..(before + tokens) * dim).map(|i| angles[i % 61] + i as f32 * 1e-4).collect();
        let bias = floats(shape.pitch, &noise[1..]);
        let norms = [floats(dim, &noise[2..]), floats(dim, &noise[3..])];
        let eps = 1e-5f32;
        let rows = floats(tokens * shape.pitch, &noise);
        let how = Turn {
            table: &table,
            bias: with_bias.then_some(&bias[..]),
            norms: with_norms.then_some((&norms[0][..], &norms[1][..], eps)),
            neighbours,
        };
        // In 64 bits: each outcome, and what its terms come to.
        let half = dim / 2;
        let mut right: Vec<(f64, f64)> = Vec::new();
        for t in 0..tokens {
            for h in 0..heads + 2 * kv_heads {
                let mut x: Vec<f64> = (0..dim).map(|d| {
                    let at = h * dim + d;
                    f64::from(rows[t * shape.pitch + at]) + if with_bias { f64::from(bias[at]) } else { 0.0 }
                }).collect();
                if h >= heads + kv_heads {
                    right.extend(x.iter().map(|v| (*v, v.abs())));
                    continue;
                }
                if with_norms {
                    let mean = x.iter().map(|v| v * v).sum::<f64>() / dim as f64;
                    let w = &norms[usize::from(h >= heads)];
                    x = x.iter().zip(w).map(|(v, w)| v / (mean + f64::from(eps)).sqrt() * f64::from(*w)).collect();
                }
                let by = if h < heads { 1.0 / (dim as f64).sqrt() } else { 1.0 };
                let mut out = vec![(0.0, 0.0); dim];
                for i in 0..half {
                    let of = |at: usize| by * f64::from(table[(before + t) * dim + at]);
                    let (c, s) = (of(i), of(half + i));
                    let (p, q) = if neighbours { (2 * i, 2 * i + 1) } else { (i, i + half) };
                    out[p] = (x[p] * c - x[q] * s, (x[p] * c).abs() + (x[q] * s).abs());
                    out[q] = (x[p] * s + x[q] * c, (x[p] * s).abs() + (x[q] * c).abs());
                }
                right.extend(out);
            }
        }
        let capacity = (before + tokens).next_multiple_of(16);
        for tier in Tier::ALL.into_iter().filter(|t| t.here()) {
            let kernels = Kernels::new(tier, 2).expect("threads");
            let mut qkv = rows.clone();
            let mut keys = vec![0u16; kv_heads * capacity * dim];
            let mut values = keys.clone();
            let keep = Keep { row: 0, tokens, position: before, own: before, keys: &mut keys, values: &mut values, capacity };
            kernels.turn(&mut [keep], &mut qkv, shape, &how);
            for (i, (right, size)) in right.iter().enumerate() {
                let (t, at) = (i / shape.pitch, i % shape.pitch);
                let (h, d) = (at / dim, at % dim);
                let near = |got: f64, unit: f64| (got - right).abs() <= unit * size + 1e-7;
                // Some ten roundings of 2⁻²⁴, and those of a sum of squares.
                prop_assert!(near(f64::from(qkv[i]), 4e-6), "{tier:?} head {h} column {d}: {} for {right}", qkv[i]);
                let place = before + t;
                let kept = if h < heads {
                    continue;
                } else if h < heads + kv_heads {
                    keys[((h - heads) * capacity + place / 16 * 16) * dim + d * 16 + place % 16]
                } else {
                    values[((h - heads - kv_heads) * capacity + place) * dim + d]
                };
                // Half floats keep 11 bits.
                let kept = f64::from(half::f16::from_bits(kept).to_f32());
                prop_assert!(near(kept, 4e-6 + 4.9e-4), "{tier:?} kept, head {h} column {d}: {kept} for {right}");
            }
        }
    }
}
