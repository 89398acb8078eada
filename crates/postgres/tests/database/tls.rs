//! Connections by TLS: the certificates that the server must have.

use std::net::TcpListener;

use mustcheck_postgres::{Config, Database, Tls};
use mustcheck_testing::needs;

use crate::server::Server;

/// Script that makes two authorities, and a certificate of one of them for `localhost`.
const CERTIFICATES: &str = "\
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
for authority in ours theirs; do
    openssl req -x509 $key -keyout $authority.key -out $authority.crt -days 2 -subj /CN=$authority
done
openssl req $key -keyout server.key -out server.csr -subj /CN=localhost
echo subjectAltName=DNS:localhost > names
openssl x509 -req -in server.csr -CA ours.crt -CAkey ours.key -CAcreateserial -days 2 \
    -extfile names -out server.crt
chmod 600 server.key";

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_who_its_certificate_says() {
    needs!("initdb", "openssl");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start_with(free, |server| {
        server.run_in_folder("sh", &["-ec", CERTIFICATES]);
        let file = |name| server.folder().join(name).display().to_string();
        format!(
            "listen_addresses = '127.0.0.1'\nssl = on\nssl_cert_file = '{}'\n\
             ssl_key_file = '{}'\n",
            file("server.crt"),
            file("server.key")
        )
    });
    let authorities = ["ours", "theirs"].map(|name| server.folder().join(format!("{name}.crt")));
    let config = |host: &str, authorities: &std::path::Path| {
        let place = format!("host={host} hostaddr=127.0.0.1 port={free}");
        let mut config = Config::new(format!("{place} user=postgres dbname=postgres"));
        config.tls = Some(Tls { authorities: authorities.to_owned(), identity: None });
        config
    };
    let [ours, theirs] = &authorities;
    let database = Database::connect(&config("localhost", ours)).await.unwrap();
    database.migrate().await.unwrap();
    database.ready().await.unwrap();
    let raw = server.raw("postgres").await;
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE ssl AND application_name = 'mustcheck'";
    assert!(raw.query_one(encrypted, &[]).await.unwrap().get::<_, i64>(0) > 0);
    let why = async |config: Config| {
        let refused = Database::connect(&config).await.unwrap_err();
        assert_eq!(refused.to_string(), "no connection to the database");
        std::error::Error::source(&refused).unwrap().to_string()
    };
    let unknown = why(config("localhost", theirs)).await;
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    let other = why(config("db.example", ours)).await;
    assert!(other.contains("not valid for name"), "{other}");
}
