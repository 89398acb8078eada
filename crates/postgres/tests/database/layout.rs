//! Migrations, and connections that are refused.

use std::time::Duration;

use mustcheck_postgres::{Config, Database, Error, Tls};
use mustcheck_testing::needs;

use crate::server::SHARED;

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_start_at_once_migrate_once() {
    needs!("initdb");
    let name = SHARED.fresh().await;
    let database = Database::connect(&Config::new(SHARED.url(&name))).await.unwrap();
    let missing = database.ready().await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the database is of version 0; this program needs version 6: migrate it"
    );
    let replicas = (0..6).map(|_| {
        let config = Config::new(SHARED.url(&name));
        tokio::spawn(async move {
            let database = Database::connect(&config).await.unwrap();
            let applied = database.migrate().await.unwrap();
            database.ready().await.unwrap();
            applied
        })
    });
    let mut applied = Vec::new();
    for replica in replicas.collect::<Vec<_>>() {
        applied.extend(replica.await.unwrap());
    }
    applied.sort_unstable();
    assert_eq!(applied, [1, 2, 3, 4, 5, 6]);
    database.ready().await.unwrap();
    assert_eq!(database.migrate().await.unwrap(), [0; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_program_is_refused() {
    needs!("initdb");
    let (name, database) = SHARED.database().await;
    let raw = SHARED.raw(&name).await;
    let newer = "INSERT INTO mustcheck_migrations SELECT 9, 'later', applied_on, checksum \
                 FROM mustcheck_migrations WHERE version = 1";
    raw.batch_execute(newer).await.unwrap();
    let refused = "the database is of version 9; this program knows versions up to 6";
    assert_eq!(database.migrate().await.unwrap_err().to_string(), refused);
    assert_eq!(database.ready().await.unwrap_err().to_string(), refused);
    let other = "DELETE FROM mustcheck_migrations WHERE version = 9; \
                 UPDATE mustcheck_migrations SET checksum = '1' WHERE version = 2";
    raw.batch_execute(other).await.unwrap();
    assert_eq!(
        database.migrate().await.unwrap_err().to_string(),
        "migration 2 of the database is not this program's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_checked_and_never_told() {
    needs!("initdb");
    let refused = async |config: Config| {
        let error = Database::connect(&config).await.unwrap_err();
        assert!(!format!("{error:?} {error} {config:?}").contains("secret"));
        error.to_string()
    };
    let config = Config::new("host=db password='secret");
    assert_eq!(
        refused(config).await,
        "the database's settings: the place is no connection string of PostgreSQL"
    );
    let config = Config::new("postgresql://u:secret@db/x?sslmode=require");
    assert_eq!(
        refused(config).await,
        "the database's settings: `sslmode=require` needs the certificates of its authorities"
    );
    let mut config = Config::new("postgresql://u:secret@db/x");
    config.tls = Some(Tls { authorities: "/none.pem".into(), identity: None });
    assert!(refused(config).await.starts_with("the database's settings: `/none.pem` cannot be"));
    let mut config = Config::new("host=/none user=u password=secret dbname=x");
    config.connect = Duration::from_secs(2);
    assert_eq!(refused(config).await, "no connection to the database");
    // A server that does not speak TLS is not connected to in clear.
    let mut config = Config::new(SHARED.url("postgres"));
    config.url = config.url.replace("dbname", "sslmode=require dbname");
    assert!(matches!(Database::connect(&config).await, Err(Error::Config(_))));
}
