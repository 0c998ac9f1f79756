//! Certificates, their files, and clients that use them.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use axum::body::Body;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedKey, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

pub fn authority() -> CertifiedKey {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key_pair = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key_pair).unwrap();
    CertifiedKey { cert, key_pair }
}

pub fn issued_by(authority: &CertifiedKey) -> CertifiedKey {
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let key_pair = KeyPair::generate().unwrap();
    let cert = params
        .signed_by(&key_pair, &authority.cert, &authority.key_pair)
        .unwrap();
    CertifiedKey { cert, key_pair }
}

/// Writes the files of a server of this authority.
pub fn write(folder: &Path, authority: &CertifiedKey) {
    let server = issued_by(authority);
    for (name, text) in [
        ("cert.pem", server.cert.pem()),
        ("key.pem", server.key_pair.serialize_pem()),
        ("ca.pem", authority.cert.pem()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// The YAML that names these files.
pub fn section(folder: &Path, client_ca: bool) -> String {
    let folder = folder.display();
    let ca = if client_ca {
        format!(", client_ca: '{folder}/ca.pem'")
    } else {
        String::new()
    };
    format!("tls: {{cert: '{folder}/cert.pem', key: '{folder}/key.pem'{ca}}}\n")
}

/// A client that trusts one authority, with a certificate of its own or none.
pub async fn connect(
    address: SocketAddr,
    trusts: &CertifiedKey,
    own: Option<&CertifiedKey>,
    protocol: &[u8],
) -> Result<TlsStream<TcpStream>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusts.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let key = PrivatePkcs8KeyDer::from(own.key_pair.serialize_der());
            builder
                .with_client_auth_cert(vec![own.cert.der().clone()], PrivateKeyDer::from(key))
                .unwrap()
        }
    };
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await;
    let stream = stream.map_err(|error| error.to_string())?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    Ok(stream)
}

/// A connection of HTTP/2 over TLS.
pub async fn http2(
    address: SocketAddr,
    trusts: &CertifiedKey,
    own: Option<&CertifiedKey>,
) -> Result<SendRequest<Body>, String> {
    let stream = TokioIo::new(connect(address, trusts, own, b"h2").await?);
    let (sender, connection) = handshake(TokioExecutor::new(), stream)
        .await
        .map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    Ok(sender)
}
