//! Damaged identifiers: a listed subject never comes out of the import with a proof that they are
//! not listed, and subjects that the damage cannot mean are not touched (RAIL R2). The same damages
//! are done to the other inputs, beside the host's tests.

use mustcheck::AsyncRegistry as _;
use mustcheck_postgres::PostgresRegistry;
use mustcheck_testing::needs;

use crate::office::VOCABULARY;
use crate::server::SHARED;
use crate::victims::{Victim, asked, document, hold};

#[test]
fn no_damage_in_a_file_makes_a_listed_subject_clear() {
    needs!("initdb");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (name, database) = runtime.block_on(SHARED.database());
    let registry = PostgresRegistry::new(database);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.json");
    let mut state = 0_u32;
    hold(
        1_000,
        |_| false,
        |victims| {
            state += 1;
            runtime.block_on(SHARED.empty(&name, &format!("batch {state}")));
            std::fs::write(&file, document(victims).to_string()).unwrap();
            runtime.block_on(registry.import(&file, &VOCABULARY)).unwrap();
            [Victim::subject, Victim::bystander].map(|who| {
                asked(victims, who, |asks| runtime.block_on(registry.lookup(asks)).unwrap())
            })
        },
    );
}
