//! Two 256-bit registers: AVX2 with FMA and F16C, and the same with AVX-VNNI.

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// AVX2, FMA and F16C.
#[derive(Clone, Copy)]
pub(super) struct Avx2;

/// AVX2, FMA, F16C and AVX-VNNI.
#[derive(Clone, Copy)]
pub(super) struct AvxVnni;

/// `acc + w · x` for bytes of at most 127: pair sums stay below 2¹⁵.
#[inline(always)]
unsafe fn dot_low_avx2(acc: __m256i, w: __m256i, x: __m256i) -> __m256i {
    let pairs = _mm256_maddubs_epi16(w, x);
    _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
}

/// `acc + w · x` for all bytes: `maddubs` would saturate above 128, so the top
/// bit is taken apart and added as 128 times its share of x.
#[inline(always)]
unsafe fn dot_avx2(acc: __m256i, w: __m256i, x: __m256i) -> __m256i {
    let ones = _mm256_set1_epi16(1);
    let low = _mm256_and_si256(w, _mm256_set1_epi8(0x7f));
    let high = _mm256_and_si256(w, _mm256_set1_epi8(-128));
    let low = _mm256_madd_epi16(_mm256_maddubs_epi16(low, x), ones);
    // 128·x for the bytes whose top bit is set, as sums of x.
    let set = _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_setzero_si256(), high), x);
    let high = _mm256_madd_epi16(
        _mm256_maddubs_epi16(_mm256_set1_epi8(1), set),
        _mm256_set1_epi16(128),
    );
    _mm256_add_epi32(acc, _mm256_add_epi32(low, high))
}

#[inline(always)]
unsafe fn rescale(v: __m256i, a: __m256i, b: __m256i) -> __m256i {
    let even = _mm256_and_si256(v, _mm256_set1_epi16(0xff));
    let odd = _mm256_srli_epi16::<8>(v);
    let even = _mm256_add_epi16(_mm256_mullo_epi16(even, a), b);
    let odd = _mm256_add_epi16(_mm256_mullo_epi16(odd, a), b);
    _mm256_or_si256(
        _mm256_srli_epi16::<8>(even),
        _mm256_and_si256(odd, _mm256_set1_epi16(0xff00u16 as i16)),
    )
}

/// Both tiers differ in their dot product alone.
macro_rules! two_registers {
    ($name:ident, $dot:expr, $dot_low:expr, $tile_rows:expr, $tile_offset:expr, { $($shorts:tt)* }) => {
        impl Lanes for $name {
            $($shorts)*
            const ROWS: usize = 4;
            const TILE_ROWS: usize = $tile_rows;
            const TILE_OFFSET: i16 = $tile_offset;
            type Bytes = [__m256i; 2];
            type Ints = [__m256i; 2];
            type Floats = [__m256; 2];

            #[inline(always)]
            unsafe fn prefetch(p: *const u8) {
                _mm_prefetch::<_MM_HINT_T0>(p.cast());
            }
            #[inline(always)]
            unsafe fn load_bytes(p: *const u8) -> [__m256i; 2] {
                [
                    _mm256_loadu_si256(p.cast()),
                    _mm256_loadu_si256(p.add(32).cast()),
                ]
            }
            #[inline(always)]
            unsafe fn store_bytes(p: *mut u8, v: [__m256i; 2]) {
                _mm256_storeu_si256(p.cast(), v[0]);
                _mm256_storeu_si256(p.add(32).cast(), v[1]);
            }
            #[inline(always)]
            unsafe fn shl_and<const N: u32>(v: [__m256i; 2], mask: u8) -> [__m256i; 2] {
                let m = _mm256_set1_epi8(mask as i8);
                let n = _mm_cvtsi32_si128(N as i32);
                [
                    _mm256_and_si256(_mm256_sll_epi32(v[0], n), m),
                    _mm256_and_si256(_mm256_sll_epi32(v[1], n), m),
                ]
            }
            #[inline(always)]
            unsafe fn shr_and<const N: u32>(v: [__m256i; 2], mask: u8) -> [__m256i; 2] {
                let m = _mm256_set1_epi8(mask as i8);
                let n = _mm_cvtsi32_si128(N as i32);
                [
                    _mm256_and_si256(_mm256_srl_epi32(v[0], n), m),
                    _mm256_and_si256(_mm256_srl_epi32(v[1], n), m),
                ]
            }
            #[inline(always)]
            unsafe fn or(a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
                [_mm256_or_si256(a[0], b[0]), _mm256_or_si256(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn rescale(v: [__m256i; 2], a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
                [rescale(v[0], a[0], b[0]), rescale(v[1], a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn splat_int(p: *const i32) -> [__m256i; 2] {
                [_mm256_set1_epi32(p.read_unaligned()); 2]
            }
            #[inline(always)]
            unsafe fn zeros() -> [__m256i; 2] {
                [_mm256_setzero_si256(); 2]
            }
            #[inline(always)]
            unsafe fn twice(v: [__m256i; 2]) -> [__m256i; 2] {
                v.map(|v| {
                    _mm256_or_si256(
                        _mm256_and_si256(v, _mm256_set1_epi32(0xffff)),
                        _mm256_slli_epi32::<16>(v),
                    )
                })
            }
            #[inline(always)]
            unsafe fn dot(acc: [__m256i; 2], w: [__m256i; 2], x: [__m256i; 2]) -> [__m256i; 2] {
                [$dot(acc[0], w[0], x[0]), $dot(acc[1], w[1], x[1])]
            }
            #[inline(always)]
            unsafe fn dot_low(acc: [__m256i; 2], w: [__m256i; 2], x: [__m256i; 2]) -> [__m256i; 2] {
                [$dot_low(acc[0], w[0], x[0]), $dot_low(acc[1], w[1], x[1])]
            }
            #[inline(always)]
            unsafe fn add_ints(a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
                [_mm256_add_epi32(a[0], b[0]), _mm256_add_epi32(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn store_narrow(p: *mut i8, v: [__m256i; 2]) {
                let words =
                    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(v[0], v[1]));
                let bytes = _mm_packs_epi16(
                    _mm256_castsi256_si128(words),
                    _mm256_extracti128_si256::<1>(words),
                );
                _mm_storeu_si128(p.cast(), bytes);
            }
            #[inline(always)]
            unsafe fn sum_ints(v: [__m256i; 2]) -> i32 {
                let mut a = [0i32; 8];
                _mm256_storeu_si256(a.as_mut_ptr().cast(), _mm256_add_epi32(v[0], v[1]));
                a.iter().sum()
            }
            #[inline(always)]
            unsafe fn to_floats(v: [__m256i; 2]) -> [__m256; 2] {
                [_mm256_cvtepi32_ps(v[0]), _mm256_cvtepi32_ps(v[1])]
            }
            #[inline(always)]
            unsafe fn to_ints(v: [__m256; 2]) -> [__m256i; 2] {
                [_mm256_cvtps_epi32(v[0]), _mm256_cvtps_epi32(v[1])]
            }
            #[inline(always)]
            unsafe fn load(p: *const f32) -> [__m256; 2] {
                [_mm256_loadu_ps(p), _mm256_loadu_ps(p.add(8))]
            }
            #[inline(always)]
            unsafe fn store(p: *mut f32, v: [__m256; 2]) {
                _mm256_storeu_ps(p, v[0]);
                _mm256_storeu_ps(p.add(8), v[1]);
            }
            #[inline(always)]
            unsafe fn load_half(p: *const u16) -> [__m256; 2] {
                [
                    _mm256_cvtph_ps(_mm_loadu_si128(p.cast())),
                    _mm256_cvtph_ps(_mm_loadu_si128(p.add(8).cast())),
                ]
            }
            #[inline(always)]
            unsafe fn store_half(p: *mut u16, v: [__m256; 2]) {
                _mm_storeu_si128(p.cast(), _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(v[0]));
                _mm_storeu_si128(
                    p.add(8).cast(),
                    _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(v[1]),
                );
            }
            #[inline(always)]
            unsafe fn load_unsigned(p: *const u8) -> [__m256; 2] {
                let v = _mm_loadu_si128(p.cast());
                [
                    _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(v)),
                    _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128::<8>(v))),
                ]
            }
            #[inline(always)]
            unsafe fn load_signed(p: *const i8) -> [__m256; 2] {
                let v = _mm_loadu_si128(p.cast());
                [
                    _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(v)),
                    _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128::<8>(v))),
                ]
            }
            #[inline(always)]
            unsafe fn splat(v: f32) -> [__m256; 2] {
                [_mm256_set1_ps(v); 2]
            }
            #[inline(always)]
            unsafe fn add(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn sub(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_sub_ps(a[0], b[0]), _mm256_sub_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn mul(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn div(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_div_ps(a[0], b[0]), _mm256_div_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn fma(a: [__m256; 2], b: [__m256; 2], c: [__m256; 2]) -> [__m256; 2] {
                [
                    _mm256_fmadd_ps(a[0], b[0], c[0]),
                    _mm256_fmadd_ps(a[1], b[1], c[1]),
                ]
            }
            #[inline(always)]
            unsafe fn max(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn min(a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
                [_mm256_min_ps(a[0], b[0]), _mm256_min_ps(a[1], b[1])]
            }
            #[inline(always)]
            unsafe fn power_of_two(n: [__m256; 2]) -> [__m256; 2] {
                [n[0], n[1]].map(|n| {
                    let i = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
                    _mm256_castsi256_ps(_mm256_slli_epi32::<23>(i))
                })
            }
        }
    };
}

// A tile of AVX2 has bytes of 7 bits: whole ones take three times as long.
two_registers!(Avx2, dot_avx2, dot_low_avx2, 4, 64, {
    const SHORTS: bool = true;
    #[inline(always)]
    unsafe fn dot_short(acc: [__m256i; 2], w: [__m256i; 2], x: [__m256i; 2]) -> [__m256i; 2] {
        [
            _mm256_add_epi16(acc[0], _mm256_maddubs_epi16(w[0], x[0])),
            _mm256_add_epi16(acc[1], _mm256_maddubs_epi16(w[1], x[1])),
        ]
    }
    #[inline(always)]
    unsafe fn whole(shorts: [__m256i; 2]) -> [__m256i; 2] {
        shorts.map(|v| _mm256_madd_epi16(v, _mm256_set1_epi16(1)))
    }
});
two_registers!(
    AvxVnni,
    _mm256_dpbusd_avx_epi32,
    _mm256_dpbusd_avx_epi32,
    6,
    128,
    {}
);
