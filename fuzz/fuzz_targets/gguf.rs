//! A stranger's model file, up to where the engine would read a tensor: refused in words, or taken, and never a panic.
#![no_main]

use drafting::gguf::Header;
use drafting::model_file::Summary;
use std::io::Cursor;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = Header::read(&mut Cursor::new(bytes)) {
        // What was taken lies within the file.
        for t in &header.tensors {
            let end = header.data_start.checked_add(t.offset).and_then(|a| a.checked_add(t.bytes));
            assert!(end.is_some_and(|end| end <= header.file_len), "{t:?} is within the file");
        }
        let _ = Summary::of(&header);
    }
});
