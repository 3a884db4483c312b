//! From a tier at run time to the kernel that was compiled for it.

use super::activations::{self, Source};
use super::ahead::Ahead;
#[cfg(target_arch = "aarch64")]
use super::neon;
use super::product::{self, FEW, Place, Rows, Strip};
use super::{Format, STRIP, Tier, attention, format, lanes, peak, portable, rope};
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

/// Makes `$name(tier, …)` from a generic kernel: one compiled copy for each tier.
macro_rules! by_tier {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $kernel:ident;)*) => { $(
        $(#[$doc])*
        ///
        /// # Safety
        /// That of the kernel.
        #[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
        pub(super) unsafe fn $name(tier: Tier, $($arg: $type),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni")]
            #[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
            unsafe fn avx512($($arg: $type),*) $(-> $out)? {
                // SAFETY: the caller's.
                unsafe { $kernel::<avx512::Avx512>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c,avxvnni")]
            #[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
            unsafe fn avx_vnni($($arg: $type),*) $(-> $out)? {
                // SAFETY: the caller's.
                unsafe { $kernel::<avx2::AvxVnni>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            #[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
            unsafe fn avx2($($arg: $type),*) $(-> $out)? {
                // SAFETY: the caller's.
                unsafe { $kernel::<avx2::Avx2>($($arg),*) }
            }
            #[cfg(target_arch = "aarch64")]
            #[target_feature(enable = "neon,dotprod")]
            #[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
            unsafe fn neon($($arg: $type),*) $(-> $out)? {
                // SAFETY: the caller's.
                unsafe { $kernel::<neon::Neon>($($arg),*) }
            }
            // SAFETY: a tier is only ever one that `Tier::here` has found.
            unsafe {
                match tier {
                    #[cfg(target_arch = "x86_64")]
                    Tier::Avx512 => avx512($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    Tier::AvxVnni => avx_vnni($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    Tier::Avx2 => avx2($($arg),*),
                    #[cfg(target_arch = "aarch64")]
                    Tier::Neon => neon($($arg),*),
                    _ => $kernel::<portable::Portable>($($arg),*),
                }
            }
        }
    )* };
}

by_tier! {
    /// Queries and keys of one token turned, keys and values kept.
    fn turn_by_tier(job: rope::Job) = turn_row;
    /// Some strips for few rows.
    fn few_by_tier(format: Format, strip: Strip, rows: Rows, out: *mut f32, pitch: usize, add: bool) = few_strip;
    /// One or two strips for many rows.
    fn many_by_tier(format: Format, strips: &[Strip], next: Ahead, rows: Rows, out: *mut f32, pitch: usize, add: bool, room: &mut TileRoom) = many_strips;
    /// One row of activations.
    fn quantise_by_tier(source: Source, cols: usize, x: *mut i8, notes: *mut f32, row: usize, rows: usize, group: usize) = quantise_row;
    /// Gates and what they let through.
    fn gate_by_tier(a: Place, b: Place, out: Place, rows: usize, cols: usize) = gate_rows;
    /// One over the root mean square.
    fn inverse_rms_by_tier(x: *const f32, cols: usize, eps: f32) -> f32 = inverse_rms_row;
    /// As many products as there can be.
    fn multiply_by_tier(rounds: usize) -> i32 = multiply_rounds;
    /// As much from memory as there can be.
    fn read_by_tier(bytes: &[u8]) -> i32 = read_bytes;
    /// One task of attention.
    fn attend_by_tier(q: *const f32, out: *mut f32, pitches: (usize, usize), shape: (usize, usize, usize), skip: usize, cached: &[attention::Cached], room: &mut attention::Room) = attend_task;
}

#[inline(always)]
unsafe fn few_strip<L: lanes::Lanes>(
    format: Format,
    strip: Strip,
    rows: Rows,
    out: *mut f32,
    pitch: usize,
    add: bool,
) {
    #[inline(always)]
    unsafe fn all<L: lanes::Lanes, F: format::Packed>(args: (Strip, Rows, *mut f32, usize, bool)) {
        if args.1.group == 32 {
            grouped::<L, F, 32>(args);
        } else {
            grouped::<L, F, 128>(args);
        }
    }
    #[inline(always)]
    unsafe fn grouped<L: lanes::Lanes, F: format::Packed, const G: usize>(
        (strip, rows, out, pitch, add): (Strip, Rows, *mut f32, usize, bool),
    ) {
        let mut first = rows.first;
        while first < rows.end {
            let o = out.add(first * pitch);
            macro_rules! take {
                ($t:expr) => {{
                    product::few::<L, F, G, { $t }>(strip, rows, first, o, pitch, add);
                    $t
                }};
            }
            first += match (rows.end - first).min(L::ROWS) {
                FEW.. => take!(FEW),
                12.. => take!(12),
                8.. => take!(8),
                4.. => take!(4),
                2.. => take!(2),
                _ => take!(1),
            };
        }
    }
    with_format!(format, all, L, ((strip, rows, out, pitch, add)));
}

/// Room for one tile.
#[derive(Default)]
pub(super) struct TileRoom {
    bytes: Vec<u8>,
    scales: Vec<f32>,
    /// Sums of the columns so far.
    sums: Vec<f32>,
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
unsafe fn many_strips<L: lanes::Lanes>(
    format: Format,
    strips: &[Strip],
    next: Ahead,
    rows: Rows,
    out: *mut f32,
    pitch: usize,
    add: bool,
    room: &mut TileRoom,
) {
    let shorts = match format.keeps_quants(L::SHORTS, rows.group) && L::SHORTS {
        true => lanes::short_fours(format.most()),
        false => 0,
    };
    macro_rules! grouped {
        ($g:literal, $b:literal, $short:literal) => {
            many_grouped::<L, $g, $b, $short>(format, strips, next, rows, out, pitch, add, room)
        };
    }
    match (rows.group, shorts) {
        (32, 8) => grouped!(32, 32, 8),
        (32, 4) => grouped!(32, 32, 4),
        (32, _) => grouped!(32, 32, 0),
        (_, 8) => grouped!(128, 32, 8),
        (_, 4) => grouped!(128, 32, 4),
        _ => grouped!(128, 128, 0),
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "what the kernel takes")]
unsafe fn many_grouped<L: lanes::Lanes, const G: usize, const B: usize, const SHORT: usize>(
    format: Format,
    strips: &[Strip],
    next: Ahead,
    rows: Rows,
    out: *mut f32,
    pitch: usize,
    add: bool,
    room: &mut TileRoom,
) {
    #[inline(always)]
    unsafe fn one<L: lanes::Lanes, F: format::Packed>(
        (strip, bytes, scales, place, strips, group): (
            Strip,
            *mut u8,
            *mut f32,
            usize,
            usize,
            usize,
        ),
    ) {
        if group == 32 {
            product::tile::<L, F, 32>(strip, bytes, scales, place, strips);
        } else {
            product::tile::<L, F, 128>(strip, bytes, scales, place, strips);
        }
    }
    let groups = (strips[0].blocks * 32).div_ceil(B);
    room.sums.resize(rows.end * STRIP * L::TILE_STRIPS, 0.0);
    let tiles = strips.len().div_ceil(L::TILE_STRIPS);
    let mut next = next.over(tiles * product::passes::<L>(groups * B, rows.end - rows.first));
    for (part, strips) in strips.chunks(L::TILE_STRIPS).enumerate() {
        let n = strips.len();
        room.bytes.resize(groups * B * STRIP * n, 0);
        room.scales.resize(2 * groups * STRIP * n, 0.0);
        let (bytes, scales) = (room.bytes.as_mut_ptr(), room.scales.as_mut_ptr());
        for (place, strip) in strips.iter().enumerate() {
            with_format!(format, one, L, ((*strip, bytes, scales, place, n, B)));
        }
        let tile = (bytes.cast_const(), scales.cast_const());
        let out = Place {
            at: out.add(part * L::TILE_STRIPS * STRIP),
            pitch,
        };
        let sums = room.sums.as_mut_ptr();
        match n {
            2 => product::many::<L, G, B, SHORT, 2>(tile, groups, rows, out, add, sums, &mut next),
            _ => product::many::<L, G, B, SHORT, 1>(tile, groups, rows, out, add, sums, &mut next),
        }
    }
}

#[inline(always)]
unsafe fn quantise_row<L: lanes::Lanes>(
    source: Source,
    cols: usize,
    x: *mut i8,
    notes: *mut f32,
    row: usize,
    rows: usize,
    group: usize,
) {
    if group == 32 {
        activations::quantise::<L, 32>(source, cols, x, notes, row, rows);
    } else {
        activations::quantise::<L, 128>(source, cols, x, notes, row, rows);
    }
}

#[inline(always)]
unsafe fn gate_rows<L: lanes::Lanes>(a: Place, b: Place, out: Place, rows: usize, cols: usize) {
    activations::gate::<L>(a, b, out, rows, cols);
}

#[inline(always)]
unsafe fn inverse_rms_row<L: lanes::Lanes>(x: *const f32, cols: usize, eps: f32) -> f32 {
    activations::inverse_rms::<L>(x, cols, eps)
}

#[inline(always)]
unsafe fn attend_task<L: lanes::Lanes>(
    q: *const f32,
    out: *mut f32,
    pitches: (usize, usize),
    shape: (usize, usize, usize),
    skip: usize,
    cached: &[attention::Cached],
    room: &mut attention::Room,
) {
    attention::attend::<L>(q, out, pitches, shape, skip, cached, room);
}

#[inline(always)]
unsafe fn turn_row<L: lanes::Lanes>(job: rope::Job) {
    rope::turn::<L>(job);
}

#[inline(always)]
unsafe fn multiply_rounds<L: lanes::Lanes>(rounds: usize) -> i32 {
    peak::multiply::<L>(rounds)
}

#[inline(always)]
unsafe fn read_bytes<L: lanes::Lanes>(bytes: &[u8]) -> i32 {
    peak::read::<L>(bytes)
}
