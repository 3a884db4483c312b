//! Preflight of a GGUF file: everything the header claims is checked against
//! limits and against the file's length before the engine reads it.
//!
//! Format: GGUF specification, versions 2 and 3 (ggml project, `docs/gguf.md`).

use crate::ModelError;
use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

/// Most tensors a file may have.
pub const MAX_TENSORS: u64 = 4_096;
/// Most metadata keys a file may have.
pub const MAX_KEYS: u64 = 512;
/// Longest string, in bytes.
pub const MAX_STRING: u64 = 1 << 20;
/// Longest array, in elements.
pub const MAX_ARRAY: u64 = 1_000_000;
/// Longest header; those of vocabularies with 260,000 tokens take some 16 MB.
const MAX_HEADER: u64 = 128 << 20;

/// A metadata value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any unsigned integer.
    Unsigned(u64),
    /// Any signed integer.
    Signed(i64),
    /// Any float.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(String),
    /// An array of strings.
    Texts(Vec<String>),
    /// An array of numbers or booleans, as floats.
    Numbers(Vec<f64>),
}

/// A tensor as the header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Name.
    pub name: String,
    /// Dimensions, fastest first (as in the file).
    pub dims: Vec<u64>,
    /// ggml type number.
    pub dtype: u32,
    /// Offset into the data section, in bytes.
    pub offset: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// A checked header.
#[derive(Debug, Clone)]
pub struct Header {
    /// Format version, 2 or 3.
    pub version: u32,
    /// Metadata by key.
    pub metadata: BTreeMap<String, Value>,
    /// Tensors in file order.
    pub tensors: Vec<TensorInfo>,
    /// Length of the file in bytes.
    pub file_len: u64,
    /// Where the tensors' data begins, in bytes.
    pub data_start: u64,
}

/// ggml types the engine can hold: number, name, elements a block, bytes a block.
const DTYPES: &[(u32, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (30, "BF16", 1, 2),
];

/// Name of a ggml type, if the engine can hold it.
pub fn dtype_name(dtype: u32) -> Option<&'static str> {
    DTYPES.iter().find(|d| d.0 == dtype).map(|d| d.1)
}

impl Header {
    /// Reads and checks the header of an open file; leaves the position anywhere.
    ///
    /// # Errors
    /// [`ModelError::Truncated`] when the file ends before what the header
    /// claims, [`ModelError::Malformed`] when the format or a limit is broken.
    pub fn read(file: &mut (impl Read + Seek)) -> Result<Self, ModelError> {
        let file_len = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut r = Reader {
            inner: std::io::BufReader::with_capacity(1 << 16, file),
            at: 0,
        };
        if r.bytes::<4>()? != *b"GGUF" {
            return Err(malformed("it does not begin with GGUF"));
        }
        let version = r.u32()?;
        if !(2..=3).contains(&version) {
            return Err(malformed(format!("version {version} is not 2 or 3")));
        }
        let tensor_count = r.limited("tensors", MAX_TENSORS)?;
        let key_count = r.limited("metadata keys", MAX_KEYS)?;

        let mut metadata = BTreeMap::new();
        for _ in 0..key_count {
            let key = r.string()?;
            let kind = r.u32()?;
            let value = r.value(kind)?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(malformed(format!("the key {} is there twice", shown(&key))));
            }
        }
        let alignment = match metadata.get("general.alignment") {
            None => 32,
            Some(Value::Unsigned(a)) if a.is_power_of_two() && (32..=4096).contains(a) => *a,
            Some(_) => {
                return Err(malformed(
                    "general.alignment is not a power of two from 32 to 4096",
                ));
            }
        };

        let mut tensors = Vec::new();
        let mut names = HashSet::new();
        for _ in 0..tensor_count {
            let tensor = r.tensor()?;
            if !names.insert(tensor.name.clone()) {
                return Err(malformed(format!(
                    "the tensor {} is there twice",
                    shown(&tensor.name)
                )));
            }
            if tensor.offset % alignment != 0 {
                return Err(malformed(format!(
                    "the tensor {} is not aligned",
                    shown(&tensor.name)
                )));
            }
            tensors.push(tensor);
        }
        let data_start =
            r.at.checked_next_multiple_of(alignment)
                .ok_or_else(|| malformed("the header is too long"))?;
        check_layout(&tensors, data_start, file_len)?;
        Ok(Self {
            version,
            metadata,
            tensors,
            file_len,
            data_start,
        })
    }

    /// A string of the metadata.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key)? {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }

    /// A whole number of the metadata that is not negative.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.metadata.get(key)? {
            Value::Unsigned(n) => Some(*n),
            Value::Signed(n) => u64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// A float of the metadata.
    pub fn float(&self, key: &str) -> Option<f64> {
        match self.metadata.get(key)? {
            Value::Float(n) => Some(*n),
            _ => None,
        }
    }

    /// A boolean of the metadata.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.metadata.get(key)? {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// An array of strings.
    pub fn texts(&self, key: &str) -> Option<&[String]> {
        match self.metadata.get(key)? {
            Value::Texts(v) => Some(v),
            _ => None,
        }
    }

    /// An array of numbers.
    pub fn numbers(&self, key: &str) -> Option<&[f64]> {
        match self.metadata.get(key)? {
            Value::Numbers(v) => Some(v),
            _ => None,
        }
    }

    /// The tensor of a name.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.iter().find(|t| t.name == name)
    }
}

/// Every tensor lies in the file and none overlaps another.
fn check_layout(tensors: &[TensorInfo], data_start: u64, file_len: u64) -> Result<(), ModelError> {
    let mut spans = Vec::with_capacity(tensors.len());
    for t in tensors {
        let end = t
            .offset
            .checked_add(t.bytes)
            .and_then(|e| e.checked_add(data_start))
            .ok_or_else(|| malformed(format!("the tensor {} ends nowhere", shown(&t.name))))?;
        if end > file_len {
            return Err(ModelError::Truncated(format!(
                "the tensor {} ends at byte {end} of {file_len}",
                shown(&t.name)
            )));
        }
        spans.push((t.offset, t.offset + t.bytes, &t.name));
    }
    spans.sort_unstable();
    for pair in spans.windows(2) {
        if let [(_, end, a), (start, _, b)] = pair
            && start < end
        {
            return Err(malformed(format!(
                "the tensors {} and {} overlap",
                shown(a),
                shown(b)
            )));
        }
    }
    Ok(())
}

fn malformed(why: impl Into<String>) -> ModelError {
    ModelError::Malformed(why.into())
}

/// A name from an untrusted file, short and printable.
fn shown(name: &str) -> String {
    let short: String = name
        .chars()
        .take(60)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    format!("“{short}”")
}

/// A reader that counts and turns an early end into [`ModelError::Truncated`].
struct Reader<R> {
    inner: R,
    at: u64,
}

impl<R: Read> Reader<R> {
    fn fill(&mut self, buf: &mut [u8]) -> Result<(), ModelError> {
        // Many strings, each within its limit, would fill the memory all the same: a file with holes costs nothing.
        if self.at + buf.len() as u64 > MAX_HEADER {
            return Err(malformed(format!(
                "its header is longer than {MAX_HEADER} bytes"
            )));
        }
        self.inner.read_exact(buf).map_err(|e| {
            if e.kind() == std::io::ErrorKind::UnexpectedEof {
                ModelError::Truncated(format!("inside the header, at byte {}", self.at))
            } else {
                ModelError::Io(e)
            }
        })?;
        self.at += buf.len() as u64;
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut buf = [0; N];
        self.fill(&mut buf)?;
        Ok(buf)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn limited(&mut self, what: &str, most: u64) -> Result<u64, ModelError> {
        let n = self.u64()?;
        if n > most {
            return Err(malformed(format!(
                "it claims {n} {what}, and {most} is the most"
            )));
        }
        Ok(n)
    }

    fn string(&mut self) -> Result<String, ModelError> {
        let len = self.limited("bytes in a string", MAX_STRING)?;
        let mut buf = vec![0; len as usize];
        self.fill(&mut buf)?;
        String::from_utf8(buf).map_err(|_| malformed("a string is not UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Result<Value, ModelError> {
        Ok(match kind {
            7 => Value::Bool(self.boolean()?),
            8 => Value::Text(self.string()?),
            9 => {
                let inner = self.u32()?;
                let len = self.limited("elements in an array", MAX_ARRAY)?;
                match inner {
                    8 => Value::Texts((0..len).map(|_| self.string()).collect::<Result<_, _>>()?),
                    9 => return Err(malformed("an array holds arrays")),
                    kind => Value::Numbers(
                        (0..len)
                            .map(|_| self.number(kind))
                            .collect::<Result<_, _>>()?,
                    ),
                }
            }
            0 | 2 | 4 | 10 => Value::Unsigned(match kind {
                0 => u64::from(self.bytes::<1>()?[0]),
                2 => u64::from(u16::from_le_bytes(self.bytes()?)),
                4 => u64::from(self.u32()?),
                _ => self.u64()?,
            }),
            1 | 3 | 5 | 11 => Value::Signed(match kind {
                1 => i64::from(i8::from_le_bytes(self.bytes()?)),
                3 => i64::from(i16::from_le_bytes(self.bytes()?)),
                5 => i64::from(i32::from_le_bytes(self.bytes()?)),
                _ => i64::from_le_bytes(self.bytes()?),
            }),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.bytes()?))),
            12 => Value::Float(f64::from_le_bytes(self.bytes()?)),
            other => return Err(malformed(format!("a value has the unknown type {other}"))),
        })
    }

    fn boolean(&mut self) -> Result<bool, ModelError> {
        match self.bytes::<1>()?[0] {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("a boolean is neither 0 nor 1")),
        }
    }

    fn number(&mut self, kind: u32) -> Result<f64, ModelError> {
        match self.value(kind)? {
            Value::Unsigned(n) => Ok(n as f64),
            Value::Signed(n) => Ok(n as f64),
            Value::Float(n) => Ok(n),
            Value::Bool(b) => Ok(f64::from(u8::from(b))),
            _ => Err(malformed("an array element is not a number")),
        }
    }

    fn tensor(&mut self) -> Result<TensorInfo, ModelError> {
        let name = self.string()?;
        let n_dims = self.u32()?;
        if !(1..=4).contains(&n_dims) {
            return Err(malformed(format!(
                "the tensor {} has {n_dims} dimensions",
                shown(&name)
            )));
        }
        let dims = (0..n_dims)
            .map(|_| self.u64())
            .collect::<Result<Vec<_>, _>>()?;
        let dtype = self.u32()?;
        let offset = self.u64()?;
        let &(_, type_name, block, block_bytes) =
            DTYPES.iter().find(|d| d.0 == dtype).ok_or_else(|| {
                malformed(format!(
                    "the tensor {} has the unknown type {dtype}",
                    shown(&name)
                ))
            })?;
        let elements = dims
            .iter()
            .try_fold(1u64, |n, d| n.checked_mul(*d))
            .filter(|n| *n > 0)
            .ok_or_else(|| {
                malformed(format!(
                    "the tensor {} has an impossible shape",
                    shown(&name)
                ))
            })?;
        if dims[0] % block != 0 {
            return Err(malformed(format!(
                "the rows of the tensor {} are not whole {type_name} blocks",
                shown(&name)
            )));
        }
        let bytes = (elements / block)
            .checked_mul(block_bytes)
            .ok_or_else(|| malformed(format!("the tensor {} is impossibly large", shown(&name))))?;
        Ok(TensorInfo {
            name,
            dims,
            dtype,
            offset,
            bytes,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Cursor;

    /// Writes small GGUF files, sound or broken at will.
    #[derive(Default)]
    pub(crate) struct Builder {
        keys: Vec<u8>,
        key_count: u64,
        tensors: Vec<u8>,
        tensor_count: u64,
        data: Vec<u8>,
    }

    impl Builder {
        fn put_string(to: &mut Vec<u8>, s: &str) {
            to.extend((s.len() as u64).to_le_bytes());
            to.extend(s.as_bytes());
        }

        pub(crate) fn key(mut self, key: &str, kind: u32, bytes: &[u8]) -> Self {
            Self::put_string(&mut self.keys, key);
            self.keys.extend(kind.to_le_bytes());
            self.keys.extend(bytes);
            self.key_count += 1;
            self
        }

        pub(crate) fn text(self, key: &str, value: &str) -> Self {
            let mut bytes = Vec::new();
            Self::put_string(&mut bytes, value);
            self.key(key, 8, &bytes)
        }

        pub(crate) fn tensor(mut self, name: &str, dims: &[u64], dtype: u32, offset: u64) -> Self {
            Self::put_string(&mut self.tensors, name);
            self.tensors.extend((dims.len() as u32).to_le_bytes());
            for d in dims {
                self.tensors.extend(d.to_le_bytes());
            }
            self.tensors.extend(dtype.to_le_bytes());
            self.tensors.extend(offset.to_le_bytes());
            self.tensor_count += 1;
            self
        }

        pub(crate) fn data(mut self, len: usize) -> Self {
            self.data = vec![0; len];
            self
        }

        pub(crate) fn build(self) -> Vec<u8> {
            let mut out = b"GGUF".to_vec();
            out.extend(3u32.to_le_bytes());
            out.extend(self.tensor_count.to_le_bytes());
            out.extend(self.key_count.to_le_bytes());
            out.extend(self.keys);
            out.extend(self.tensors);
            out.resize(out.len().next_multiple_of(32), 0);
            out.extend(self.data);
            out
        }
    }

    #[test]
    fn a_sound_file_is_read() {
        let bytes = Builder::default()
            .text("general.architecture", "llama")
            .tensor("a", &[4], 0, 0)
            .data(16)
            .build();
        let header = Header::read(&mut Cursor::new(bytes)).expect("sound");
        assert_eq!(header.text("general.architecture"), Some("llama"));
        assert_eq!(header.tensor("a").map(|t| t.bytes), Some(16));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut bytes = b"GGUF\x03\x00\x00\x00".to_vec();
            bytes.extend(tail);
            let _ = Header::read(&mut Cursor::new(bytes));
        }

        #[test]
        fn a_sound_file_cut_anywhere_is_refused(cut in 0usize..120) {
            let bytes = Builder::default().text("general.architecture", "llama").tensor("a", &[4], 0, 0).data(16).build();
            let cut = cut.min(bytes.len() - 1);
            proptest::prop_assert!(Header::read(&mut Cursor::new(bytes[..cut].to_vec())).is_err());
        }
    }
}
