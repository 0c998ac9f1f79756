//! TLS of the data port.

use std::{net::SocketAddr, path::Path, sync::Arc};

use http::StatusCode;
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedKey, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{plugin, proxy, raw};

const METHOD: &str = "/prism.keyvalue.v1.KeyValue/Get";

fn authority() -> CertifiedKey {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key_pair = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key_pair).unwrap();
    CertifiedKey { cert, key_pair }
}

fn issued_by(authority: &CertifiedKey) -> CertifiedKey {
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let key_pair = KeyPair::generate().unwrap();
    let cert = params
        .signed_by(&key_pair, &authority.cert, &authority.key_pair)
        .unwrap();
    CertifiedKey { cert, key_pair }
}

fn write(folder: &Path, authority: &CertifiedKey) {
    let server = issued_by(authority);
    std::fs::write(folder.join("cert.pem"), server.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), server.key_pair.serialize_pem()).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.cert.pem()).unwrap();
}

/// The HTTP and gRPC status of a call over TLS, or why there is none.
async fn call(
    address: SocketAddr,
    trusts: &CertifiedKey,
    own: Option<&CertifiedKey>,
) -> Result<(StatusCode, String), String> {
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
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let secured = connector.connect(name, stream).await;
    let secured = TokioIo::new(secured.map_err(|e| e.to_string())?);
    let (mut sender, connection) = handshake(TokioExecutor::new(), secured)
        .await
        .map_err(|e| e.to_string())?;
    tokio::spawn(connection);
    let answer = sender
        .send_request(raw::request(METHOD, raw::get("k")))
        .await;
    answer.map(|a| raw::status(&a)).map_err(|e| e.to_string())
}

fn section(folder: &Path, client_ca: bool) -> String {
    let of = |name: &str| folder.join(name).display().to_string();
    let ca = if client_ca {
        format!(", client_ca: '{}'", of("ca.pem"))
    } else {
        String::new()
    };
    format!(
        "tls: {{cert: '{}', key: '{}'{ca}}}\n",
        of("cert.pem"),
        of("key.pem")
    )
}

#[tokio::test]
async fn tls_is_spoken_and_certificates_are_renewed() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (authority(), authority());
    write(folder.path(), &first);
    let tls = section(folder.path(), false);
    let proxy = proxy::start_configured(&tls, &[("one", plugin.address, "")], &[]);
    let answered = call(proxy.listen, &first, None).await;
    assert_eq!(answered, Ok((StatusCode::OK, String::new())));
    assert!(call(proxy.listen, &second, None).await.is_err());
    let plain = raw::connect(proxy.listen, 65_535).await;
    let mut plain = plain;
    let refused = plain
        .send_request(raw::request(METHOD, raw::get("k")))
        .await;
    assert!(refused.is_err());

    write(folder.path(), &second);
    let row = format!(
        "- {{name: one, backend: test, endpoint: '{}'}}\n",
        plugin.address
    );
    proxy.reload(&format!("{tls}namespaces:\n{row}"));
    assert!(call(proxy.listen, &second, None).await.is_ok());
    assert!(call(proxy.listen, &first, None).await.is_err());
}

#[tokio::test]
async fn clients_show_certificates_where_they_must() {
    let plugin = plugin::anywhere().await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (authority(), authority());
    write(folder.path(), &ours);
    let tls = section(folder.path(), true);
    let proxy = proxy::start_configured(&tls, &[("one", plugin.address, "")], &[]);
    assert!(
        call(proxy.listen, &ours, Some(&issued_by(&ours)))
            .await
            .is_ok()
    );
    for wrong in [None, Some(&issued_by(&theirs))] {
        assert!(call(proxy.listen, &ours, wrong).await.is_err());
    }
}
