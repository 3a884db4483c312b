//! The packed weights of a model, in a file beside it.
//!
//! Packing takes seconds and is done once. The file names the SHA-256 of the
//! model it was made from and carries hashes of its own parts, which are
//! checked whenever it is opened; a file that is stale or damaged is made anew.
//! Layout: [`MAGIC`], the length of the index as 64 bits, the index as JSON,
//! then tensors, each at a multiple of 64 bytes.

use super::pack;
use crate::ModelError;
use crate::gguf::{Header, TensorInfo};
use crate::kernels::{Format, Mapped, Matrix};
use crate::model_file::ModelFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// First bytes; the digit is the version of the layout.
const MAGIC: &[u8; 16] = b"countersign-pk-3";
/// Bytes that are hashed together, so that several threads can take part.
const PIECE: usize = 16 << 20;
/// Longest index.
const INDEX: u64 = 16 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Index {
    /// SHA-256 of the model file, in hex.
    model: String,
    /// SHA-256 of the model file's header, in hex: what a start reads of it.
    header: String,
    /// BLAKE3 of each piece of the data, in hex.
    pieces: Vec<String>,
    /// BLAKE3 of the tensors below as JSON, in hex.
    table: String,
    /// Bytes of the data.
    bytes: usize,
    tensors: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    dims: Vec<usize>,
    dtype: u32,
    at: usize,
}

/// Age after which a half-written file is nobody's any more.
const STALE: Duration = Duration::from_secs(3600);

/// A new file beside `path`, to be given its name once it is whole. What a
/// killed drafter left half-written is removed first.
pub(crate) fn begin(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut start = path.file_name().unwrap_or_default().to_owned();
    start.push(".part-");
    for entry in std::fs::read_dir(folder)?.flatten() {
        let ours = entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(start.as_encoded_bytes());
        let age = entry.metadata().and_then(|m| m.modified());
        if ours && age.is_ok_and(|t| t.elapsed().is_ok_and(|age| age > STALE)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    tempfile::Builder::new().prefix(&start).tempfile_in(folder)
}

/// Packed tensors by name.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Arc<Mapped>,
    data: usize,
    tensors: BTreeMap<String, Entry>,
}

/// Where the packed file of a model lies.
pub fn path_for(model: &Path) -> PathBuf {
    made_folder(model).join("packed")
}

/// The folder for what is made from a model: its own, so that a drafter can be let write there and nowhere else.
pub(crate) fn made_folder(model: &Path) -> PathBuf {
    let mut name = model.as_os_str().to_owned();
    name.push(".made");
    PathBuf::from(name)
}

impl Packed {
    /// Opens the packed file of a model whose whole file need not be read then, checking it on some threads.
    ///
    /// # Errors
    /// In words for the log, why the file is not used: it is not there, belongs to another model, or is damaged.
    pub(crate) fn open(
        path: &Path,
        model: &str,
        header: &str,
        threads: usize,
    ) -> Result<Self, String> {
        let mut file = File::open(path).map_err(|e| e.to_string())?;
        let mut magic = [0; 16];
        let mut len = [0; 8];
        file.read_exact(&mut magic)
            .and_then(|()| file.read_exact(&mut len))
            .map_err(|e| e.to_string())?;
        let len = u64::from_le_bytes(len);
        if &magic != MAGIC || len > INDEX {
            return Err("it is not a packed file of this version".into());
        }
        let mut index = vec![0; len as usize];
        file.read_exact(&mut index).map_err(|e| e.to_string())?;
        let index: Index = serde_json::from_slice(&index).map_err(|e| e.to_string())?;
        if !index.model.eq_ignore_ascii_case(model) || index.header != header {
            return Err("it was made from another model".into());
        }
        if table_hash(&index.tensors).map_err(|e| e.to_string())? != index.table {
            return Err("its index has changed".into());
        }
        let bytes = Mapped::file(&file).map_err(|e| e.to_string())?;
        let data = data_start(len as usize);
        let Some(body) = bytes.get(data..).filter(|b| b.len() == index.bytes) else {
            return Err("it is cut off".into());
        };
        if hashes(body, threads) != index.pieces {
            return Err("its bytes have changed".into());
        }
        Ok(Self {
            bytes: Arc::new(bytes),
            data,
            tensors: index.tensors,
        })
    }

    /// Packs a verified model on some threads, and writes it to `path` where that can be done.
    ///
    /// # Errors
    /// The model file's. A packed file that cannot be written is a word in the log.
    pub(crate) fn make(
        model: &mut ModelFile,
        header: String,
        path: Option<&Path>,
        threads: usize,
    ) -> Result<Self, ModelError> {
        let start = model.header.data_start;
        let mut tensors = BTreeMap::new();
        let mut at = 0usize;
        let mut plan = Vec::new();
        for t in &model.header.tensors {
            let dims: Vec<usize> = t.dims.iter().map(|d| *d as usize).collect();
            let size = packed_size(t, &dims).ok_or_else(|| {
                ModelError::Malformed(format!("the tensor {} has no sound shape", t.name))
            })?;
            tensors.insert(
                t.name.clone(),
                Entry {
                    dims,
                    dtype: t.dtype,
                    at,
                },
            );
            plan.push((t.clone(), at, size));
            at += size.next_multiple_of(64);
        }
        let mut bytes = Mapped::zeros(at);
        let body = &mut bytes.fill()[..at];
        for (t, at, size) in plan {
            let mut raw = vec![0; t.bytes as usize];
            model.file.seek(SeekFrom::Start(start + t.offset))?;
            model.file.read_exact(&mut raw)?;
            fill(&t, &raw, &mut body[at..at + size], threads);
        }
        if let Some(path) = path {
            let index = Index {
                model: model.sha256.clone(),
                header,
                pieces: hashes(body, threads),
                bytes: body.len(),
                table: table_hash(&tensors).map_err(std::io::Error::from)?,
                tensors: tensors.clone(),
            };
            match write(path, &index, body) {
                Ok(()) => {
                    // The file instead of the copy: its pages can be let go.
                    if let Ok(packed) = Self::open(path, &index.model, &index.header, threads) {
                        return Ok(packed);
                    }
                }
                Err(e) => tracing::warn!(error = %e, "packed weights could not be kept"),
            }
        }
        Ok(Self {
            bytes: Arc::new(bytes),
            data: 0,
            tensors,
        })
    }

    /// Whether there is a tensor of a name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// A matrix with the given shape.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] when it is missing or has another shape.
    pub(crate) fn matrix(
        &self,
        name: &str,
        rows: usize,
        cols: usize,
    ) -> Result<Matrix, ModelError> {
        self.tensors
            .get(name)
            .filter(|e| e.dims == [cols, rows])
            .and_then(|e| {
                let format = Format::of_ggml(e.dtype)?;
                Matrix::new(
                    format,
                    rows,
                    cols,
                    Arc::clone(&self.bytes),
                    self.data.checked_add(e.at)?,
                )
            })
            .ok_or_else(|| {
                ModelError::Malformed(format!(
                    "the tensor {name} is not there as {rows} by {cols}"
                ))
            })
    }

    /// A vector of floats; `None` when there is none of that name.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] when it has another length or type.
    pub(crate) fn vector(&self, name: &str, len: usize) -> Result<Option<Vec<f32>>, ModelError> {
        let Some(e) = self.tensors.get(name) else {
            return Ok(None);
        };
        let from = self.data.saturating_add(e.at);
        self.bytes
            .get(from..from.saturating_add(4 * len))
            .filter(|_| e.dtype == 0 && e.dims == [len])
            .map(|b| {
                let floats = b.chunks_exact(4);
                Some(
                    floats
                        .map(|f| f32::from_le_bytes([f[0], f[1], f[2], f[3]]))
                        .collect(),
                )
            })
            .ok_or_else(|| ModelError::Malformed(format!("the tensor {name} has not {len} floats")))
    }
}

/// Whether every tensor has a type that can be packed.
pub(crate) fn packable(header: &Header) -> bool {
    header.tensors.iter().all(|t| match t.dims.len() {
        1 => t.dtype == 0,
        2 => Format::of_ggml(t.dtype).is_some_and(|f| {
            t.dims[0].is_multiple_of(f.file_block().0 as u64) && t.dims[1].is_multiple_of(16)
        }),
        _ => false,
    })
}

fn packed_size(t: &TensorInfo, dims: &[usize]) -> Option<usize> {
    match dims {
        [_] => usize::try_from(t.bytes).ok(),
        [cols, rows] => Matrix::size(Format::of_ggml(t.dtype)?, *rows, *cols),
        _ => None,
    }
}

/// Packs one tensor, a share of its strips on each thread.
fn fill(t: &TensorInfo, raw: &[u8], out: &mut [u8], threads: usize) {
    let (Some(format), [cols, _]) = (Format::of_ggml(t.dtype), t.dims.as_slice()) else {
        out.copy_from_slice(raw);
        return;
    };
    let cols = *cols as usize;
    let (block_cols, block_bytes) = format.file_block();
    let from = 16 * (cols / block_cols * block_bytes);
    let to = format.strip_bytes(cols);
    let share = (out.len() / to).div_ceil(threads.max(1)).max(1);
    std::thread::scope(|s| {
        for (raw, out) in raw.chunks(share * from).zip(out.chunks_mut(share * to)) {
            s.spawn(move || {
                for (raw, out) in raw.chunks(from).zip(out.chunks_exact_mut(to)) {
                    pack::strip(format, cols, raw, out);
                }
            });
        }
    });
}

fn table_hash(tensors: &BTreeMap<String, Entry>) -> serde_json::Result<String> {
    let json = serde_json::to_vec(tensors)?;
    Ok(blake3::hash(&json).to_hex().to_string())
}

fn data_start(index: usize) -> usize {
    (MAGIC.len() + 8 + index).next_multiple_of(4096)
}

/// BLAKE3 of each piece, a share of them on each thread.
fn hashes(body: &[u8], threads: usize) -> Vec<String> {
    let pieces: Vec<&[u8]> = body.chunks(PIECE).collect();
    let share = pieces.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|s| {
        let parts: Vec<_> = pieces
            .chunks(share)
            .map(|part| {
                s.spawn(move || {
                    part.iter()
                        .map(|p| blake3::hash(p).to_hex().to_string())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|p| p.join().unwrap_or_default())
            .collect()
    })
}

/// Writes under another name and moves it into place whole.
fn write(path: &Path, index: &Index, body: &[u8]) -> std::io::Result<()> {
    let json = serde_json::to_vec(index)?;
    let mut file = begin(path)?;
    file.write_all(MAGIC)?;
    file.write_all(&(json.len() as u64).to_le_bytes())?;
    file.write_all(&json)?;
    let pad = data_start(json.len()) - MAGIC.len() - 8 - json.len();
    file.write_all(&vec![0; pad])?;
    file.write_all(body)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
