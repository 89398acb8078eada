//! Certificates: the servers that are trusted, and the clients that are let in.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use mustcheck_platform::{Mapping, PlatformRegistry};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::{about_firm, reason};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate and its key, in PEM.
    fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }
}

/// A server of one answer behind TLS. With `clients`, it accepts only clients with a certificate of
/// that authority.
fn server(authority: &Authority, name: &str, clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (certificate, key) = authority.issue(name);
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(clients.0.pem().as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = StreamOwned::new(connection, stream);
            let mut chunk = [0; 4096];
            if tls.read(&mut chunk).is_ok_and(|read| read > 0) {
                let body = r#"{"rows": [], "total": 0, "at": "2024-11-19"}"#;
                let answer = crate::canned::ok(body);
                let _ = tls.write_all(&answer);
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    port
}

fn registry(port: u16, tls: &str, folder: &Path) -> PlatformRegistry {
    let canned = crate::canned::Canned::new(vec![crate::canned::ok("{}")]);
    let said = format!("retries = {{ times = 0 }}\n{tls}");
    let mapping = canned.mapping(&said, r#"body = { code = "{identifier}" }"#, "");
    let mapping = mapping.replace(
        &format!("http://127.0.0.1:{}", canned.port),
        &format!("https://localhost:{port}"),
    );
    PlatformRegistry::new(Mapping::from_toml(&mapping).unwrap(), folder).unwrap()
}

#[test]
fn only_trusted_certificates_of_the_right_name_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new(), Authority::new());
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("ca.pem", &authority.0.pem());
    write("other.pem", &other.0.pem());
    let tls = |file: &str| format!("tls = {{ authorities = \"{file}\" }}");

    let port = server(&authority, "localhost", None);
    let answer = about_firm(&registry(port, &tls("ca.pem"), folder.path()));
    assert_eq!(answer.reason, None);
    let untrusted = "no connection: TLS: invalid peer certificate: UnknownIssuer";
    let told = reason(&registry(port, &tls("other.pem"), folder.path()));
    assert!(told.starts_with("no connection: TLS: invalid peer certificate: "), "{told}");
    assert_eq!(reason(&registry(port, "", folder.path())), untrusted);

    let port = server(&authority, "elsewhere.example", None);
    let told = reason(&registry(port, &tls("ca.pem"), folder.path()));
    assert_eq!(
        told,
        "no connection: TLS: invalid peer certificate: certificate not valid for name \
         \"localhost\"; certificate is only valid for DnsName(\"elsewhere.example\")"
    );
}

#[test]
fn a_source_that_asks_for_a_certificate_gets_the_mapping_s() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, clients) = (Authority::new(), Authority::new());
    let (certificate, key) = clients.issue("office.example");
    for (name, text) in [("ca.pem", authority.0.pem()), ("own.pem", certificate), ("key.pem", key)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let port = server(&authority, "localhost", Some(&clients));
    let with = "tls = { authorities = \"ca.pem\", certificate = \"own.pem\", key = \"key.pem\" }";
    assert_eq!(about_firm(&registry(port, with, folder.path())).reason, None);
    let without = "tls = { authorities = \"ca.pem\" }";
    let told = reason(&registry(port, without, folder.path()));
    assert!(told.starts_with("no connection: TLS: ") || told == "the answer breaks off", "{told}");

    let mapping = |tls: &str| {
        let canned = crate::canned::Canned::new(vec![crate::canned::ok("{}")]);
        let mapping = canned.mapping(tls, r#"body = { code = "{identifier}" }"#, "");
        let mapping = Mapping::from_toml(&mapping).unwrap();
        PlatformRegistry::new(mapping, folder.path()).err().unwrap().to_string()
    };
    let swapped = "tls = { certificate = \"own.pem\", key = \"ca.pem\" }";
    assert_eq!(
        mapping(swapped),
        "source `platform`: the certificate and its key are no use: PEM is expected"
    );
    std::fs::write(folder.path().join("none.pem"), "nothing").unwrap();
    assert_eq!(
        mapping("tls = { authorities = \"none.pem\" }"),
        "source `platform`: `none.pem` holds no certificates in PEM"
    );
}
