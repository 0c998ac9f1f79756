//! A plugin's binary as a child process.

use std::{
    io::{BufRead, BufReader, Error, Result},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use prism_proto::keyvalue::v1::key_value_client::KeyValueClient;
use prism_transport::{Channel, Endpoint, Host, channel};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running plugin; dropping it kills it.
#[derive(Debug)]
pub struct Process {
    binary: &'static str,
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts the binary on a free port, with these variables and no others, and
    /// waits until it listens.
    ///
    /// # Errors
    /// When it cannot be started, or ends before it listens.
    pub fn start(binary: &'static str, environment: &[(&str, &str)]) -> Result<Self> {
        let mut child = Command::new(binary)
            .env_clear()
            .envs(environment.iter().copied())
            .env("PRISM_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()?;
        let log = child
            .stderr
            .take()
            .ok_or_else(|| Error::other("it has no log"))?;
        let mut lines = BufReader::new(log).lines();
        let address = loop {
            let line = lines
                .next()
                .ok_or_else(|| Error::other("it ended too early"))??;
            eprintln!("{line}");
            if let Some((_, rest)) = line.split_once(r#""address":""#) {
                let address = rest.split('"').next().and_then(|text| text.parse().ok());
                break address.ok_or_else(|| Error::other(line))?;
            }
        };
        // A plugin that cannot write its log would stop.
        thread::spawn(move || lines.for_each(|line| eprintln!("{}", line.unwrap_or_default())));
        Ok(Self {
            binary,
            child,
            address,
        })
    }

    /// A client of its data plane. Needs a Tokio runtime.
    #[must_use]
    pub fn client(&self) -> KeyValueClient<Channel> {
        let Self { address, .. } = self;
        let endpoint = Endpoint {
            host: Host::Ip(address.ip()),
            port: address.port(),
        };
        KeyValueClient::new(channel(endpoint))
    }

    /// Waits until `health`, the health check of its container, succeeds.
    ///
    /// # Errors
    /// When it cannot be started, or says no for half a minute.
    pub async fn healthy(&self) -> Result<()> {
        let asked = timeout(PATIENCE, async {
            while !self.is_healthy()? {
                sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        });
        asked.await.map_err(|_| Error::other("it is not healthy"))?
    }

    fn is_healthy(&self) -> Result<bool> {
        let listen = self.address.to_string();
        let asked = Command::new(self.binary)
            .arg("health")
            .env_clear()
            .env("PRISM_LISTEN", listen)
            .stderr(Stdio::null())
            .status()?;
        Ok(asked.success())
    }

    /// Sends SIGTERM and waits for the end. Clients of this runtime go on
    /// meanwhile: a drain waits for their goodbyes.
    ///
    /// # Errors
    /// When there is no `kill`, or no end for half a minute.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let ended = timeout(PATIENCE, async {
            loop {
                if let Some(status) = self.child.try_wait()? {
                    return Ok(status);
                }
                sleep(Duration::from_millis(10)).await;
            }
        });
        ended.await.map_err(|_| Error::other("it does not end"))?
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_reaped = self.child.wait();
    }
}
