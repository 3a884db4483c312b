//! No kernel reads or writes past what it was given: weights, activations, caches and outputs end where a page begins that
//! nobody may touch.

use super::activations::note_len;
use super::dispatch::{TileRoom, few_by_tier, many_by_tier};
use super::product::{Place, Rows, Strip};
use super::tests::{floats, packed_bytes};
use super::*;
use std::sync::Arc;

/// Bytes of a page, at least: guards are as large as the largest page of a desktop.
const PAGE: usize = 64 << 10;

/// Room for `len` values that ends at a page without any rights.
struct Guarded<T> {
    map: memmap2::MmapMut,
    len: usize,
    kind: std::marker::PhantomData<T>,
}

/// Bytes of a map for `bytes` bytes and the guard.
fn mapped(bytes: usize) -> usize {
    bytes.next_multiple_of(PAGE) + PAGE
}

/// Takes all rights from the last page of a map.
fn guard(start: *const u8, len: usize) {
    // SAFETY: the page lies within the map, which nobody else has, and begins at a border of pages.
    let done = unsafe {
        libc::mprotect(
            start.add(len - PAGE).cast_mut().cast(),
            PAGE,
            libc::PROT_NONE,
        )
    };
    assert_eq!(done, 0, "the page is guarded");
}

impl<T: Copy> Guarded<T> {
    fn of(values: &[T]) -> Self {
        let bytes = std::mem::size_of_val(values);
        let mut map = memmap2::MmapMut::map_anon(mapped(bytes)).expect("a map");
        guard(map.as_ptr(), map.len());
        let at = map.len() - PAGE - bytes;
        // SAFETY: so many bytes lie before the guard; the size of a value is a power of two, so its places are aligned.
        unsafe {
            let to = map.as_mut_ptr().add(at).cast::<T>();
            to.copy_from_nonoverlapping(values.as_ptr(), values.len());
        }
        Self {
            map,
            len: values.len(),
            kind: std::marker::PhantomData,
        }
    }

    fn start(&self) -> *mut T {
        let at = self.map.len() - PAGE - self.len * size_of::<T>();
        self.map.as_ptr().wrapping_add(at).cast_mut().cast()
    }

    fn all(&self) -> &[T] {
        // SAFETY: the values were put there.
        unsafe { std::slice::from_raw_parts(self.start(), self.len) }
    }

    fn all_mut(&mut self) -> &mut [T] {
        // SAFETY: the values were put there, and this is the only way to them.
        unsafe { std::slice::from_raw_parts_mut(self.start(), self.len) }
    }
}

/// Packed weights whose last byte lies before the guard.
fn matrix(format: Format, rows: usize, cols: usize, noise: &[u8]) -> Matrix {
    let bytes = packed_bytes(format, rows, cols, noise);
    let mut map = memmap2::MmapMut::map_anon(mapped(bytes.len())).expect("a map");
    let at = map.len() - PAGE - bytes.len();
    map[at..at + bytes.len()].copy_from_slice(&bytes);
    let map = map.make_read_only().expect("a map");
    guard(map.as_ptr(), map.len());
    Matrix::new(format, rows, cols, Arc::new(Mapped::File(map)), at).expect("fits")
}

fn noise() -> Vec<u8> {
    (0..331u32).map(|i| (i * 167 + i / 7) as u8).collect()
}

fn tiers() -> impl Iterator<Item = Tier> {
    Tier::ALL.into_iter().filter(|t| t.here())
}

const CHILD: &str = "COUNTERSIGN_TOUCHES_THE_GUARD";

#[test]
fn the_guard_ends_a_process_that_touches_it() {
    use std::os::unix::process::ExitStatusExt;
    if std::env::var_os(CHILD).is_some() {
        let room = Guarded::of(&[1u8; 10]);
        // SAFETY: it is not: that is what this process is for.
        std::hint::black_box(unsafe { room.start().add(10).read_volatile() });
        return;
    }
    let name = "kernels::guarded::the_guard_ends_a_process_that_touches_it";
    let child = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", name, "--test-threads", "1"])
        .env(CHILD, "1")
        .output()
        .expect("runs");
    let signal = child.status.signal();
    assert!(
        matches!(signal, Some(libc::SIGSEGV | libc::SIGBUS)),
        "{child:?}"
    );
}

#[test]
fn products_stay_within_weights_activations_and_outputs() {
    let noise = noise();
    for tier in tiers() {
        let kernels = Kernels::new(tier, 1).expect("threads");
        for format in Format::ALL {
            for blocks in 1..4 {
                let cols = blocks * format.file_block().0;
                let m = matrix(format, 32, cols, &noise);
                for (group, tokens) in [32, 128]
                    .into_iter()
                    .flat_map(|g| [1, 2, 3, 7, 16, 17, 29].map(|t| (g, t)))
                {
                    let input = Guarded::of(&floats(tokens * cols, &noise));
                    let mut q = Quantised::default();
                    kernels.quantise(Input::Plain(input.all()), cols, group, &mut q);
                    let (x, notes) = (Guarded::of(&q.x), Guarded::of(&q.notes));
                    let rows = Rows {
                        x: x.start(),
                        notes: notes.start(),
                        rows: tokens,
                        first: 0,
                        end: tokens,
                        group,
                    };
                    let strips: [Strip; 2] = [m.strip(0), m.strip(1)];
                    let mut room = TileRoom::default();
                    for add in [false, true] {
                        // Of the last strip alone, and of both side by side.
                        let out = Guarded::of(&vec![0f32; tokens * 16]);
                        let wide = Guarded::of(&vec![0f32; tokens * 32]);
                        // SAFETY: strips, rows and outputs have these shapes.
                        unsafe {
                            few_by_tier(tier, format, strips[1], rows, out.start(), 16, add);
                            many_by_tier(
                                tier,
                                format,
                                &strips[1..],
                                m.ahead(2..4),
                                rows,
                                out.start(),
                                16,
                                add,
                                &mut room,
                            );
                            many_by_tier(
                                tier,
                                format,
                                &strips,
                                m.ahead(0..2),
                                rows,
                                wide.start(),
                                32,
                                add,
                                &mut room,
                            );
                        }
                        assert!(out.all().iter().chain(wide.all()).all(|v| v.is_finite()));
                    }
                }
            }
        }
    }
}

#[test]
fn activations_stay_within_what_they_are_made_from() {
    let noise = noise();
    for kernels in tiers().map(|t| Kernels::new(t, 1).expect("threads")) {
        for (cols, rows) in [(32, 1), (96, 3), (160, 5), (256, 2)] {
            let x = Guarded::of(&floats(rows * cols, &noise));
            let w = Guarded::of(&floats(cols, &noise));
            for group in [32, 128] {
                for input in [Input::Plain(x.all()), Input::Normed(x.all(), w.all(), 1e-5)] {
                    let mut q = Quantised::default();
                    kernels.quantise(input, cols, group, &mut q);
                    // What it writes, too.
                    let (bytes, notes) = (Guarded::of(&q.x), Guarded::of(&q.notes));
                    assert_eq!(notes.len, cols.div_ceil(group) * rows * note_len(group));
                    for row in 0..rows {
                        // SAFETY: the source has `cols` floats from there, and the room is that of all rows.
                        unsafe {
                            let source = Source::Plain(x.start().add(row * cols));
                            dispatch::quantise_by_tier(
                                kernels.tier(),
                                source,
                                cols,
                                bytes.start(),
                                notes.start(),
                                row,
                                rows,
                                group,
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn gates_stay_within_their_pairs_and_outputs() {
    let noise = noise();
    for tier in tiers() {
        for (rows, cols) in [(1, 16), (3, 32), (5, 16)] {
            let from = [0; 2].map(|_| Guarded::of(&floats(rows * cols, &noise)));
            let out = Guarded::of(&vec![f32::NAN; rows * cols]);
            let place = |of: &Guarded<f32>| Place {
                at: of.start(),
                pitch: cols,
            };
            let [a, b] = [&from[0], &from[1]].map(place);
            // SAFETY: all three have these rows and columns.
            unsafe { dispatch::gate_by_tier(tier, a, b, place(&out), rows, cols) };
            assert!(out.all().iter().all(|v| v.is_finite()));
        }
    }
}

#[test]
fn turns_and_attention_stay_within_rows_and_caches() {
    let noise = noise();
    for kernels in tiers().map(|t| Kernels::new(t, 1).expect("threads")) {
        for (dim, kv_heads, group, tokens) in [
            (32, 1, 1, 16),
            (64, 2, 3, 7),
            (96, 2, 6, 33),
            (128, 1, 2, 1),
        ] {
            let heads = kv_heads * group;
            let shape = HeadShape {
                heads,
                kv_heads,
                dim,
                pitch: (heads + 2 * kv_heads) * dim,
            };
            let capacity = tokens_of(tokens);
            for neighbours in [false, true] {
                // The last of its positions, so that the cache and the table are full.
                let before = capacity - tokens;
                let table = Guarded::of(&floats(capacity * dim, &noise));
                let bias = Guarded::of(&floats(shape.pitch, &noise));
                let norms = [
                    Guarded::of(&floats(dim, &noise)),
                    Guarded::of(&floats(dim, &noise)),
                ];
                let mut keys = Guarded::of(&vec![0u16; kv_heads * capacity * dim]);
                let mut values = Guarded::of(&vec![0u16; kv_heads * capacity * dim]);
                let mut qkv = Guarded::of(&floats(tokens * shape.pitch, &noise));
                let how = Turn {
                    table: table.all(),
                    bias: Some(bias.all()),
                    norms: Some((norms[0].all(), norms[1].all(), 1e-5)),
                    neighbours,
                };
                let keep = Keep {
                    row: 0,
                    tokens,
                    position: before,
                    own: before,
                    keys: keys.all_mut(),
                    values: values.all_mut(),
                    capacity,
                };
                kernels.turn(&mut [keep], qkv.all_mut(), shape, &how);
                let past = [Past {
                    keys: keys.all(),
                    values: values.all(),
                    capacity,
                    len: capacity,
                    seen: before + 1,
                }];
                let mut out = Guarded::of(&vec![0f32; tokens * heads * dim]);
                kernels.attend(
                    &[Attention {
                        row: 0,
                        tokens,
                        past: &past,
                    }],
                    qkv.all(),
                    out.all_mut(),
                    shape,
                );
                assert!(out.all().iter().all(|v| v.is_finite()));
            }
        }
    }
}

/// Positions of a cache that so many tokens end: not a whole number of spans.
fn tokens_of(tokens: usize) -> usize {
    (tokens + 70).next_multiple_of(16)
}
