//! The binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    quarterday::cli::run(std::env::args_os())
}
