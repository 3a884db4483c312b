//! Countersign: the program. All it does is in the library beside it.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    countersign::main()
}
