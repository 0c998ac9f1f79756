//! Brings spans to the collector, over HTTP/1.1.

use std::{io, sync::Arc, time::Duration};

use prism_transport::connect;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{sleep, timeout},
};

use super::{Spans, encode::encode};

const EVERY: Duration = Duration::from_secs(1);
/// Of one request. Meanwhile others wait, and are dropped when there are too many.
const LIMIT: Duration = Duration::from_secs(3);
/// Spans of one request.
const AT_ONCE: usize = 512;

/// Exports until the process ends.
pub async fn keep_exporting(spans: Arc<Spans>) {
    let mut works = true;
    loop {
        sleep(EVERY).await;
        match (works, spans.export().await) {
            (true, Err(error)) => {
                tracing::warn!(%error, "the collector of traces gets no spans; they are dropped");
                works = false;
            }
            (false, Ok(true)) => {
                tracing::info!("the collector of traces gets spans again");
                works = true;
            }
            _ => {}
        }
    }
}

impl Spans {
    /// Exports those that wait, and returns whether there were any. Those that
    /// the collector does not take are dropped: it is not asked twice.
    ///
    /// # Errors
    /// Why it did not take some; the others are not tried.
    pub async fn export(&self) -> io::Result<bool> {
        let waiting = self.take();
        let mut left = waiting.len();
        for some in waiting.chunks(AT_ONCE) {
            let body = encode(&self.collector.service, some);
            let sent = timeout(LIMIT, self.post(&body)).await;
            if let Err(error) = sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                self.dropped.inc_by(u64::try_from(left).unwrap_or(u64::MAX));
                return Err(error);
            }
            left -= some.len();
        }
        Ok(!waiting.is_empty())
    }

    async fn post(&self, body: &str) -> io::Result<()> {
        let collector = &self.collector;
        let mut stream = connect(&collector.endpoint).await?;
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            collector.path,
            collector.endpoint,
            body.len()
        );
        stream.write_all((head + body).as_bytes()).await?;
        // `HTTP/1.1 200`
        let mut status = [0; 12];
        stream.read_exact(&mut status).await?;
        if status.starts_with(b"HTTP/1.") && status.ends_with(b"200") {
            return Ok(());
        }
        let status = String::from_utf8_lossy(&status).into_owned();
        Err(io::Error::other(format!("it answers {status}")))
    }
}
