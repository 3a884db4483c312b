//! Sixteen lanes of a processor, as the kernels see them.
//!
//! Each kernel is written once, over this trait, and compiled for every tier:
//! one 512-bit register, two of 256 bits, four of 128, or plain arrays.

/// How many products of four columns, with weights of at most `most`, add up within 16 bits: each is two pairs of
/// `most * 127` at most. A power of two, eight at most; 0 where not even one does.
pub(super) const fn short_fours(most: u8) -> usize {
    match i16::MAX as usize / (2 * 127 * most as usize) {
        0 => 0,
        1 => 1,
        2..4 => 2,
        4..8 => 4,
        _ => 8,
    }
}

/// Sixteen lanes: 64 bytes (four to a lane), sixteen 32-bit integers or
/// sixteen 32-bit floats.
///
/// # Safety
/// The methods may only run on a processor that has the tier's instructions,
/// and pointers must be good for what the method reads or writes; none needs
/// to be aligned. They are `inline(always)` so that they take on the features
/// of the kernel that calls them.
pub(super) trait Lanes: Copy {
    /// 64 bytes; lane `r` holds bytes `4r` to `4r + 3`.
    type Bytes: Copy;
    /// Sixteen `i32`.
    type Ints: Copy;
    /// Sixteen `f32`.
    type Floats: Copy;

    /// Rows of activations whose sums fit the registers.
    const ROWS: usize;
    /// The same where weights come from a tile.
    const TILE_ROWS: usize;
    /// Strips of a tile, two at most.
    const TILE_STRIPS: usize = 1;
    /// What a byte of a tile has too much where its group was brought to one scale: half the range of bytes that the tier
    /// multiplies well.
    const TILE_OFFSET: i16 = 128;
    /// Whether a few products are added up in 16 bits first, which spares a step for each.
    const SHORTS: bool = false;
    /// Asks for the cache line at `p`, which need not be readable.
    unsafe fn prefetch(p: *const u8);
    /// 64 bytes from memory.
    unsafe fn load_bytes(p: *const u8) -> Self::Bytes;
    /// 64 bytes to memory.
    unsafe fn store_bytes(p: *mut u8, v: Self::Bytes);
    /// `(v << N) & mask` within each 32-bit lane.
    unsafe fn shl_and<const N: u32>(v: Self::Bytes, mask: u8) -> Self::Bytes;
    /// `(v >> N) & mask` within each 32-bit lane.
    unsafe fn shr_and<const N: u32>(v: Self::Bytes, mask: u8) -> Self::Bytes;
    /// Bitwise or.
    unsafe fn or(a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    /// `(v * a + b) >> 8` for every byte, in 16 bits without sign; `a` and `b`
    /// hold their 16 bits twice in each lane (see [`Lanes::twice`]).
    unsafe fn rescale(v: Self::Bytes, a: Self::Ints, b: Self::Ints) -> Self::Bytes;

    /// One integer from memory in every lane.
    unsafe fn splat_int(p: *const i32) -> Self::Ints;
    /// Sixteen zeros.
    unsafe fn zeros() -> Self::Ints;
    /// The low 16 bits of each lane, twice.
    unsafe fn twice(v: Self::Ints) -> Self::Ints;
    /// The four bytes at `p` in every lane.
    #[inline(always)]
    unsafe fn splat_bytes(p: *const i8) -> Self::Ints {
        Self::splat_int(p.cast())
    }
    /// `acc + w · x`: four unsigned bytes of each lane times the four signed
    /// bytes of the same lane of `x`. Exact.
    unsafe fn dot(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints;
    /// The same for bytes of at most 127, which some tiers do faster.
    #[inline(always)]
    unsafe fn dot_low(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints {
        Self::dot(acc, w, x)
    }
    /// Sixteen sums of two integers each.
    unsafe fn add_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints;
    /// [`Lanes::dot_low`] where a tier with [`Lanes::SHORTS`] may keep sums in 16 bits: [`short_fours`] of them, from zeros on.
    #[inline(always)]
    unsafe fn dot_short(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints {
        Self::dot_low(acc, w, x)
    }
    /// Sums of [`Lanes::dot_short`] as sixteen integers.
    #[inline(always)]
    unsafe fn whole(shorts: Self::Ints) -> Self::Ints {
        shorts
    }
    /// The same for bytes of a tile that were brought to one scale.
    #[inline(always)]
    unsafe fn dot_tile(acc: Self::Ints, w: Self::Bytes, x: Self::Ints) -> Self::Ints {
        if Self::TILE_OFFSET <= 64 {
            Self::dot_low(acc, w, x)
        } else {
            Self::dot(acc, w, x)
        }
    }
    /// Sixteen integers, narrowed to bytes, to memory.
    unsafe fn store_narrow(p: *mut i8, v: Self::Ints);
    /// Sum of the lanes.
    unsafe fn sum_ints(v: Self::Ints) -> i32;

    /// Integers as floats.
    unsafe fn to_floats(v: Self::Ints) -> Self::Floats;
    /// Floats as integers, rounded to nearest.
    unsafe fn to_ints(v: Self::Floats) -> Self::Ints;
    /// Sixteen floats from memory.
    unsafe fn load(p: *const f32) -> Self::Floats;
    /// Sixteen floats to memory.
    unsafe fn store(p: *mut f32, v: Self::Floats);
    /// Sixteen half floats from memory.
    unsafe fn load_half(p: *const u16) -> Self::Floats;
    /// Sixteen floats to memory as half floats.
    unsafe fn store_half(p: *mut u16, v: Self::Floats);
    /// Sixteen unsigned bytes from memory.
    unsafe fn load_unsigned(p: *const u8) -> Self::Floats;
    /// Sixteen signed bytes from memory.
    unsafe fn load_signed(p: *const i8) -> Self::Floats;
    /// One float in every lane.
    unsafe fn splat(v: f32) -> Self::Floats;
    /// `a + b`.
    unsafe fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a - b`.
    unsafe fn sub(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a * b`.
    unsafe fn mul(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a / b`.
    unsafe fn div(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a * b + c`.
    unsafe fn fma(a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    /// The larger, lane by lane.
    unsafe fn max(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// The smaller, lane by lane.
    unsafe fn min(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// Two to the power of each (whole) lane, for -126 to 127.
    unsafe fn power_of_two(n: Self::Floats) -> Self::Floats;

    /// Sum of the lanes.
    #[inline(always)]
    unsafe fn sum(v: Self::Floats) -> f32 {
        let mut a = [0f32; 16];
        Self::store(a.as_mut_ptr(), v);
        let mut width = 8;
        while width > 0 {
            for i in 0..width {
                a[i] += a[i + width];
            }
            width /= 2;
        }
        a[0]
    }

    /// Largest of the lanes.
    #[inline(always)]
    unsafe fn top(v: Self::Floats) -> f32 {
        let mut a = [0f32; 16];
        Self::store(a.as_mut_ptr(), v);
        a.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }

    /// Absolute values.
    #[inline(always)]
    unsafe fn abs(v: Self::Floats) -> Self::Floats {
        Self::max(v, Self::sub(Self::splat(0.0), v))
    }

    /// e to the power of each lane, to about 2 units in the last place: 2ⁿ times
    /// a polynomial on ±ln 2 / 2 (Cody and Waite's reduction; coefficients of the
    /// Cephes library's `expf`).
    #[inline(always)]
    unsafe fn exp(x: Self::Floats) -> Self::Floats {
        let x = Self::max(Self::min(x, Self::splat(88.0)), Self::splat(-87.0));
        let n = Self::to_floats(Self::to_ints(Self::mul(
            x,
            Self::splat(std::f32::consts::LOG2_E),
        )));
        let r = Self::fma(n, Self::splat(-0.693_359_4), x);
        let r = Self::fma(n, Self::splat(2.121_944_4e-4), r);
        let mut p = Self::splat(1.987_569_1e-4);
        for c in [
            1.398_199_9e-3,
            8.333_452e-3,
            4.166_579_6e-2,
            1.666_666_5e-1,
            0.5,
            1.0,
            1.0,
        ] {
            p = Self::fma(p, r, Self::splat(c));
        }
        Self::mul(p, Self::power_of_two(n))
    }
}
