//! What the processor and its memory can do at most, for judging how near the kernels come.

use super::lanes::Lanes;

/// Products of 64 bytes each in one round.
const DOTS: usize = 12;
/// Products of 8-bit numbers in one round.
pub(super) const PRODUCTS: usize = DOTS * 64;

/// `rounds` rounds of 8-bit products; gives a number that depends on them all.
///
/// # Safety
/// The tier's.
#[inline(always)]
pub(super) unsafe fn multiply<L: Lanes>(rounds: usize) -> i32 {
    let mut sums = [L::zeros(); DOTS];
    // Numbers that cannot be known beforehand.
    let all = std::hint::black_box([3u8; PRODUCTS]);
    let x = L::splat_bytes(std::hint::black_box([1, -2, 3, -4]).as_ptr());
    let mut w = L::load_bytes(all.as_ptr());
    for _ in 0..rounds {
        let from = match L::SHORTS {
            // A product and its sum are two steps, the first of which would be taken once for all rounds and sums, if the
            // numbers were the same. There are not as many registers: they come from the first cache.
            true => std::hint::black_box(all.as_ptr()),
            false => std::ptr::null(),
        };
        for product in 0..DOTS {
            if L::SHORTS {
                w = L::load_bytes(from.add(64 * product));
            }
            // As many sums as there are registers for. That short ones have to be made whole now and then is left out.
            let sum = &mut sums[if L::SHORTS {
                product % L::TILE_ROWS
            } else {
                product
            }];
            *sum = L::dot_short(*sum, w, x);
        }
    }
    sums.iter()
        .map(|s| L::sum_ints(*s))
        .fold(0, i32::wrapping_add)
}

/// Reads every line of `bytes` once; gives a number that depends on them all.
///
/// # Safety
/// The tier's.
#[inline(always)]
pub(super) unsafe fn read<L: Lanes>(bytes: &[u8]) -> i32 {
    let ones = L::splat_bytes([1; 4].as_ptr());
    let mut sums = [L::zeros(); 4];
    for four in bytes.as_chunks::<256>().0 {
        for sum in 0..4 {
            let v = L::load_bytes(four.as_ptr().add(64 * sum));
            sums[sum] = L::dot(sums[sum], v, ones);
        }
    }
    sums.iter()
        .map(|s| L::sum_ints(*s))
        .fold(0, i32::wrapping_add)
}
