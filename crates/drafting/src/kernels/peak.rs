//! What the processor and its memory can do at most, for judging how near the kernels come.

use super::lanes::Lanes;

/// Products of 64 bytes each in one round.
const DOTS: usize = 12;
/// Products of 8-bit numbers in one round.
pub(super) const PRODUCTS: usize = DOTS * 64;

/// `rounds` rounds of 8-bit products with weights out of the first cache; gives a number that depends on them all.
///
/// # Safety
/// The tier's.
#[inline(always)]
pub(super) unsafe fn multiply<L: Lanes>(rounds: usize) -> i32 {
    let mut sums = [L::zeros(); DOTS];
    let w = [3u8; PRODUCTS];
    let x = L::splat_bytes(std::hint::black_box([1, -2, 3, -4]).as_ptr());
    for _ in 0..rounds {
        // Numbers that cannot be known beforehand, and are others for each sum and round: else a product is made once.
        let w = std::hint::black_box(w.as_ptr());
        for product in 0..DOTS {
            // As many sums as the tier's kernels have. That short ones have to be made whole now and then is left out.
            let sum = &mut sums[product % L::TILE_ROWS];
            *sum = L::dot_short(*sum, L::load_bytes(w.add(64 * product)), x);
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
