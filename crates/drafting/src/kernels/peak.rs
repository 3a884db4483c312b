//! What the processor and its memory can do at most, for judging how near the kernels come.

use super::lanes::Lanes;

/// Sums that do not wait for each other: enough to hide how long one product takes.
const SUMS: usize = 12;
/// Products of 8-bit numbers in one round.
pub(super) const PRODUCTS: usize = SUMS * 64;

/// `rounds` rounds of 8-bit products out of registers; gives a number that depends on them all.
///
/// # Safety
/// The tier's.
#[inline(always)]
pub(super) unsafe fn multiply<L: Lanes>(rounds: usize) -> i32 {
    let mut sums = [L::zeros(); SUMS];
    // Numbers that cannot be known beforehand.
    let (w, x) = (
        std::hint::black_box([3u8; 64]),
        std::hint::black_box([1, -2, 3, -4]),
    );
    let (w, x) = (L::load_bytes(w.as_ptr()), L::splat_bytes(x.as_ptr()));
    for _ in 0..rounds {
        for sum in 0..SUMS {
            sums[sum] = L::dot_low(sums[sum], w, x);
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
