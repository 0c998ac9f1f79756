//! The proxy's binary as a child process.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    time::Duration,
};

use hyper_util::rt::{TokioExecutor, TokioIo};
use prism_proto::keyvalue::v1::{GetRequest, GetResponse, key_value_client::KeyValueClient};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tonic::{Request, Response, Status, transport::Channel};

use crate::wait::until;

pub const BINARY: &str = env!("CARGO_BIN_EXE_prism-proxy");

/// A running proxy; dropping it kills it.
pub struct Proxy {
    child: Child,
    folder: tempfile::TempDir,
    // Kept open: a proxy that cannot write its log would stop.
    log: std::sync::Mutex<BufReader<ChildStdout>>,
    pub listen: SocketAddr,
    pub admin: SocketAddr,
}

/// Starts a proxy with these `(namespace, endpoint, extra YAML)` rows.
pub fn start(rows: &[(&str, SocketAddr, &str)]) -> Proxy {
    start_with(rows, &[])
}

pub fn start_with(rows: &[(&str, SocketAddr, &str)], environment: &[(&str, &str)]) -> Proxy {
    start_configured("", rows, environment)
}

/// Starts a proxy that may open this many files, and cannot get more.
pub fn start_with_descriptors(limit: u32, rows: &[(&str, SocketAddr, &str)]) -> Proxy {
    let mut command = Command::new("/bin/sh");
    let script = format!("ulimit -n {limit} && exec \"$0\"");
    command.args(["-c", &script, BINARY]);
    start_command(command, "", rows, &[])
}

/// Starts a proxy with lines of YAML in front of the namespaces.
pub fn start_configured(
    yaml: &str,
    rows: &[(&str, SocketAddr, &str)],
    environment: &[(&str, &str)],
) -> Proxy {
    start_command(Command::new(BINARY), yaml, rows, environment)
}

fn start_command(
    mut command: Command,
    yaml: &str,
    rows: &[(&str, SocketAddr, &str)],
    environment: &[(&str, &str)],
) -> Proxy {
    let mut yaml = format!("{yaml}namespaces:\n");
    for (name, endpoint, extra) in rows {
        yaml += &format!("- {{name: {name}, backend: test, endpoint: '{endpoint}'{extra}}}\n");
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.yaml");
    std::fs::write(&config, yaml).unwrap();
    let mut child = command
        .env_clear()
        .env("PRISM_CONFIG", config)
        .env("PRISM_LISTEN", "127.0.0.1:0")
        .env("PRISM_ADMIN_LISTEN", "127.0.0.1:0")
        .env("PRISM_LAME_DUCK_MS", "0")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap());
    let ready = loop {
        let mut line = String::new();
        assert!(
            log.read_line(&mut line).unwrap() > 0,
            "the proxy ended before it was ready"
        );
        let line: serde_json::Value = serde_json::from_str(&line).expect("logs are JSON");
        if line["message"] == "ready" {
            break line;
        }
    };
    let address = |field: &str| ready[field].as_str().unwrap().parse().unwrap();
    Proxy {
        listen: address("listen"),
        admin: address("admin_listen"),
        child,
        folder,
        log: std::sync::Mutex::new(log),
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_reaped = self.child.wait();
    }
}

impl Proxy {
    pub async fn channel(&self) -> Channel {
        let target = format!("http://{}", self.listen);
        Channel::from_shared(target)
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    pub async fn client(&self) -> KeyValueClient<Channel> {
        KeyValueClient::new(self.channel().await)
    }

    /// Calls without a timer of the client's own, which tonic's channel sets on
    /// seeing `grpc-timeout` and which would race with the proxy's deadline.
    pub async fn call_untimed(
        &self,
        message: Request<GetRequest>,
    ) -> Result<Response<GetResponse>, Status> {
        let stream = TokioIo::new(TcpStream::connect(self.listen).await.unwrap());
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream)
                .await
                .unwrap();
        tokio::spawn(connection);
        let service = tower::service_fn(move |request| sender.clone().send_request(request));
        let origin = format!("http://{}", self.listen).parse().unwrap();
        KeyValueClient::with_origin(service, origin)
            .get(message)
            .await
    }

    /// A plain HTTP/1.1 GET of the admin server: status and body.
    pub async fn admin(&self, path: &str) -> (u16, String) {
        get(self.admin, path).await
    }

    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Replaces the configuration and has it read; the log line that says how
    /// that went.
    pub fn reload(&self, yaml: &str) -> serde_json::Value {
        std::fs::write(self.folder.path().join("config.yaml"), yaml).unwrap();
        self.signal("-HUP");
        let mut log = self.log.lock().unwrap();
        loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "the proxy ended");
            let line: serde_json::Value = serde_json::from_str(&line).expect("logs are JSON");
            if line["message"]
                .as_str()
                .unwrap()
                .starts_with("the configuration")
            {
                return line;
            }
        }
    }

    pub async fn ended(&mut self) -> ExitStatus {
        let child = std::cell::RefCell::new(&mut self.child);
        until("the proxy's end", || async {
            child.borrow_mut().try_wait().unwrap()
        })
        .await
    }
}

/// A plain HTTP/1.1 GET: status and body.
pub async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

/// A request for a namespace, with a deadline that no passing test reaches.
pub fn to<T>(namespace: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("x-prism-namespace", namespace.parse().unwrap());
    request.set_timeout(Duration::from_secs(20));
    request
}
