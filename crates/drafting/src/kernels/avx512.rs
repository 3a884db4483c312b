//! One 512-bit register: AVX-512 with VNNI.

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// AVX-512 F, BW, VL and VNNI.
#[derive(Clone, Copy)]
pub(super) struct Avx512;

impl Lanes for Avx512 {
    const ROWS: usize = 16;
    // The sums of a group and those of all groups lie in registers side by side: 2 · 2 · 7 of the 32.
    const TILE_ROWS: usize = 7;
    const TILE_STRIPS: usize = 2;
    type Bytes = __m512i;
    type Ints = __m512i;
    type Floats = __m512;

    #[inline(always)]
    unsafe fn prefetch(p: *const u8) {
        _mm_prefetch::<_MM_HINT_T0>(p.cast());
    }
    #[inline(always)]
    unsafe fn load_bytes(p: *const u8) -> __m512i {
        _mm512_loadu_si512(p.cast())
    }
    #[inline(always)]
    unsafe fn store_bytes(p: *mut u8, v: __m512i) {
        _mm512_storeu_si512(p.cast(), v);
    }
    #[inline(always)]
    unsafe fn shl_and<const N: u32>(v: __m512i, mask: u8) -> __m512i {
        _mm512_and_si512(_mm512_slli_epi32::<N>(v), _mm512_set1_epi8(mask as i8))
    }
    #[inline(always)]
    unsafe fn shr_and<const N: u32>(v: __m512i, mask: u8) -> __m512i {
        _mm512_and_si512(_mm512_srli_epi32::<N>(v), _mm512_set1_epi8(mask as i8))
    }
    #[inline(always)]
    unsafe fn or(a: __m512i, b: __m512i) -> __m512i {
        _mm512_or_si512(a, b)
    }
    #[inline(always)]
    unsafe fn rescale(v: __m512i, a: __m512i, b: __m512i) -> __m512i {
        let even = _mm512_and_si512(v, _mm512_set1_epi16(0xff));
        let odd = _mm512_srli_epi16::<8>(v);
        let even = _mm512_add_epi16(_mm512_mullo_epi16(even, a), b);
        let odd = _mm512_add_epi16(_mm512_mullo_epi16(odd, a), b);
        _mm512_or_si512(
            _mm512_srli_epi16::<8>(even),
            _mm512_and_si512(odd, _mm512_set1_epi16(0xff00u16 as i16)),
        )
    }
    #[inline(always)]
    unsafe fn splat_int(p: *const i32) -> __m512i {
        _mm512_set1_epi32(p.read_unaligned())
    }
    #[inline(always)]
    unsafe fn zeros() -> __m512i {
        _mm512_setzero_si512()
    }
    #[inline(always)]
    unsafe fn twice(v: __m512i) -> __m512i {
        let low = _mm512_and_si512(v, _mm512_set1_epi32(0xffff));
        _mm512_or_si512(low, _mm512_slli_epi32::<16>(v))
    }
    #[inline(always)]
    unsafe fn dot(acc: __m512i, w: __m512i, x: __m512i) -> __m512i {
        _mm512_dpbusd_epi32(acc, w, x)
    }
    #[inline(always)]
    unsafe fn add_ints(a: __m512i, b: __m512i) -> __m512i {
        _mm512_add_epi32(a, b)
    }
    #[inline(always)]
    unsafe fn store_narrow(p: *mut i8, v: __m512i) {
        _mm_storeu_si128(p.cast(), _mm512_cvtsepi32_epi8(v));
    }
    #[inline(always)]
    unsafe fn sum_ints(v: __m512i) -> i32 {
        _mm512_reduce_add_epi32(v)
    }
    #[inline(always)]
    unsafe fn to_floats(v: __m512i) -> __m512 {
        _mm512_cvtepi32_ps(v)
    }
    #[inline(always)]
    unsafe fn to_ints(v: __m512) -> __m512i {
        _mm512_cvtps_epi32(v)
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> __m512 {
        _mm512_loadu_ps(p)
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: __m512) {
        _mm512_storeu_ps(p, v);
    }
    #[inline(always)]
    unsafe fn load_half(p: *const u16) -> __m512 {
        _mm512_cvtph_ps(_mm256_loadu_si256(p.cast()))
    }
    #[inline(always)]
    unsafe fn store_half(p: *mut u16, v: __m512) {
        _mm256_storeu_si256(p.cast(), _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(v));
    }
    #[inline(always)]
    unsafe fn load_unsigned(p: *const u8) -> __m512 {
        _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(p.cast())))
    }
    #[inline(always)]
    unsafe fn load_signed(p: *const i8) -> __m512 {
        _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(p.cast())))
    }
    #[inline(always)]
    unsafe fn splat(v: f32) -> __m512 {
        _mm512_set1_ps(v)
    }
    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        _mm512_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m512, b: __m512) -> __m512 {
        _mm512_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m512, b: __m512) -> __m512 {
        _mm512_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn div(a: __m512, b: __m512) -> __m512 {
        _mm512_div_ps(a, b)
    }
    #[inline(always)]
    unsafe fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_fmadd_ps(a, b, c)
    }
    #[inline(always)]
    unsafe fn max(a: __m512, b: __m512) -> __m512 {
        _mm512_max_ps(a, b)
    }
    #[inline(always)]
    unsafe fn min(a: __m512, b: __m512) -> __m512 {
        _mm512_min_ps(a, b)
    }
    #[inline(always)]
    unsafe fn power_of_two(n: __m512) -> __m512 {
        let i = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
        _mm512_castsi512_ps(_mm512_slli_epi32::<23>(i))
    }
    #[inline(always)]
    unsafe fn sum(v: __m512) -> f32 {
        _mm512_reduce_add_ps(v)
    }
    #[inline(always)]
    unsafe fn top(v: __m512) -> f32 {
        _mm512_reduce_max_ps(v)
    }
}
