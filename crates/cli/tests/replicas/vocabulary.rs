//! The codes in the database's registry are those of the policies, or the policies are refused.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mustcheck::Policy;
use mustcheck::registry::Vocabulary;
use mustcheck_postgres::{Config, Database, PostgresRegistry};
use mustcheck_testing::needs;
use serde_json::Value;

use crate::client::Request;
use crate::{Office, case};

const TOLD: &str = "the registry names what no policy knows: source \
                    `national-credit-platform`: `wage-arears` is an unknown list; did you mean `wage-arrears`?";

/// Imports a file as a program would whose policies know one list more.
fn import(office: &Office, file: &Path) {
    let mut known = Policy::embedded_description(Policy::newest_edition()).unwrap();
    let mut list = known.lists[0].clone();
    list.code = "wage-arears".into();
    known.lists.push(list);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url = std::fs::read_to_string(office.folder.path().join("database-url")).unwrap();
        let database = Database::connect(&Config::new(url)).await.unwrap();
        let registry = PostgresRegistry::new(database);
        registry.import(file, &Vocabulary::of([&known])).await.unwrap();
    });
}

/// Imports the case's registry with a list that the service's policies do not know.
fn misspell(office: &Office) {
    let text = std::fs::read_to_string(case("registry.json")).unwrap();
    let mut registry: Value = serde_json::from_str(&text).unwrap();
    let covers = registry["sources"][0]["covers"].as_array_mut().unwrap();
    covers.push("wage-arears".into());
    let file = office.folder.path().join("misspelt.json");
    std::fs::write(&file, registry.to_string()).unwrap();
    import(office, &file);
}

#[test]
fn a_service_does_not_start_on_codes_that_no_policy_knows() {
    needs!("initdb");
    let office = Office::new();
    let file = office.configure("a");
    let (code, told) = office.try_config(&file);
    assert_eq!(code, Some(0), "{told}");
    misspell(&office);
    let expected =
        format!("error: the policies for region `` cannot be used\n  caused by: {TOLD}\n");
    assert_eq!(office.try_config(&file), (Some(3), expected));
}

#[test]
fn codes_that_no_policy_knows_leave_the_old_policies_in_force() {
    needs!("initdb");
    let office = Office::new();
    let replica = office.replica("a");
    let reload = || {
        let pid = replica.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    };
    let policies = || replica.send(&Request::get("/v1/policies").token(&office.token)).json();
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not happen");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let before = policies();
    misspell(&office);
    reload();
    until("the failure", &|| policies().get("last_failure").is_some());
    let after = policies();
    let detail = format!("the policies for region `` cannot be used: {TOLD}");
    assert_eq!(after["last_failure"]["detail"], detail);
    assert_eq!(after["policies"], before["policies"]);
    let answer = replica.send(&office.check("GP-1", "one"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["decision"]["disposition"], "restricted");
    // After the registry is corrected, the policies are accepted.
    import(&office, &case("registry.json"));
    reload();
    until("the reload", &|| policies().get("last_failure").is_none());
}
