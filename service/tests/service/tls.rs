//! TLS, and callers who show a certificate.

use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sha2::{Digest as _, Sha256};

use crate::support::{CLEAR, Client, Office, Request, Running, application};

const TLS: &str = "[tls]\ncertificate = \"server.pem\"\nkey = \"server-key.pem\"\n\
                   client_authorities = \"ca.pem\"";

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A certificate with its key.
struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

fn authority() -> Issuer {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn issued(authority: &Issuer, name: &str, usage: ExtendedKeyUsagePurpose) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![usage];
    let certificate = params.signed_by(&key, authority).unwrap();
    Identity { certificate: certificate.der().clone(), pem: certificate.pem(), key }
}

fn put_server(office: &Office, server: &Identity) {
    office.write_private("server-key.pem", &server.key.serialize_pem());
    office.write_private("server.pem", &server.pem);
}

/// Connects, with a certificate or without; none if it is refused.
fn connect(
    service: &Running,
    authority: &Issuer,
    client: Option<&Identity>,
) -> Client<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(client.key.serialize_der()));
            builder.with_client_auth_cert(vec![client.certificate.clone()], key).unwrap()
        }
    };
    let name = "service.example".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(service.address).unwrap();
    Client::over(StreamOwned::new(connection, stream))
}

#[test]
fn a_caller_is_known_by_certificate() {
    let authority = authority();
    let server = issued(&authority, "service.example", ExtendedKeyUsagePurpose::ServerAuth);
    let client = |name| issued(&authority, name, ExtendedKeyUsagePurpose::ClientAuth);
    let (named, pinned, stranger) =
        (client("tendering.example"), client("pinned.example"), client("stranger.example"));
    let office = Office::new(CLEAR);
    put_server(&office, &server);
    office.write("ca.pem", &authority.pem());
    let rules = "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let before = std::fs::read_to_string(office.path("callers.toml")).unwrap();
    let digest = Sha256::digest(pinned.certificate.as_ref());
    let fingerprint: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    office.write_private(
        "callers.toml",
        &format!(
            "{before}\n[[callers]]\nname = \"tendering\"\ncertificate_names = \
             [\"tendering.example\"]\n{rules}\n[[callers]]\nname = \
             \"pinned\"\ncertificate_sha256 = [\"{}\"]\n{rules}\n",
            fingerprint.join(":")
        ),
    );
    let service = office.run(TLS);
    let check = Request::post("/v1/checks").json(&application(CLEAR));
    let status = |client: Option<&Identity>, request: &Request| {
        connect(&service, &authority, client).send(request).status
    };
    assert_eq!(status(Some(&named), &check), 200);
    assert_eq!(status(Some(&pinned), &check), 200);
    assert_eq!(status(Some(&stranger), &check), 401);
    assert_eq!(status(None, &check), 401);
    assert_eq!(status(None, &check.clone().token(&service.office.token)), 200);
    // A certificate that another authority signed ends the connection.
    let forged =
        issued(&self::authority(), "tendering.example", ExtendedKeyUsagePurpose::ClientAuth);
    let mut client = connect(&service, &authority, Some(&forged));
    let sent = client.write(&check.bytes());
    assert!(sent.is_err() || client.answer(false).is_none());
    // Nobody speaks in clear.
    let mut clear = Client::new(service.address);
    let _ = clear.write(&check.bytes());
    assert!(clear.answer(false).is_none());
}

#[test]
fn certificates_are_read_again() {
    let authority = authority();
    let server = || issued(&authority, "service.example", ExtendedKeyUsagePurpose::ServerAuth);
    let (first, second) = (server(), server());
    let office = Office::new(CLEAR);
    put_server(&office, &first);
    office.write("ca.pem", &authority.pem());
    let service = office.run(TLS);
    let shown = || {
        let mut client = connect(&service, &authority, None);
        assert_eq!(client.send(&Request::get("/healthz")).status, 200);
        client.stream().conn.peer_certificates().unwrap()[0].clone()
    };
    assert_eq!(shown(), first.certificate);
    // A certificate without its key is not taken.
    service.office.write_private("server.pem", &second.pem);
    service.reloads.changed();
    assert_eq!(shown(), first.certificate);
    put_server(&service.office, &second);
    service.reloads.all();
    assert_eq!(shown(), second.certificate);
}
