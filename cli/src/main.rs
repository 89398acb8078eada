//! The command line: one file per verb.

mod cli;
mod suite;

use std::process::ExitCode;

/// A check asks for hundreds of small pieces of memory. The C library's allocator takes longer for
/// that, and keeps more of it for each thread of a service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
