//! Countersign
fn main() {}
