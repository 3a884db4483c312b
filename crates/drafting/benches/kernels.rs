//! The kernels by themselves, on every tier of this processor: products for one
//! row, for a batch and for a prompt, in every format, at the shape of the 1.5B
//! model's largest matrix; and attention at a depth of 1,024.
//!
//! `cargo bench -p drafting --bench kernels -- Q4_K`

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drafting::kernels::{
    Attention, Format, HeadShape, Input, Kernels, Mapped, Matrix, Past, Quantised, Tier,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Rows and columns of the feed-forward weights of Qwen 2.5 1.5B.
const SHAPE: (usize, usize) = (8960, 1536);

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
            for batch in [1, 16, 512] {
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

fn attention(c: &mut Criterion) {
    const DEPTH: usize = 1024;
    let shape = HeadShape {
        heads: 12,
        kv_heads: 2,
        dim: 128,
        pitch: (12 + 2 * 2) * 128,
    };
    // One as a half float: the cost does not depend on the numbers.
    let cache = vec![0x3c00u16; shape.kv_heads * DEPTH * shape.dim];
    let mut group = c.benchmark_group("attention 1024");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(1));
    for k in kernels() {
        let past = [Past {
            keys: &cache,
            values: &cache,
            capacity: DEPTH,
            len: DEPTH,
            seen: usize::MAX,
        }];
        let q = noise(shape.pitch);
        let mut out = vec![0.0; shape.heads * shape.dim];
        group.bench_function(k.tier().name(), |b| {
            b.iter(|| {
                let task = Attention {
                    row: 0,
                    tokens: 1,
                    past: &past,
                };
                k.attend(&[task], &q, &mut out, shape);
                black_box(&out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, products, attention);
criterion_main!(benches);
