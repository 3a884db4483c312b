//! The kernels by themselves, on every tier of this processor: products for one
//! row, for a batch and for a prompt, in every format, at the shape of the 1.5B
//! model's largest matrix; attention at a depth of 1,024, for a token and for a
//! prompt; and what lies between the products: activations in 8 bits, positions
//! turned, and a token's embedding.
//!
//! `cargo bench -p drafting --bench kernels -- Q4_K`

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drafting::kernels::{
    Attention, Format, HeadShape, Input, Keep, Kernels, Mapped, Matrix, Past, Quantised, Tier, Turn,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Rows and columns of the feed-forward weights of Qwen 2.5 1.5B.
const SHAPE: (usize, usize) = (8960, 1536);
/// Its heads.
const HEADS: HeadShape = HeadShape {
    heads: 12,
    kv_heads: 2,
    dim: 128,
    pitch: (12 + 2 * 2) * 128,
};
/// Rows of a pass: a token, drafts at once, a prompt.
const BATCHES: [usize; 3] = [1, 16, 512];

/// Numbers between -1 and 1 that look like noise: a Weyl sequence.
fn noise(n: usize) -> Vec<f32> {
    (0..n)
        .map(|i| (i as f64 * 0.618_033_988_749).fract() as f32 * 2.0 - 1.0)
        .collect()
}

/// A matrix in pages of its own: untouched ones would all be one page of zeros.
fn matrix(format: Format, rows: usize, cols: usize) -> Option<Matrix> {
    let mut bytes = Mapped::zeros(Matrix::size(format, rows, cols)?);
    bytes.fill().fill(0x11);
    Matrix::new(format, rows, cols, Arc::new(bytes), 0)
}

fn kernels() -> impl Iterator<Item = Kernels> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Tier::ALL
        .into_iter()
        .filter(|t| t.here())
        .filter_map(move |t| Kernels::new(t, threads).ok())
}

fn products(c: &mut Criterion) {
    let (rows, cols) = SHAPE;
    for format in Format::ALL {
        let Some(matrix) = matrix(format, rows, cols) else {
            continue;
        };
        let mut group = c.benchmark_group(format!("product {format:?}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        for k in kernels() {
            for batch in BATCHES {
                // The plain tier takes seconds for a prompt and is no one's choice.
                if k.tier() == Tier::Portable && batch > 16 {
                    continue;
                }
                let x = noise(batch * cols);
                let mut quantised = Quantised::default();
                k.quantise(Input::Plain(&x), cols, matrix.group(), &mut quantised);
                let mut out = vec![0.0; batch * rows];
                group.throughput(Throughput::Elements((batch * rows * cols) as u64));
                group.bench_function(BenchmarkId::new(k.tier().name(), batch), |b| {
                    b.iter(|| {
                        // A batch decodes, a prompt is read.
                        let exact = if batch > 16 { 0 } else { batch };
                        k.products(&[&matrix], &quantised, &mut out, false, exact);
                        black_box(&out);
                    });
                });
            }
        }
        group.finish();
    }
}

/// Attention of the last tokens of a text that are read in one pass.
fn attention(c: &mut Criterion) {
    const DEPTH: usize = 1024;
    // One as a half float: the cost does not depend on the numbers.
    let cache = vec![0x3c00u16; HEADS.kv_heads * DEPTH * HEADS.dim];
    let mut group = c.benchmark_group("attention 1024");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(1));
    for k in kernels() {
        for tokens in [1, 512] {
            if k.tier() == Tier::Portable && tokens > 1 {
                continue;
            }
            let past = [Past {
                keys: &cache,
                values: &cache,
                capacity: DEPTH,
                len: DEPTH,
                seen: DEPTH - tokens + 1,
            }];
            let q = noise(tokens * HEADS.pitch);
            let mut out = vec![0.0; tokens * HEADS.heads * HEADS.dim];
            group.throughput(Throughput::Elements(tokens as u64));
            group.bench_function(BenchmarkId::new(k.tier().name(), tokens), |b| {
                b.iter(|| {
                    let task = Attention {
                        row: 0,
                        tokens,
                        past: &past,
                    };
                    k.attend(&[task], &q, &mut out, HEADS);
                    black_box(&out);
                });
            });
        }
    }
    group.finish();
}

/// Activations of every kind, brought to 8 bits with a scale for as many columns as each format wants.
fn activations(c: &mut Criterion) {
    let cols = SHAPE.1;
    let weight = noise(cols);
    for width in [32, 128] {
        let mut group = c.benchmark_group(format!("activations {width}"));
        group
            .sample_size(20)
            .measurement_time(Duration::from_secs(1));
        for k in kernels() {
            for rows in BATCHES {
                let x = noise(rows * cols);
                let mut quantised = Quantised::default();
                group.throughput(Throughput::Elements((rows * cols) as u64));
                for (kind, input) in [
                    ("plain", Input::Plain(&x)),
                    ("normed", Input::Normed(&x, &weight, 1e-6)),
                ] {
                    let name = format!("{} {kind}", k.tier().name());
                    group.bench_function(BenchmarkId::new(name, rows), |b| {
                        b.iter(|| {
                            k.quantise(input, cols, width, &mut quantised);
                            black_box(&quantised);
                        });
                    });
                }
            }
        }
        group.finish();
    }
}

/// Queries and keys turned by their positions, keys and values kept: with biases and halves turned, as qwen2 has it.
fn turns(c: &mut Criterion) {
    let bias = noise(HEADS.pitch);
    let mut group = c.benchmark_group("turn");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(1));
    for k in kernels() {
        for tokens in BATCHES {
            let capacity = tokens.next_multiple_of(16);
            let mut keys = vec![0u16; HEADS.kv_heads * capacity * HEADS.dim];
            let mut values = keys.clone();
            // Cosines of one and sines of zero: the cost does not depend on the numbers.
            let table: Vec<f32> = (0..capacity * HEADS.dim)
                .map(|i| {
                    if i % HEADS.dim < HEADS.dim / 2 {
                        1.0
                    } else {
                        0.0
                    }
                })
                .collect();
            let how = Turn {
                table: &table,
                bias: Some(&bias),
                norms: None,
                neighbours: false,
            };
            let fresh = noise(tokens * HEADS.pitch);
            let mut rows = fresh.clone();
            group.throughput(Throughput::Elements(tokens as u64));
            group.bench_function(BenchmarkId::new(k.tier().name(), tokens), |b| {
                b.iter(|| {
                    // Queries are scaled and biased in place: without this they would leave what floats can hold.
                    rows.copy_from_slice(&fresh);
                    let keep = Keep {
                        row: 0,
                        tokens,
                        position: 0,
                        own: 0,
                        keys: &mut keys,
                        values: &mut values,
                        capacity,
                    };
                    k.turn(&mut [keep], &mut rows, HEADS, &how);
                    black_box(&rows);
                });
            });
        }
    }
    group.finish();
}

/// One row of the embeddings, which no tier has a way of its own for.
fn embeddings(c: &mut Criterion) {
    let cols = SHAPE.1;
    let mut group = c.benchmark_group("embedding");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(cols as u64));
    for format in Format::ALL {
        let Some(matrix) = matrix(format, 1024, cols) else {
            continue;
        };
        let mut out = vec![0.0; cols];
        let mut token = 0;
        group.bench_function(format!("{format:?}"), |b| {
            b.iter(|| {
                // Rows far from each other, as the tokens of a text are.
                token = (token + 389) % matrix.rows();
                matrix.row(token, &mut out);
                black_box(&out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, products, attention, activations, turns, embeddings);
criterion_main!(benches);
