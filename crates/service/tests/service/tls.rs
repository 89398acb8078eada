//! TLS, and callers who show a certificate.

use std::net::TcpStream;
use std::sync::Arc;

use mustcheck_service::Callers;
use rcgen::{
    CertificateParams, CertificateRevocationListParams, CertifiedIssuer, ExtendedKeyUsagePurpose,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
};
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
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
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

/// Connects, with a certificate or without; `None` if the connection is refused.
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
        let answer = client.send(&Request::get("/healthz"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
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

#[test]
fn a_fingerprint_goes_before_a_name_and_a_name_is_one_callers() {
    let authority = authority();
    let server = issued(&authority, "service.example", ExtendedKeyUsagePurpose::ServerAuth);
    let client = issued(&authority, "hall.example", ExtendedKeyUsagePurpose::ClientAuth);
    let office = Office::new(CLEAR);
    put_server(&office, &server);
    office.write("ca.pem", &authority.pem());
    let before = std::fs::read_to_string(office.path("callers.toml")).unwrap();
    let digest = const_hex::encode(Sha256::digest(client.certificate.as_ref()));
    let text = format!(
        "{before}\n[[callers]]\nname = \"hall\"\ncertificate_names = [\"hall.example\"]\nroles = \
         [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]\n[[callers]]\nname = \
         \"pinned\"\ncertificate_sha256 = [\"{digest}\"]\nroles = []\nmatters = []\nregions = []\n"
    );
    office.write_private("callers.toml", &text);
    let service = office.run(TLS);
    let check = Request::post("/v1/checks").json(&application(CLEAR));
    assert_eq!(connect(&service, &authority, Some(&client)).send(&check).status, 403);
    let twice = format!(
        "{text}[[callers]]\nname = \"other\"\ncertificate_names = [\"hall.example\"]\nroles = \
         []\nmatters = []\nregions = []\n"
    );
    service.office.write_private("callers.toml", &twice);
    let read = Callers::open(&service.office.path("callers.toml"), 1, &Callers::default());
    let told = read.expect_err("it is refused").to_string();
    let expected = "`callers[3].certificate_names`: `hall.example` is there twice";
    assert!(told.ends_with(expected), "{told}");
}

#[test]
fn a_certificate_that_was_revoked_ends_the_connection() {
    let (authority, other) = (authority(), authority());
    let server = issued(&authority, "service.example", ExtendedKeyUsagePurpose::ServerAuth);
    let good = numbered(&authority, "hall.example", 7);
    let revoked = numbered(&authority, "hall.example", 8);
    let office = Office::new(CLEAR);
    put_server(&office, &server);
    office.write("ca.pem", &authority.pem());
    office.write("revoked.pem", &revocations(&authority, &[], 2_100));
    let rules = "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let before = std::fs::read_to_string(office.path("callers.toml")).unwrap();
    office.write_private(
        "callers.toml",
        &format!(
            "{before}\n[[callers]]\nname = \"hall\"\ncertificate_names = [\"hall.example\"]\n{rules}\n"
        ),
    );
    let service = office.run(&format!("{TLS}\nclient_revocations = \"revoked.pem\""));
    let check = Request::post("/v1/checks").json(&application(CLEAR));
    let is_let_in = |client: &Identity| {
        let mut client = connect(&service, &authority, Some(client));
        client.write(&check.bytes()).is_ok()
            && client.answer(false).is_some_and(|answer| answer.status == 200)
    };
    assert_eq!([&good, &revoked].map(is_let_in), [true, true]);
    for (list, let_in) in [
        (revocations(&authority, &[8], 2_100), [true, false]),
        // A list that is out of date, or another authority's, lets nobody in.
        (revocations(&authority, &[], 2_001), [false, false]),
        (revocations(&other, &[], 2_100), [false, false]),
    ] {
        service.office.write("revoked.pem", &list);
        service.reloads.all();
        assert_eq!([&good, &revoked].map(is_let_in), let_in);
    }
}

/// A client's certificate with a serial number.
fn numbered(authority: &Issuer, name: &str, number: u64) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.serial_number = Some(number.into());
    let certificate = params.signed_by(&key, authority).unwrap();
    Identity { certificate: certificate.der().clone(), pem: certificate.pem(), key }
}

/// Revocation list of an authority, in PEM, current until a year.
fn revocations(authority: &Issuer, numbers: &[u64], until: i32) -> String {
    let begin = rcgen::date_time_ymd(2_000, 1, 1);
    let revoked = |number: &u64| RevokedCertParams {
        serial_number: (*number).into(),
        revocation_time: begin,
        reason_code: None,
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: begin,
        next_update: rcgen::date_time_ymd(until, 1, 1),
        crl_number: 1.into(),
        issuing_distribution_point: None,
        revoked_certs: numbers.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(authority).unwrap().pem().unwrap()
}
