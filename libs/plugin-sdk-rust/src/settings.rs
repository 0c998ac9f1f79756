//! What a plugin reads from its environment and command line: the settings of
//! every plugin, and its own.

mod parse;

use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};

use tracing::Level;

/// What a plugin makes of its own settings; `()` has none.
pub trait FromSettings: Sized {
    /// Reads every one of them.
    fn from_settings(settings: &mut Settings<'_>) -> Self;
}

impl FromSettings for () {
    fn from_settings(_settings: &mut Settings<'_>) -> Self {}
}

/// Declares settings by reading them. The variable `PRISM_LISTEN` has the flag
/// `--listen`. A flag wins over the environment, which wins over the default; an
/// empty variable counts as not set. A value that is wrong is read as an empty
/// one, and the plugin ends with all that is wrong before anybody sees it.
pub struct Settings<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    flags: Vec<(String, String)>,
    declared: Vec<Setting>,
    wrong: Vec<String>,
}

struct Setting {
    variable: &'static str,
    default: &'static str,
    usage: &'static str,
    secret: bool,
}

/// What the variable of a secret ends with where its value is the path of a file.
const FILE: &str = "_FILE";

impl Setting {
    /// `PRISM_LOG_LEVEL` has the flag `--log-level`.
    fn flag(&self) -> String {
        let name = self.variable.trim_start_matches("PRISM_");
        name.to_lowercase().replace('_', "-")
    }
}

impl<'a> Settings<'a> {
    fn new(environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            environment,
            flags: Vec::new(),
            declared: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// A text that is not empty.
    pub fn text(
        &mut self,
        variable: &'static str,
        default: &'static str,
        usage: &'static str,
    ) -> String {
        self.read(variable, default, usage, parse::text)
            .unwrap_or_default()
    }

    /// A whole number with a unit, like 500ms, 30s or 5m.
    pub fn duration(
        &mut self,
        variable: &'static str,
        default: &'static str,
        usage: &'static str,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let parse = |text: &str| parse::duration(text, &range);
        self.read(variable, default, usage, parse)
            .unwrap_or_default()
    }

    /// A number of bytes like 4096, 512KiB, 64MiB or 2GiB.
    pub fn bytes(
        &mut self,
        variable: &'static str,
        default: &'static str,
        usage: &'static str,
        range: RangeInclusive<usize>,
    ) -> usize {
        let parse = |text: &str| parse::bytes(text, &range);
        self.read(variable, default, usage, parse)
            .unwrap_or_default()
    }

    /// A text without a flag, which every user of the machine could read, and
    /// without a default. The variable with `_FILE` appended to its name may give
    /// the path of a file with the value, as container engines mount it.
    pub fn secret(&mut self, variable: &'static str, usage: &'static str) -> String {
        self.declared.push(Setting {
            variable,
            default: "",
            usage,
            secret: true,
        });
        let set = |name: &str| (self.environment)(name).filter(|value| !value.is_empty());
        let of_file = format!("{variable}{FILE}");
        let (from, read) = match (set(variable), set(&of_file)) {
            (Some(_), Some(_)) => {
                let both = format!("the variable without {FILE} is set as well; set one of them");
                (of_file, Err(both))
            }
            (None, Some(path)) => (of_file, parse::file(&path)),
            (given, None) => (variable.to_owned(), Ok(given.unwrap_or_default())),
        };
        read.and_then(|text| parse::text(&text))
            .map_err(|why| self.wrong.push(format!("{from}: {why}")))
            .unwrap_or_default()
    }

    fn read<T>(
        &mut self,
        variable: &'static str,
        default: &'static str,
        usage: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let setting = Setting {
            variable,
            default,
            usage,
            secret: false,
        };
        let flag = setting.flag();
        let given = self.flags.iter().rev().find(|(name, _)| *name == flag);
        let set = (self.environment)(variable).filter(|value| !value.is_empty());
        let (from, text) = match (given, set) {
            (Some((_, value)), _) => (format!("--{flag}"), value.clone()),
            (None, Some(value)) => (variable.to_owned(), value),
            (None, None) => (variable.to_owned(), default.to_owned()),
        };
        self.declared.push(setting);
        parse(&text)
            .map_err(|why| self.wrong.push(format!("{from}: {why}")))
            .ok()
    }

    fn read_flags(&mut self, arguments: &[String], known: &[Setting]) {
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let Some(text) = argument.strip_prefix("--") else {
                self.wrong
                    .push(format!("{argument}: unexpected argument; see --help"));
                continue;
            };
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (text, rest.next().cloned()),
            };
            match value {
                _ if !known
                    .iter()
                    .any(|setting| setting.flag() == name && !setting.secret) =>
                {
                    self.wrong
                        .push(format!("--{name}: unknown flag; see --help"));
                }
                None => self.wrong.push(format!(
                    "--{name}: the value is missing; write --{name}=VALUE"
                )),
                Some(value) => self.flags.push((name.to_owned(), value)),
            }
        }
    }
}

/// Settings of every plugin, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Common {
    pub(crate) listen: SocketAddr,
    pub(crate) control_listen: SocketAddr,
    pub(crate) metrics_listen: SocketAddr,
    pub(crate) level: Level,
    pub(crate) drain_timeout: Duration,
    pub(crate) health_interval: Duration,
    pub(crate) call_timeout: Duration,
}

impl Common {
    fn read(settings: &mut Settings<'_>) -> Option<Self> {
        let most = Duration::from_secs(3600);
        let listen = settings.read(
            "PRISM_LISTEN",
            "127.0.0.1:50100",
            "address of the gRPC server, host:port; port 0 takes a free one",
            parse::address,
        );
        let control_listen = settings.read(
            "PRISM_CONTROL_LISTEN",
            "127.0.0.1:0",
            "address of the Lifecycle service, apart from the data; port 0 takes a free one, which the log names",
            parse::address,
        );
        let metrics_listen = settings.read(
            "PRISM_METRICS_LISTEN",
            "127.0.0.1:0",
            "address of /metrics, /ready and /live over HTTP; port 0 takes a free one, which the log names",
            parse::address,
        );
        let level = settings.read(
            "PRISM_LOG_LEVEL",
            "info",
            "least level that is logged: debug, info, warn or error",
            parse::level,
        );
        let drain_timeout = settings.duration(
            "PRISM_DRAIN_TIMEOUT",
            "30s",
            "how long SIGTERM waits for calls in flight before it aborts them",
            Duration::ZERO..=most,
        );
        let health_interval = settings.duration(
            "PRISM_HEALTH_INTERVAL",
            "1s",
            "how often the backend is asked whether it can serve",
            Duration::from_millis(10)..=most,
        );
        let call_timeout = settings.duration(
            "PRISM_CALL_TIMEOUT",
            "10s",
            "deadline of calls",
            Duration::from_millis(1)..=most,
        );
        Some(Self {
            listen: listen?,
            control_listen: control_listen?,
            metrics_listen: metrics_listen?,
            level: level?,
            drain_timeout,
            health_interval,
            call_timeout,
        })
    }
}

/// Reading nothing tells what there is to read.
fn declared<C: FromSettings>() -> Vec<Setting> {
    let nothing = |_: &str| None;
    let mut settings = Settings::new(&nothing);
    Common::read(&mut settings);
    C::from_settings(&mut settings);
    settings.declared
}

/// Describes every setting, two lines each.
pub(crate) fn usage<C: FromSettings>() -> String {
    let describe = |setting: &Setting| {
        let Setting {
            variable,
            default,
            usage,
            secret,
        } = setting;
        let flag = setting.flag();
        if *secret {
            return format!("  {variable} or {variable}{FILE}, a file with it\n      {usage}\n");
        }
        format!("  {variable}, --{flag} (default {default})\n      {usage}\n")
    };
    declared::<C>().iter().map(describe).collect()
}

/// The settings of every plugin and its own.
///
/// # Errors
/// Every violation, not the first.
pub(crate) fn load<C: FromSettings>(
    arguments: &[String],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(Common, C), Vec<String>> {
    let mut settings = Settings::new(environment);
    settings.read_flags(arguments, &declared::<C>());
    let common = Common::read(&mut settings);
    let own = C::from_settings(&mut settings);
    match common {
        Some(common) if settings.wrong.is_empty() => Ok((common, own)),
        _ => Err(settings.wrong),
    }
}

#[cfg(test)]
mod tests;
