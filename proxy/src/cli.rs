//! The command line.

use std::{ffi::OsString, path::PathBuf};

/// What `--help` prints.
pub const HELP: &str = "\
Usage: prism-proxy [--config FILE] [COMMAND]

Commands:
  (none)          serve
  health          ask the running proxy's /health/ready; exit 0 when ready, else 1

Options:
  --config FILE   configuration; default: the environment's PRISM_CONFIG
  --check-config  validate the configuration and exit; 2 when invalid
  --version       print the version and exit
  --help          print this and exit
";

/// What the process was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the proxy.
    Serve {
        /// The file named by `--config`.
        config: Option<PathBuf>,
    },
    /// Validate the configuration only.
    CheckConfig {
        /// The file named by `--config`.
        config: Option<PathBuf>,
    },
    /// Ask a running proxy whether it is ready.
    Health {
        /// The file named by `--config`.
        config: Option<PathBuf>,
    },
    /// Print the version.
    Version,
    /// Print the help.
    Help,
}

/// Parses a command line whose first item is the program's name.
///
/// # Errors
/// An unknown option or command, or a missing option value.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    use lexopt::prelude::{Long, Value};
    let mut parser = lexopt::Parser::from_iter(args);
    let (mut config, mut check, mut health) = (None, false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") => return Ok(Command::Help),
            Long("version") => return Ok(Command::Version),
            Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Long("check-config") => check = true,
            Value(word) if word == "health" && !health => health = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(match (check, health) {
        (true, true) => return Err("--check-config and health exclude each other".into()),
        (true, false) => Command::CheckConfig { config },
        (false, true) => Command::Health { config },
        (false, false) => Command::Serve { config },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Command, String> {
        parse(line.split(' ').map(OsString::from)).map_err(|e| e.to_string())
    }

    #[test]
    fn commands_and_options() {
        let config = Some(PathBuf::from("a.yaml"));
        assert_eq!(words("p"), Ok(Command::Serve { config: None }));
        assert_eq!(
            words("p --config=a.yaml"),
            Ok(Command::Serve {
                config: config.clone()
            })
        );
        assert_eq!(
            words("p --check-config --config a.yaml"),
            Ok(Command::CheckConfig { config })
        );
        assert_eq!(words("p health"), Ok(Command::Health { config: None }));
        assert_eq!(words("p --version"), Ok(Command::Version));
    }

    #[test]
    fn unknown_words_are_refused() {
        for line in [
            "p sevre",
            "p --confg x",
            "p --config",
            "p health --check-config",
        ] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
