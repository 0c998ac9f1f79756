//! `prism-proxy`: see the README for ports, configuration and environment.

use std::process::ExitCode;

use prism_proxy::cli::{self, Command};

// The system allocator of a static glibc binary serializes threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(Command::Help) => {
            print!("{}", cli::HELP);
            ExitCode::SUCCESS
        }
        Ok(Command::Version) => {
            println!("prism-proxy {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Command::CheckConfig { config }) => prism_proxy::run::check_config(config.as_deref()),
        Ok(Command::Health { config }) => prism_proxy::run::health(config.as_deref()),
        Ok(Command::Serve { config }) => prism_proxy::run::serve(config.as_deref()),
        Err(error) => {
            eprintln!("prism-proxy: {error}\n\n{}", cli::HELP);
            ExitCode::from(prism_proxy::run::EXIT_INVALID)
        }
    }
}
