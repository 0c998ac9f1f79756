//! What every plugin reads from its environment and command line.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tracing::Level;

/// Settings of every plugin, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) level: Level,
    pub(crate) drain_timeout: Duration,
    pub(crate) health_interval: Duration,
    pub(crate) call_timeout: Duration,
}

struct Row {
    variable: &'static str,
    default: &'static str,
    usage: &'static str,
}

const ROWS: [Row; 5] = [
    Row {
        variable: "PRISM_LISTEN",
        default: ":50100",
        usage: "address of the gRPC server, host:port; port 0 takes a free one",
    },
    Row {
        variable: "PRISM_LOG_LEVEL",
        default: "info",
        usage: "least level that is logged: debug, info, warn or error",
    },
    Row {
        variable: "PRISM_DRAIN_TIMEOUT",
        default: "30s",
        usage: "how long SIGTERM waits for calls in flight before it aborts them",
    },
    Row {
        variable: "PRISM_HEALTH_INTERVAL",
        default: "1s",
        usage: "how often the backend is asked whether it can serve",
    },
    Row {
        variable: "PRISM_CALL_TIMEOUT",
        default: "10s",
        usage: "deadline of calls",
    },
];

/// `PRISM_LOG_LEVEL` has the flag `--log-level`.
fn flag_of(variable: &str) -> String {
    variable
        .trim_start_matches("PRISM_")
        .to_lowercase()
        .replace('_', "-")
}

/// Describes every setting, two lines each.
pub(crate) fn usage() -> String {
    ROWS.iter()
        .map(
            |Row {
                 variable,
                 default,
                 usage,
             }| {
                format!(
                    "  {variable}, --{} (default {default})\n      {usage}\n",
                    flag_of(variable)
                )
            },
        )
        .collect()
}

/// A flag wins over the environment, which wins over the default; an empty
/// variable counts as not set.
///
/// # Errors
/// Every violation, not the first.
pub(crate) fn load(
    arguments: &[String],
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Settings, Vec<String>> {
    let mut wrong = Vec::new();
    let flags = read_flags(arguments, &mut wrong);
    let text = |index: usize| {
        let Row {
            variable, default, ..
        } = ROWS[index];
        let flag = flag_of(variable);
        let given = flags.iter().rev().find(|(name, _)| *name == flag);
        match (
            given,
            environment(variable).filter(|value| !value.is_empty()),
        ) {
            (Some((_, value)), _) => (format!("--{flag}"), value.clone()),
            (None, Some(value)) => (variable.to_owned(), value),
            (None, None) => (variable.to_owned(), default.to_owned()),
        }
    };
    let listen = parsed(text(0), parse_address, &mut wrong);
    let level = parsed(text(1), parse_level, &mut wrong);
    let drain_timeout = parsed(
        text(2),
        |text| parse_duration(text, Duration::ZERO),
        &mut wrong,
    );
    let least = Duration::from_millis(10);
    let health_interval = parsed(text(3), |text| parse_duration(text, least), &mut wrong);
    let least = Duration::from_millis(1);
    let call_timeout = parsed(text(4), |text| parse_duration(text, least), &mut wrong);
    match (listen, level, drain_timeout, health_interval, call_timeout) {
        (
            Some(listen),
            Some(level),
            Some(drain_timeout),
            Some(health_interval),
            Some(call_timeout),
        ) if wrong.is_empty() => Ok(Settings {
            listen,
            level,
            drain_timeout,
            health_interval,
            call_timeout,
        }),
        _ => Err(wrong),
    }
}

fn read_flags(arguments: &[String], wrong: &mut Vec<String>) -> Vec<(String, String)> {
    let mut flags = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(text) = argument.strip_prefix("--") else {
            wrong.push(format!("{argument}: unexpected argument; see --help"));
            continue;
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, rest.next().cloned()),
        };
        match value {
            _ if !ROWS.iter().any(|row| flag_of(row.variable) == name) => {
                wrong.push(format!("--{name}: unknown flag; see --help"));
            }
            None => wrong.push(format!(
                "--{name}: the value is missing; write --{name}=VALUE"
            )),
            Some(value) => flags.push((name.to_owned(), value)),
        }
    }
    flags
}

fn parsed<T>(
    (from, text): (String, String),
    parse: impl Fn(&str) -> Result<T, String>,
    wrong: &mut Vec<String>,
) -> Option<T> {
    parse(&text)
        .map_err(|why| wrong.push(format!("{from}: {why}")))
        .ok()
}

/// `:50100` is every IPv4 address, which machines without IPv6 have too;
/// `[::]:50100` is those of both families.
fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let everywhere = || {
        let port = text.strip_prefix(':')?.parse().ok()?;
        Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port))
    };
    let address = text.parse().ok().or_else(everywhere);
    address.ok_or_else(|| {
        format!("{text:?} is not host:port; write it like :50100 or 127.0.0.1:50100")
    })
}

fn parse_level(text: &str) -> Result<Level, String> {
    match text.to_lowercase().as_str() {
        "debug" => Ok(Level::DEBUG),
        "info" => Ok(Level::INFO),
        "warn" => Ok(Level::WARN),
        "error" => Ok(Level::ERROR),
        _ => Err(format!(
            "{text:?} is not one of debug, info, warn and error"
        )),
    }
}

/// A whole number with its unit, from `least` to an hour.
fn parse_duration(text: &str, least: Duration) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let milliseconds = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let number = digits.parse::<u32>().ok().filter(|_| milliseconds > 0);
    let number =
        number.ok_or_else(|| format!("{text:?} is no time; write it like 500ms, 30s or 5m"))?;
    let duration = Duration::from_millis(u64::from(number) * milliseconds);
    if duration < least || duration > Duration::from_secs(3600) {
        return Err(format!("{text} is not from {least:?} to 1h"));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let arguments: Vec<String> = arguments.iter().map(|&one| one.to_owned()).collect();
        load(&arguments, |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_default() {
        let variables = [
            ("PRISM_LISTEN", "127.0.0.1:1"),
            ("PRISM_CALL_TIMEOUT", ""),
            ("PRISM_DRAIN_TIMEOUT", "500ms"),
        ];
        let settings = loaded(
            &["--listen=127.0.0.1:2", "--log-level", "debug"],
            &variables,
        );
        assert_eq!(
            settings,
            Ok(Settings {
                listen: SocketAddr::from(([127, 0, 0, 1], 2)),
                level: Level::DEBUG,
                drain_timeout: Duration::from_millis(500),
                health_interval: Duration::from_secs(1),
                call_timeout: Duration::from_secs(10),
            })
        );
    }

    #[test]
    fn every_violation_is_said() {
        let variables = [
            ("PRISM_LISTEN", "nowhere"),
            ("PRISM_HEALTH_INTERVAL", "1ms"),
        ];
        let loaded = loaded(&["x", "--color=red", "--call-timeout"], &variables);
        let wrong = loaded.err().unwrap_or_default();
        let named: Vec<&str> = wrong
            .iter()
            .filter_map(|one| one.split(": ").next())
            .collect();
        let expected = [
            "x",
            "--color",
            "--call-timeout",
            "PRISM_LISTEN",
            "PRISM_HEALTH_INTERVAL",
        ];
        assert_eq!(named, expected, "{wrong:?}");
    }

    #[test]
    fn times_have_units_and_bounds() {
        for text in ["", "5", "s", "-1s", "1.5s", "2h", "5d", "1 s"] {
            assert!(parse_duration(text, Duration::ZERO).is_err(), "{text}");
        }
        assert_eq!(
            parse_duration("1h", Duration::ZERO),
            Ok(Duration::from_secs(3600))
        );
    }
}
