//! `countersign-drafter MODEL`: the engine's own process, without a window. The desk starts it and speaks with it in frames
//! over its standard input and output.
#![forbid(unsafe_code)]

mod log;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let (Some(model), None) = (args.next(), args.next()) else {
        eprintln!(
            "countersign-drafter: Countersign starts this program; it takes the path of one model."
        );
        return ExitCode::from(2);
    };
    log::to_standard_error();
    match desk::drafter::serve(Path::new(&model)) {
        Ok(()) => ExitCode::SUCCESS,
        // The parent is gone; there is nobody to tell.
        Err(_) => ExitCode::from(2),
    }
}
