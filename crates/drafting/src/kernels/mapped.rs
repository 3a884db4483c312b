//! Bytes of a file in memory, or bytes that were made.

use std::fs::File;
use std::ops::Deref;

/// Bytes that weights are read from.
#[derive(Debug)]
pub enum Mapped {
    /// A file as the system maps it: loaded page by page, and shared.
    File(memmap2::Mmap),
    /// Memory of this process.
    Own(Vec<u64>),
}

impl Mapped {
    /// Maps an open file for reading.
    ///
    /// # Errors
    /// The system's.
    pub fn file(file: &File) -> std::io::Result<Self> {
        // SAFETY: the map is only read. Another program that changes the file
        // could change weights under the kernels, which read any bit pattern
        // within the bounds of the map; one that shortens it ends this process
        // with a bus error, and the drafter is started again. Packed files are
        // written under another name and never in place.
        let map = unsafe { memmap2::Mmap::map(file)? };
        // Read and mapped in pages of 2 MB, where the file system can: every token goes through all of it. Asking for it
        // beforehand (`WillNeed`) would read it in small ones.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        #[cfg(all(unix, not(target_os = "linux")))]
        let _ = map.advise(memmap2::Advice::WillNeed);
        Ok(Self::File(map))
    }

    /// Room of `len` zeros, aligned to 8 bytes.
    pub fn zeros(len: usize) -> Self {
        Self::Own(vec![0; len.div_ceil(8)])
    }

    /// The bytes, to be filled; empty for a mapped file.
    pub fn fill(&mut self) -> &mut [u8] {
        match self {
            Self::File(_) => &mut [],
            // SAFETY: any bytes are sound words, and bytes need no alignment.
            Self::Own(v) => unsafe {
                std::slice::from_raw_parts_mut(v.as_mut_ptr().cast(), v.len() * 8)
            },
        }
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::File(map) => map,
            // SAFETY: words are sound as bytes.
            Self::Own(v) => unsafe { std::slice::from_raw_parts(v.as_ptr().cast(), v.len() * 8) },
        }
    }
}
