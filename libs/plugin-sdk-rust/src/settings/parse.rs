//! Texts of settings to their values; `Err` says what is wrong and how to write it.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    time::Duration,
};

use tracing::Level;

pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty; give it a value".to_owned());
    }
    Ok(text.to_owned())
}

/// What a file has, without the end of its line.
pub(super) fn file(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// `:50100` is every IPv4 address, which machines without IPv6 have too;
/// `[::]:50100` is those of both families.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let everywhere = || {
        let port = text.strip_prefix(':')?.parse().ok()?;
        Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port))
    };
    let address = text.parse().ok().or_else(everywhere);
    address.ok_or_else(|| {
        format!("{text:?} is not host:port; write it like :50100 or 127.0.0.1:50100")
    })
}

pub(super) fn level(text: &str) -> Result<Level, String> {
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

/// A number of bytes, in units of 1024 if it says so.
pub(super) fn bytes(text: &str, range: &RangeInclusive<usize>) -> Result<usize, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let with_unit = units
        .iter()
        .find_map(|(unit, bits)| Some((text.strip_suffix(unit)?, *bits)));
    let (digits, bits) = with_unit.unwrap_or((text, 0));
    let digits = Some(digits).filter(|digits| !digits.starts_with('+'));
    let number = digits.and_then(|digits| digits.parse::<usize>().ok());
    let bytes = number.and_then(|number| number.checked_mul(1 << bits));
    bytes
        .filter(|bytes| range.contains(bytes))
        .ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("{text:?} is not a size from {least} to {most} bytes; write it like 4096, 512KiB, 64MiB or 2GiB")
        })
}

/// A whole number with its unit.
pub(super) fn duration(text: &str, range: &RangeInclusive<Duration>) -> Result<Duration, String> {
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
    if !range.contains(&duration) {
        let hours = range.end().as_secs() / 3600;
        return Err(format!(
            "{text} is not from {:?} to {hours}h",
            range.start()
        ));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_and_bounds() {
        let range = 4096..=3 << 30;
        for (text, size) in [
            ("4096", 4096),
            ("4KiB", 4096),
            ("1MiB", 1 << 20),
            ("3GiB", 3 << 30),
        ] {
            assert_eq!(bytes(text, &range), Ok(size));
        }
        for text in [
            "",
            "KiB",
            "4095",
            "4GiB",
            "-1MiB",
            "+1MiB",
            "1.5MiB",
            "1 MiB",
            "99999999999GiB",
        ] {
            assert!(bytes(text, &range).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_units_and_bounds() {
        let hour = Duration::from_secs(3600);
        let range = Duration::ZERO..=hour;
        for text in ["", "5", "s", "-1s", "1.5s", "2h", "5d", "1 s"] {
            assert!(duration(text, &range).is_err(), "{text}");
        }
        assert_eq!(duration("1h", &range), Ok(hour));
        let range = Duration::from_millis(10)..=24 * hour;
        let wrong = duration("9ms", &range);
        assert_eq!(wrong, Err("9ms is not from 10ms to 24h".into()));
    }
}
