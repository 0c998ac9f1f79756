//! Asks a running proxy whether it is ready, for containers without a shell.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use prism_transport::reachable;

const LIMIT: Duration = Duration::from_secs(2);
/// More than the status line and the reasons need.
const MOST_BYTES: u64 = 64 * 1024;

/// Asks `/health/ready` of the admin server that listens on `address`.
///
/// # Errors
/// Why it is not ready, or why it could not be asked.
pub fn ask(address: SocketAddr) -> Result<(), String> {
    let answer = exchange(reachable(address)).map_err(|error| error.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1);
    match status {
        Some("200") => Ok(()),
        Some(code) => Err(format!("HTTP {code}: {}", body.trim())),
        None => Err("no HTTP answer".into()),
    }
}

fn exchange(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
