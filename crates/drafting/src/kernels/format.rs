//! How quantised weights lie in memory, packed for sixteen rows at a time.
//!
//! A strip holds sixteen rows. Of each block of 32 columns it keeps eight
//! vectors of 64 bytes, in which lane `r` has four neighbouring columns of row
//! `r`; fewer bits are folded into fewer vectors. The scales of a unit of
//! blocks lie behind its quants, so that a strip is read from its first byte to
//! its last: the processor fetches ahead of one stream well. Every format reads as
//! `weight = scale * quant + base` with unsigned quants, the scale and base
//! changing every 32 or 16 columns.
//! Source of the file formats: ggml, `ggml-common.h` and `ggml-quants.c`.

use super::lanes::{Lanes, short_fours};

/// A packed format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 4 bits, a scale.
    Q4_0,
    /// 4 bits, a scale and a minimum.
    Q4_1,
    /// 5 bits, a scale.
    Q5_0,
    /// 5 bits, a scale and a minimum.
    Q5_1,
    /// 8 bits, a scale.
    Q8_0,
    /// 4 bits, scales and minima of 8 bits under two scales for 256 columns.
    Q4K,
    /// 5 bits, scales as for `Q4K`.
    Q5K,
    /// 6 bits, a scale of 8 bits for 16 columns under one for 256.
    Q6K,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// The format of a ggml type number.
    pub fn of_ggml(dtype: u32) -> Option<Self> {
        Some(match dtype {
            2 => Self::Q4_0,
            3 => Self::Q4_1,
            6 => Self::Q5_0,
            7 => Self::Q5_1,
            8 => Self::Q8_0,
            12 => Self::Q4K,
            13 => Self::Q5K,
            14 => Self::Q6K,
            _ => return None,
        })
    }

    /// Columns of a block in the file, and its bytes there.
    pub const fn file_block(self) -> (usize, usize) {
        match self {
            Self::Q4_0 => (32, 18),
            Self::Q4_1 => (32, 20),
            Self::Q5_0 => (32, 22),
            Self::Q5_1 => (32, 24),
            Self::Q8_0 => (32, 34),
            Self::Q4K => (256, 144),
            Self::Q5K => (256, 176),
            Self::Q6K => (256, 210),
        }
    }

    /// Bits of a quant.
    pub const fn bits(self) -> usize {
        match self {
            Self::Q4_0 | Self::Q4_1 | Self::Q4K => 4,
            Self::Q5_0 | Self::Q5_1 | Self::Q5K => 5,
            Self::Q6K => 6,
            Self::Q8_0 => 8,
        }
    }

    /// Largest quant.
    pub(super) const fn most(self) -> u8 {
        (255u16 >> (8 - self.bits())) as u8
    }

    /// Whether a tile holds the quants as they are, each with its own scale, where activations have a scale for `group` columns:
    /// where that is what weights have, too, or with a tier that adds up many products of numbers so small in 16 bits.
    pub(super) const fn keeps_quants(self, shorts: bool, group: usize) -> bool {
        !self.halves() && (group == 32 || shorts && short_fours(self.most()) == 8)
    }

    /// Whether the halves of a block of 32 columns have scales of their own.
    pub(super) const fn halves(self) -> bool {
        matches!(self, Self::Q6K)
    }

    /// Columns of activations that share a scale. Formats that spend a whole
    /// scale on 32 columns were made for activations just as fine. The K formats
    /// were made for activations with one for 256; half of that is finer and
    /// costs next to nothing.
    pub(super) fn group(self) -> usize {
        match self {
            Self::Q4K | Self::Q5K | Self::Q6K => 128,
            _ => 32,
        }
    }

    /// Bytes of scales for a file block of sixteen rows.
    pub(crate) const fn scale_bytes(self) -> usize {
        match self {
            Self::Q4_0 | Self::Q5_0 | Self::Q8_0 => 32,
            Self::Q4_1 | Self::Q5_1 => 64,
            Self::Q4K | Self::Q5K => 64 + 8 * 32,
            Self::Q6K => 32 + 16 * 16,
        }
    }

    /// Blocks of 32 columns whose scales lie together, behind their quants.
    pub(crate) const fn unit(self) -> usize {
        match self {
            Self::Q4K | Self::Q5K | Self::Q6K => 8,
            // One block's scales would break the lines of the cache.
            _ => 2,
        }
    }

    /// Bytes of the quants of a block of 32 columns.
    pub(crate) const fn block_quants(self) -> usize {
        64 * self.bits()
    }

    /// Bytes of a unit, a multiple of 64.
    pub(crate) const fn unit_bytes(self) -> usize {
        let scales = self.scale_bytes() * (32 * self.unit() / self.file_block().0);
        (self.unit() * self.block_quants() + scales).next_multiple_of(64)
    }

    /// Bytes of a strip of `cols` columns, a multiple of 64.
    pub fn strip_bytes(self, cols: usize) -> usize {
        (cols / 32).div_ceil(self.unit()) * self.unit_bytes()
    }
}

/// Scale and base of sixteen rows, for the first and second half of a block.
pub(super) type Scales<L> = [(<L as Lanes>::Floats, <L as Lanes>::Floats); 2];

/// A format as kernels read it.
pub(super) trait Packed {
    /// The format.
    const FORMAT: Format;
    /// Blocks of a unit.
    const UNIT: usize = Self::FORMAT.unit();
    /// Bytes of a unit.
    const UNIT_BYTES: usize = Self::FORMAT.unit_bytes();
    /// Bytes of the quants of one block.
    const QUANTS: usize = Self::FORMAT.block_quants();
    /// Largest quant.
    const MOST: u8 = Self::FORMAT.most();
    /// Whether the halves of a block have scales of their own.
    const HALVES: bool = Self::FORMAT.halves();

    /// The quants of a block, one byte each: eight vectors.
    ///
    /// # Safety
    /// `p` must be good for the bytes of a block's quants.
    unsafe fn quants<L: Lanes>(p: *const u8) -> [L::Bytes; 8];

    /// The scales of block number `block` of a unit whose scales are at `p`.
    ///
    /// # Safety
    /// `p` must be good for the scales of a unit.
    unsafe fn scales<L: Lanes>(p: *const u8, block: usize) -> Scales<L>;
}

/// Four vectors with two quants of 4 bits in each byte.
#[inline(always)]
unsafe fn nibbles<L: Lanes>(p: *const u8) -> [L::Bytes; 8] {
    let v = [
        L::load_bytes(p),
        L::load_bytes(p.add(64)),
        L::load_bytes(p.add(128)),
        L::load_bytes(p.add(192)),
    ];
    [
        L::shr_and::<0>(v[0], 15),
        L::shr_and::<0>(v[1], 15),
        L::shr_and::<0>(v[2], 15),
        L::shr_and::<0>(v[3], 15),
        L::shr_and::<4>(v[0], 15),
        L::shr_and::<4>(v[1], 15),
        L::shr_and::<4>(v[2], 15),
        L::shr_and::<4>(v[3], 15),
    ]
}

/// The same, and one vector with the fifth bits: bit `j` for vector `j`.
#[inline(always)]
unsafe fn fives<L: Lanes>(p: *const u8) -> [L::Bytes; 8] {
    let q = nibbles::<L>(p);
    let h = L::load_bytes(p.add(256));
    [
        L::or(q[0], L::shl_and::<4>(h, 16)),
        L::or(q[1], L::shl_and::<3>(h, 16)),
        L::or(q[2], L::shl_and::<2>(h, 16)),
        L::or(q[3], L::shl_and::<1>(h, 16)),
        L::or(q[4], L::shr_and::<0>(h, 16)),
        L::or(q[5], L::shr_and::<1>(h, 16)),
        L::or(q[6], L::shr_and::<2>(h, 16)),
        L::or(q[7], L::shr_and::<3>(h, 16)),
    ]
}

/// The same, and two vectors with the upper two bits, four quants in each byte.
#[inline(always)]
unsafe fn sixes<L: Lanes>(p: *const u8) -> [L::Bytes; 8] {
    let q = nibbles::<L>(p);
    let (a, b) = (L::load_bytes(p.add(256)), L::load_bytes(p.add(320)));
    [
        L::or(q[0], L::shl_and::<4>(a, 48)),
        L::or(q[1], L::shl_and::<2>(a, 48)),
        L::or(q[2], L::shr_and::<0>(a, 48)),
        L::or(q[3], L::shr_and::<2>(a, 48)),
        L::or(q[4], L::shl_and::<4>(b, 48)),
        L::or(q[5], L::shl_and::<2>(b, 48)),
        L::or(q[6], L::shr_and::<0>(b, 48)),
        L::or(q[7], L::shr_and::<2>(b, 48)),
    ]
}

#[inline(always)]
unsafe fn eights<L: Lanes>(p: *const u8) -> [L::Bytes; 8] {
    [
        L::load_bytes(p),
        L::load_bytes(p.add(64)),
        L::load_bytes(p.add(128)),
        L::load_bytes(p.add(192)),
        L::load_bytes(p.add(256)),
        L::load_bytes(p.add(320)),
        L::load_bytes(p.add(384)),
        L::load_bytes(p.add(448)),
    ]
}

/// One half-precision scale; the quants are `offset` too large.
#[inline(always)]
unsafe fn centred<L: Lanes>(p: *const u8, block: usize, offset: f32) -> Scales<L> {
    let d = L::load_half(p.add(block * 32).cast());
    [(d, L::mul(d, L::splat(-offset))); 2]
}

/// A half-precision scale and minimum.
#[inline(always)]
unsafe fn with_minimum<L: Lanes>(p: *const u8, block: usize) -> Scales<L> {
    let p = p.add(block * 64);
    [(L::load_half(p.cast()), L::load_half(p.add(32).cast())); 2]
}

/// Scales and minima of 8 bits under two of half precision.
#[inline(always)]
unsafe fn two_level<L: Lanes>(p: *const u8, block: usize) -> Scales<L> {
    let sub = p.add(64 + block * 32);
    let scale = L::mul(L::load_half(p.cast()), L::load_unsigned(sub));
    let min = L::mul(
        L::load_half(p.add(32).cast()),
        L::load_unsigned(sub.add(16)),
    );
    [(scale, L::sub(L::splat(0.0), min)); 2]
}

/// A scale of 8 bits for each half under one of half precision; quants 32 too large.
#[inline(always)]
unsafe fn halves<L: Lanes>(p: *const u8, block: usize) -> Scales<L> {
    let sub = p.add(32 + block * 32);
    let d = L::load_half(p.cast());
    let a = L::mul(d, L::load_signed(sub.cast()));
    let b = L::mul(d, L::load_signed(sub.add(16).cast()));
    let off = L::splat(-32.0);
    [(a, L::mul(a, off)), (b, L::mul(b, off))]
}

macro_rules! packed {
    ($($name:ident: $bits:expr, $quants:ident, |$p:ident, $block:ident| $scales:expr;)*) => {
        $(
            #[doc = concat!("[`Format::", stringify!($name), "`]")]
            pub(super) struct $name;
            impl Packed for $name {
                const FORMAT: Format = Format::$name;
                #[inline(always)]
                unsafe fn quants<L: Lanes>(p: *const u8) -> [L::Bytes; 8] {
                    $quants::<L>(p)
                }
                #[inline(always)]
                unsafe fn scales<L: Lanes>($p: *const u8, $block: usize) -> Scales<L> {
                    $scales
                }
            }
        )*
        /// Calls a generic function with the type of a format.
        macro_rules! with_format {
            ($format:expr, $f:ident, $l:ty, $args:tt) => {
                match $format {
                    $(Format::$name => with_format!(@call $f, $l, $crate::kernels::format::$name, $args),)*
                }
            };
            (@call $f:ident, $l:ty, $t:ty, ($arg:expr)) => { $f::<$l, $t>($arg) };
        }
    };
}

packed! {
    Q4_0: 4, nibbles, |p, block| centred::<L>(p, block, 8.0);
    Q4_1: 4, nibbles, |p, block| with_minimum::<L>(p, block);
    Q5_0: 5, fives, |p, block| centred::<L>(p, block, 16.0);
    Q5_1: 5, fives, |p, block| with_minimum::<L>(p, block);
    Q8_0: 8, eights, |p, block| centred::<L>(p, block, 128.0);
    Q4K: 4, nibbles, |p, block| two_level::<L>(p, block);
    Q5K: 5, fives, |p, block| two_level::<L>(p, block);
    Q6K: 6, sixes, |p, block| halves::<L>(p, block);
}

/// One row of a strip as floats: the format in plain words, for embeddings and tests.
pub(super) fn row(format: Format, strip: &[u8], row: usize, out: &mut [f32]) {
    let unit = format.unit();
    for (block, out) in out.chunks_exact_mut(32).enumerate() {
        let (bytes, small) = (&strip[block / unit * format.unit_bytes()..], block % unit);
        let (quants, scales) = bytes.split_at(unit * format.block_quants());
        let half = |at: usize| half::f16::from_le_bytes([scales[at], scales[at + 1]]).to_f32();
        let q = &quants[small * format.block_quants()..];
        for (col, out) in out.iter_mut().enumerate() {
            let (j, k) = (col / 4, row * 4 + col % 4);
            let nibble = || q[j % 4 * 64 + k] >> (j / 4 * 4) & 15;
            let quant = match format.bits() {
                4 => nibble(),
                5 => nibble() | (q[256 + k] >> j & 1) << 4,
                6 => nibble() | (q[256 + j / 4 * 64 + k] >> (j % 4 * 2) & 3) << 4,
                _ => q[j * 64 + k],
            };
            let (scale, base) = match format {
                Format::Q4_0 | Format::Q5_0 | Format::Q8_0 => {
                    let d = half(small * 32 + 2 * row);
                    (d, -d * (1 << (format.bits() - 1)) as f32)
                }
                Format::Q4_1 | Format::Q5_1 => {
                    (half(small * 64 + 2 * row), half(small * 64 + 32 + 2 * row))
                }
                Format::Q4K | Format::Q5K => {
                    let sub = 64 + small * 32 + row;
                    (
                        half(2 * row) * f32::from(scales[sub]),
                        -half(32 + 2 * row) * f32::from(scales[sub + 16]),
                    )
                }
                Format::Q6K => {
                    let sub = scales[32 + small * 32 + col / 16 * 16 + row] as i8;
                    let s = half(2 * row) * f32::from(sub);
                    (s, -32.0 * s)
                }
            };
            *out = scale * f32::from(quant) + base;
        }
    }
}
