//! Four 128-bit registers: NEON with the dot products of Armv8.2, as every
//! 64-bit ARM desktop has them.

use super::lanes::Lanes;
use std::arch::aarch64::*;
use std::arch::asm;

/// NEON with `sdot`.
#[derive(Clone, Copy)]
pub(super) struct Neon;

/// `acc + w · x`, four signed bytes of each lane. In assembly: the intrinsic is not stable yet.
#[inline(always)]
unsafe fn sdot(mut acc: int32x4_t, w: int8x16_t, x: int8x16_t) -> int32x4_t {
    asm!(
        ".arch_extension dotprod",
        "sdot {acc:v}.4s, {w:v}.16b, {x:v}.16b",
        acc = inout(vreg) acc,
        w = in(vreg) w,
        x = in(vreg) x,
        options(pure, nomem, nostack, preserves_flags)
    );
    acc
}

#[inline(always)]
fn each<T>(f: impl Fn(usize) -> T) -> [T; 4] {
    [f(0), f(1), f(2), f(3)]
}

impl Lanes for Neon {
    const ROWS: usize = 4;
    const TILE_ROWS: usize = 4;
    type Bytes = [uint8x16_t; 4];
    type Ints = [int32x4_t; 4];
    type Floats = [float32x4_t; 4];

    #[inline(always)]
    unsafe fn prefetch(p: *const u8) {
        asm!("prfm pldl1keep, [{0}]", in(reg) p, options(nostack, preserves_flags, readonly));
    }
    #[inline(always)]
    unsafe fn load_bytes(p: *const u8) -> Self::Bytes {
        each(|i| vld1q_u8(p.wrapping_add(16 * i)))
    }
    #[inline(always)]
    unsafe fn store_bytes(p: *mut u8, v: Self::Bytes) {
        for i in 0..4 {
            vst1q_u8(p.add(16 * i), v[i]);
        }
    }
    #[inline(always)]
    unsafe fn shl_and<const N: u32>(v: Self::Bytes, mask: u8) -> Self::Bytes {
        v.map(|v| {
            let moved = vshlq_u32(vreinterpretq_u32_u8(v), vdupq_n_s32(N as i32));
            vandq_u8(vreinterpretq_u8_u32(moved), vdupq_n_u8(mask))
        })
    }
    #[inline(always)]
    unsafe fn shr_and<const N: u32>(v: Self::Bytes, mask: u8) -> Self::Bytes {
        v.map(|v| {
            let moved = vshlq_u32(vreinterpretq_u32_u8(v), vdupq_n_s32(-(N as i32)));
            vandq_u8(vreinterpretq_u8_u32(moved), vdupq_n_u8(mask))
        })
    }
    #[inline(always)]
    unsafe fn or(a: Self::Bytes, b: Self::Bytes) -> Self::Bytes {
        each(|i| vorrq_u8(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn rescale(v: Self::Bytes, a: Self::Ints, b: Self::Ints) -> Self::Bytes {
        each(|i| {
            let (a, b) = (vreinterpretq_u16_s32(a[i]), vreinterpretq_u16_s32(b[i]));
            let pairs = vreinterpretq_u16_u8(v[i]);
            let even = vmlaq_u16(b, vandq_u16(pairs, vdupq_n_u16(0xff)), a);
            let odd = vmlaq_u16(b, vshrq_n_u16::<8>(pairs), a);
            vreinterpretq_u8_u16(vorrq_u16(
                vshrq_n_u16::<8>(even),
                vandq_u16(odd, vdupq_n_u16(0xff00)),
            ))
        })
    }
    #[inline(always)]
    unsafe fn splat_int(p: *const i32) -> Self::Ints {
        [vdupq_n_s32(p.read_unaligned()); 4]
    }
    #[inline(always)]
    unsafe fn zeros() -> Self::Ints {
        [vdupq_n_s32(0); 4]
    }
    #[inline(always)]
    unsafe fn twice(v: Self::Ints) -> Self::Ints {
        v.map(|v| vorrq_s32(vandq_s32(v, vdupq_n_s32(0xffff)), vshlq_n_s32::<16>(v)))
    }
    /// The bytes are made signed by taking 128 from each, which 128 times the sum of `x` gives back.
    #[inline(always)]
    unsafe fn dot(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints {
        each(|i| {
            let x = vreinterpretq_s8_s32(x[i]);
            let w = vreinterpretq_s8_u8(veorq_u8(w[i], vdupq_n_u8(0x80)));
            let half = vdupq_n_s8(64);
            sdot(sdot(sdot(acc[i], w, x), half, x), half, x)
        })
    }
    #[inline(always)]
    unsafe fn dot_low(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints {
        each(|i| {
            sdot(
                acc[i],
                vreinterpretq_s8_u8(w[i]),
                vreinterpretq_s8_s32(x[i]),
            )
        })
    }
    #[inline(always)]
    unsafe fn add_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints {
        each(|i| vaddq_s32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn store_narrow(p: *mut i8, v: Self::Ints) {
        let low = vcombine_s16(vqmovn_s32(v[0]), vqmovn_s32(v[1]));
        let high = vcombine_s16(vqmovn_s32(v[2]), vqmovn_s32(v[3]));
        vst1q_s8(p, vcombine_s8(vqmovn_s16(low), vqmovn_s16(high)));
    }
    #[inline(always)]
    unsafe fn sum_ints(v: Self::Ints) -> i32 {
        vaddvq_s32(vaddq_s32(vaddq_s32(v[0], v[1]), vaddq_s32(v[2], v[3])))
    }
    #[inline(always)]
    unsafe fn to_floats(v: Self::Ints) -> Self::Floats {
        v.map(|v| vcvtq_f32_s32(v))
    }
    #[inline(always)]
    unsafe fn to_ints(v: Self::Floats) -> Self::Ints {
        v.map(|v| vcvtnq_s32_f32(v))
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self::Floats {
        each(|i| vld1q_f32(p.wrapping_add(4 * i)))
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: Self::Floats) {
        for i in 0..4 {
            vst1q_f32(p.add(4 * i), v[i]);
        }
    }
    #[inline(always)]
    unsafe fn load_half(p: *const u16) -> Self::Floats {
        each(|i| {
            let halves = vld1_u16(p.wrapping_add(4 * i));
            let floats: float32x4_t;
            asm!(
                "fcvtl {0:v}.4s, {1:v}.4h",
                out(vreg) floats,
                in(vreg) halves,
                options(pure, nomem, nostack, preserves_flags)
            );
            floats
        })
    }
    #[inline(always)]
    unsafe fn store_half(p: *mut u16, v: Self::Floats) {
        for i in 0..4 {
            let halves: uint16x4_t;
            asm!(
                "fcvtn {0:v}.4h, {1:v}.4s",
                out(vreg) halves,
                in(vreg) v[i],
                options(pure, nomem, nostack, preserves_flags)
            );
            vst1_u16(p.add(4 * i), halves);
        }
    }
    #[inline(always)]
    unsafe fn load_unsigned(p: *const u8) -> Self::Floats {
        let v = vld1q_u8(p);
        let (low, high) = (vmovl_u8(vget_low_u8(v)), vmovl_high_u8(v));
        [
            vcvtq_f32_u32(vmovl_u16(vget_low_u16(low))),
            vcvtq_f32_u32(vmovl_high_u16(low)),
            vcvtq_f32_u32(vmovl_u16(vget_low_u16(high))),
            vcvtq_f32_u32(vmovl_high_u16(high)),
        ]
    }
    #[inline(always)]
    unsafe fn load_signed(p: *const i8) -> Self::Floats {
        let v = vld1q_s8(p);
        let (low, high) = (vmovl_s8(vget_low_s8(v)), vmovl_high_s8(v));
        [
            vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))),
            vcvtq_f32_s32(vmovl_high_s16(low)),
            vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))),
            vcvtq_f32_s32(vmovl_high_s16(high)),
        ]
    }
    #[inline(always)]
    unsafe fn splat(v: f32) -> Self::Floats {
        [vdupq_n_f32(v); 4]
    }
    #[inline(always)]
    unsafe fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vaddq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn sub(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vsubq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vmulq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn div(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vdivq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn fma(a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats {
        each(|i| vfmaq_f32(c[i], a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn max(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vmaxq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn min(a: Self::Floats, b: Self::Floats) -> Self::Floats {
        each(|i| vminq_f32(a[i], b[i]))
    }
    #[inline(always)]
    unsafe fn power_of_two(n: Self::Floats) -> Self::Floats {
        n.map(|n| {
            let exponent = vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127));
            vreinterpretq_f32_s32(vshlq_n_s32::<23>(exponent))
        })
    }
}
