//! The catalogue program.

use std::process::ExitCode;

/// Many short-lived pieces of text for each answer: what takes and gives memory back fast answers faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
