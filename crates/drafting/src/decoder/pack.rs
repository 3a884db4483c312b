//! From the blocks of a GGUF file to the packed strips of the kernels.

use crate::kernels::Format;

/// One block of 32 columns as the file has it: quants from 0 up, and its scales.
struct Block {
    quants: [u8; 32],
}

/// Packs sixteen rows. `rows` holds their file blocks, row after row; missing
/// rows are left out and stay zero. `out` is one strip, zeroed.
///
/// # Panics
/// When the lengths do not agree with the format.
pub(crate) fn strip(format: Format, cols: usize, rows: &[u8], out: &mut [u8]) {
    let (block_cols, block_bytes) = format.file_block();
    let row_bytes = cols / block_cols * block_bytes;
    assert!(out.len() == format.strip_bytes(cols) && rows.len() <= 16 * row_bytes);
    let (quants, scales) = (format.block_quants(), format.scale_bytes());
    // Blocks of 32 columns in a block of the file, and blocks of the file in a unit.
    let smalls = block_cols / 32;
    let together = format.unit() / smalls;
    for (r, row) in rows.chunks_exact(row_bytes).enumerate() {
        for (b, block) in row.chunks_exact(block_bytes).enumerate() {
            let unit = &mut out[b / together * format.unit_bytes()..];
            let place = b % together;
            let at = format.unit() * quants + place * scales;
            put_scales(format, block, r, &mut unit[at..at + scales]);
            for small in 0..smalls {
                let at = (place * smalls + small) * quants;
                let block = read(format, block, small);
                put_quants(format.bits(), &block, r, &mut unit[at..at + quants]);
            }
        }
    }
}

/// The scales of one file block of row `r` (ggml's `block_*` structs).
fn put_scales(format: Format, block: &[u8], r: usize, to: &mut [u8]) {
    let mut half = |at: usize, from: usize| {
        to[at + 2 * r..at + 2 * r + 2].copy_from_slice(&block[from..from + 2]);
    };
    match format {
        Format::Q4_0 | Format::Q5_0 | Format::Q8_0 => half(0, 0),
        Format::Q4_1 | Format::Q5_1 => {
            half(0, 0);
            half(32, 2);
        }
        Format::Q4K | Format::Q5K => {
            half(0, 0);
            half(32, 2);
            for small in 0..8 {
                let (scale, min) = scale_and_min(small, &block[4..16]);
                to[64 + 32 * small + r] = scale;
                to[64 + 32 * small + 16 + r] = min;
            }
        }
        Format::Q6K => {
            half(0, 208);
            for i in 0..16 {
                to[32 + 16 * i + r] = block[192 + i];
            }
        }
    }
}

/// Six bits of scale and of minimum out of twelve bytes for eight blocks (ggml's `get_scale_min_k4`).
fn scale_and_min(j: usize, packed: &[u8]) -> (u8, u8) {
    if j < 4 {
        (packed[j] & 63, packed[j + 4] & 63)
    } else {
        (
            (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4,
            (packed[j + 4] >> 4) | (packed[j] >> 6) << 4,
        )
    }
}

/// The quants of 32 columns of a file block.
fn read(format: Format, block: &[u8], small: usize) -> Block {
    let mut quants = [0u8; 32];
    match format {
        Format::Q4_0 | Format::Q4_1 => {
            let q = &block[block.len() - 16..];
            for j in 0..16 {
                quants[j] = q[j] & 15;
                quants[j + 16] = q[j] >> 4;
            }
        }
        Format::Q5_0 | Format::Q5_1 => {
            let (head, q) = block.split_at(block.len() - 16);
            let high = &head[head.len() - 4..];
            let high = u32::from_le_bytes([high[0], high[1], high[2], high[3]]);
            for j in 0..16 {
                quants[j] = (q[j] & 15) | ((high >> j & 1) << 4) as u8;
                quants[j + 16] = (q[j] >> 4) | ((high >> (j + 16) & 1) << 4) as u8;
            }
        }
        Format::Q8_0 => {
            for (to, q) in quants.iter_mut().zip(&block[2..]) {
                *to = q ^ 128;
            }
        }
        Format::Q4K | Format::Q5K => {
            let q = &block[block.len() - 128 + small / 2 * 32..];
            for l in 0..32 {
                quants[l] = q[l] >> (small % 2 * 4) & 15;
                if format == Format::Q5K {
                    quants[l] |= (block[16 + l] >> small & 1) << 4;
                }
            }
        }
        Format::Q6K => {
            // Halves of 128 columns: 64 bytes of low bits and 32 of high bits each.
            let (n, quarter) = (small / 4, small % 4);
            for l in 0..32 {
                let low = block[64 * n + 32 * (quarter % 2) + l] >> (quarter / 2 * 4) & 15;
                let high = block[128 + 32 * n + l] >> (2 * quarter) & 3;
                quants[l] = low | high << 4;
            }
        }
    }
    Block { quants }
}

/// Puts 32 quants of row `r` into their vectors.
fn put_quants(bits: usize, block: &Block, r: usize, to: &mut [u8]) {
    for (col, q) in block.quants.iter().enumerate() {
        let (j, k) = (col / 4, r * 4 + col % 4);
        if bits == 8 {
            to[j * 64 + k] = *q;
            continue;
        }
        to[j % 4 * 64 + k] |= (q & 15) << (j / 4 * 4);
        match bits {
            5 => to[256 + k] |= (q >> 4) << j,
            6 => to[256 + j / 4 * 64 + k] |= (q >> 4) << (j % 4 * 2),
            _ => {}
        }
    }
}
