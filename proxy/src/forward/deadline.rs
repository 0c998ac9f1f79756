//! How long a call may take.

use std::{future::Future, time::Duration};

use http::{HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout_at};
use tonic::Status;

use crate::plugin::Plugin;

const HEADER: &str = "grpc-timeout";

/// The end of a call's time, if it has one, and what to say then.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    /// When the call is given up.
    pub(super) at: Option<Instant>,
    plugin: String,
}

impl Deadline {
    /// Takes the client's deadline or the configured limit, whichever is earlier.
    /// Where that is the limit, it is written into the headers for the plugin.
    pub(super) fn of(headers: &mut HeaderMap, plugin: &Plugin) -> Result<Self, Status> {
        let asked = match headers.get(HEADER) {
            Some(value) => Some(parse(value).ok_or_else(|| {
                Status::invalid_argument(format!("malformed metadata `{HEADER}`: {value:?}"))
            })?),
            None => None,
        };
        let limit = asked.into_iter().chain(plugin.namespace.timeout).min();
        if let Some(limit) = limit.filter(|_| limit != asked) {
            headers.insert(HEADER, to_value(limit));
        }
        // A limit beyond the clock's range is no limit.
        let at = limit.and_then(|limit| Instant::now().checked_add(limit));
        Ok(Self::new(at, plugin.describe()))
    }

    /// A deadline for a call to the plugin of this description.
    pub(super) fn new(at: Option<Instant>, plugin: impl Into<String>) -> Self {
        Self {
            at,
            plugin: plugin.into(),
        }
    }

    /// Waits for `work`, but not beyond the deadline.
    pub(super) async fn limit<T>(&self, work: impl Future<Output = T>) -> Result<T, Status> {
        match self.at {
            Some(at) => timeout_at(at, work).await.map_err(|_| self.exceeded()),
            None => Ok(work.await),
        }
    }

    /// `DEADLINE_EXCEEDED`, naming the plugin.
    pub(super) fn exceeded(&self) -> Status {
        Status::deadline_exceeded(format!("no answer in time from plugin {}", self.plugin))
    }
}

/// Reads the gRPC form: at most 8 digits and a unit.
fn parse(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

/// Configured limits are whole milliseconds of at most a day: 8 digits.
fn to_value(limit: Duration) -> HeaderValue {
    let text = format!("{}m", limit.as_millis());
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("99999999m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit() {
        for (text, ms) in [
            ("1H", 3_600_000),
            ("2M", 120_000),
            ("3S", 3000),
            ("4m", 4),
            ("5000u", 5),
        ] {
            let read = parse(&HeaderValue::from_static(text));
            assert_eq!(read, Some(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(
            parse(&HeaderValue::from_static("7n")),
            Some(Duration::from_nanos(7))
        );
        assert!(parse(&HeaderValue::from_static("99999999H")).is_some());
    }

    #[test]
    fn refuses_what_grpc_does_not_know() {
        for text in ["", "S", "1", "1s", "123456789S", "-1S", "1 S", "+1S"] {
            assert_eq!(parse(&HeaderValue::from_static(text)), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let day = Duration::from_secs(86_400);
        assert_eq!(parse(&to_value(day)), Some(day));
    }
}
