//! What each command does, as exit codes.

mod descriptors;
mod reload;
mod serving;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    config::{self, Config, Environment, Violations},
    logging, self_check,
};

/// The exit code for a wrong command line or configuration.
pub const EXIT_INVALID: u8 = 2;

/// Serves until SIGTERM or SIGINT.
#[must_use]
pub fn serve(config: Option<&Path>) -> ExitCode {
    logging::start();
    let source = Source::new(config);
    let config = match source.read() {
        Ok(config) => config,
        Err(violations) => return invalid(&violations),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(serving::run(config, source)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "cannot serve");
            ExitCode::FAILURE
        }
    }
}

/// Validates the configuration and says how many namespaces it has.
#[must_use]
pub fn check_config(config: Option<&Path>) -> ExitCode {
    match Source::new(config).read() {
        Ok(config) => {
            println!("valid: {} namespaces", config.namespaces.len());
            ExitCode::SUCCESS
        }
        Err(violations) => invalid(&violations),
    }
}

/// Asks the proxy of the same configuration and environment whether it is ready.
#[must_use]
pub fn health(config: Option<&Path>) -> ExitCode {
    let address = match Source::new(config).read() {
        Ok(config) => config.admin_listen,
        Err(violations) => return invalid(&violations),
    };
    match self_check::ask(address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("prism-proxy: not ready: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Where the configuration is.
struct Source(Option<PathBuf>);

impl Source {
    /// The file that is named, or else that of the environment.
    fn new(named: Option<&Path>) -> Self {
        Self(named.map(Path::to_owned).or_else(|| {
            std::env::var_os("PRISM_CONFIG")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        }))
    }

    /// Reads it, as it is now.
    fn read(&self) -> Result<Config, Violations> {
        match &self.0 {
            Some(path) => config::load(path, &Environment::of_process()),
            None => {
                let mut violations = Violations::default();
                violations.add("PRISM_CONFIG", "not set, and no --config FILE is given");
                Err(violations)
            }
        }
    }
}

fn invalid(violations: &Violations) -> ExitCode {
    eprint!("prism-proxy: invalid configuration\n{violations}");
    ExitCode::from(EXIT_INVALID)
}
