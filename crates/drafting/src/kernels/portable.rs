//! The tier without any special instructions: the measure of the others.

use super::lanes::Lanes;
use half::f16;

/// Plain arrays.
#[derive(Clone, Copy)]
pub(super) struct Portable;

#[inline(always)]
fn words(v: [u8; 64], f: impl Fn(u32) -> u32) -> [u8; 64] {
    let mut out = [0; 64];
    for (o, i) in out.chunks_exact_mut(4).zip(v.chunks_exact(4)) {
        let word = u32::from_le_bytes([i[0], i[1], i[2], i[3]]);
        o.copy_from_slice(&f(word).to_le_bytes());
    }
    out
}

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; 16] {
    std::array::from_fn(f)
}

impl Lanes for Portable {
    const ROWS: usize = 4;
    const TILE_ROWS: usize = 7;
    const TILE_STRIPS: usize = 2;
    type Bytes = [u8; 64];
    type Ints = [i32; 16];
    type Floats = [f32; 16];

    #[inline(always)]
    unsafe fn prefetch(_: *const u8) {}
    #[inline(always)]
    unsafe fn load_bytes(p: *const u8) -> [u8; 64] {
        p.cast::<[u8; 64]>().read_unaligned()
    }
    #[inline(always)]
    unsafe fn store_bytes(p: *mut u8, v: [u8; 64]) {
        p.cast::<[u8; 64]>().write_unaligned(v);
    }
    #[inline(always)]
    unsafe fn shl_and<const N: u32>(v: [u8; 64], mask: u8) -> [u8; 64] {
        words(v, |w| (w << N) & (u32::from(mask) * 0x0101_0101))
    }
    #[inline(always)]
    unsafe fn shr_and<const N: u32>(v: [u8; 64], mask: u8) -> [u8; 64] {
        words(v, |w| (w >> N) & (u32::from(mask) * 0x0101_0101))
    }
    #[inline(always)]
    unsafe fn or(a: [u8; 64], b: [u8; 64]) -> [u8; 64] {
        std::array::from_fn(|i| a[i] | b[i])
    }
    #[inline(always)]
    unsafe fn rescale(v: [u8; 64], a: [i32; 16], b: [i32; 16]) -> [u8; 64] {
        std::array::from_fn(|i| {
            let (a, b) = (a[i / 4] as u16, b[i / 4] as u16);
            (u16::from(v[i]).wrapping_mul(a).wrapping_add(b) >> 8) as u8
        })
    }
    #[inline(always)]
    unsafe fn splat_int(p: *const i32) -> [i32; 16] {
        [p.read_unaligned(); 16]
    }
    #[inline(always)]
    unsafe fn zeros() -> [i32; 16] {
        [0; 16]
    }
    #[inline(always)]
    unsafe fn twice(v: [i32; 16]) -> [i32; 16] {
        v.map(|i| (i & 0xffff) | (i << 16))
    }
    #[inline(always)]
    unsafe fn dot(acc: [i32; 16], w: [u8; 64], x: [i32; 16]) -> [i32; 16] {
        std::array::from_fn(|r| {
            let (mut sum, x) = (acc[r], x[r].to_le_bytes());
            for k in 0..4 {
                sum += i32::from(w[4 * r + k]) * i32::from(x[k] as i8);
            }
            sum
        })
    }
    #[inline(always)]
    unsafe fn add_ints(a: [i32; 16], b: [i32; 16]) -> [i32; 16] {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    unsafe fn store_narrow(p: *mut i8, v: [i32; 16]) {
        p.cast::<[i8; 16]>()
            .write_unaligned(v.map(|i| i.clamp(-128, 127) as i8));
    }
    #[inline(always)]
    unsafe fn sum_ints(v: [i32; 16]) -> i32 {
        v.iter().sum()
    }
    #[inline(always)]
    unsafe fn to_floats(v: [i32; 16]) -> [f32; 16] {
        v.map(|i| i as f32)
    }
    #[inline(always)]
    unsafe fn to_ints(v: [f32; 16]) -> [i32; 16] {
        v.map(|f| f.round_ties_even() as i32)
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> [f32; 16] {
        p.cast::<[f32; 16]>().read_unaligned()
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: [f32; 16]) {
        p.cast::<[f32; 16]>().write_unaligned(v);
    }
    #[inline(always)]
    unsafe fn load_half(p: *const u16) -> [f32; 16] {
        p.cast::<[u16; 16]>()
            .read_unaligned()
            .map(|h| f16::from_bits(h).to_f32())
    }
    #[inline(always)]
    unsafe fn store_half(p: *mut u16, v: [f32; 16]) {
        p.cast::<[u16; 16]>()
            .write_unaligned(v.map(|f| f16::from_f32(f).to_bits()));
    }
    #[inline(always)]
    unsafe fn load_unsigned(p: *const u8) -> [f32; 16] {
        p.cast::<[u8; 16]>().read_unaligned().map(f32::from)
    }
    #[inline(always)]
    unsafe fn load_signed(p: *const i8) -> [f32; 16] {
        p.cast::<[i8; 16]>().read_unaligned().map(f32::from)
    }
    #[inline(always)]
    unsafe fn splat(v: f32) -> [f32; 16] {
        [v; 16]
    }
    #[inline(always)]
    unsafe fn add(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| a[i] + b[i])
    }
    #[inline(always)]
    unsafe fn sub(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| a[i] - b[i])
    }
    #[inline(always)]
    unsafe fn mul(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| a[i] * b[i])
    }
    #[inline(always)]
    unsafe fn div(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| a[i] / b[i])
    }
    #[inline(always)]
    unsafe fn fma(a: [f32; 16], b: [f32; 16], c: [f32; 16]) -> [f32; 16] {
        each(|i| a[i] * b[i] + c[i])
    }
    #[inline(always)]
    unsafe fn max(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn min(a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        each(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    unsafe fn power_of_two(n: [f32; 16]) -> [f32; 16] {
        n.map(|n| f32::from_bits(((n as i32 + 127) << 23) as u32))
    }
}
