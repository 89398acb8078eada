//! Policies are replaced while the service runs, whole or not at all.

use std::time::{Duration, Instant};

use mustcheck::Policy;

use crate::support::{CLEAR, Office, Running, application, repository};

fn place(overlay: &str) -> Policy {
    let folder = repository().join("catalogue");
    Policy::from_folder(&folder, "statutes", overlay).unwrap()
}

fn put(service: &Office, policy: &Policy) {
    // As a deployment does it: written apart, renamed into place.
    std::fs::write(service.path("new.wasm"), policy.component()).unwrap();
    std::fs::rename(service.path("new.wasm"), service.path("place.wasm")).unwrap();
}

const FILE: &str = "[[policies]]\nfile = \"place.wasm\"";

fn overlay(service: &Running) -> String {
    let answer = service.post("/v1/checks", &application(CLEAR));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["decision"]["policy"]["overlay"].as_str().unwrap().to_owned()
}

/// Waits until something holds: the file system reports changes in its own time.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not happen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_that_changes_is_in_force_without_a_restart() {
    let office = Office::new(CLEAR);
    put(&office, &place("default"));
    let service = office.run(FILE);
    assert_eq!(overlay(&service), "default");
    let before = service.get("/v1/policies").json();
    put(&service.office, &place("shanghai"));
    until("the reload", || overlay(&service) == "shanghai");
    let after = service.get("/v1/policies").json();
    assert_ne!(before["policies"][0]["component"], after["policies"][0]["component"]);
    assert_ne!(before["policies"][0]["since"], after["policies"][0]["since"]);
    assert_eq!(after["policies"][0]["source"], "place.wasm");
    assert_eq!(after.get("last_failure"), None);
    let shown =
        |overlay: &str| service.get("/metrics").text().contains(&format!("overlay=\"{overlay}\""));
    until("the metric", || shown("shanghai") && !shown("default"));
}

#[test]
fn what_cannot_be_used_leaves_the_old_in_force_and_says_so() {
    let office = Office::new(CLEAR);
    put(&office, &place("shanghai"));
    let service = office.run(FILE);
    let since = service.get("/v1/policies").json()["policies"][0]["since"].clone();
    std::fs::write(service.office.path("place.wasm"), b"\0asm and no more").unwrap();
    until("the failure", || service.get("/v1/policies").json().get("last_failure").is_some());
    assert_eq!(overlay(&service), "shanghai");
    let answer = service.get("/v1/policies").json();
    assert_eq!(answer["policies"][0]["since"], since);
    let detail = answer["last_failure"]["detail"].as_str().unwrap();
    assert!(detail.starts_with("policy `place.wasm`: this is no policy component"), "{detail}");
    let failed = "mustcheck_reloads_total{what=\"policies\",result=\"failed\"}";
    assert!(service.metric(failed).unwrap() >= 1.0);
    assert!(crate::support::logged().contains("not replaced: the old stay in force"));
    // The corrected policy is in force, and the failure is over.
    put(&service.office, &place("default"));
    until("the reload", || overlay(&service) == "default");
    assert_eq!(service.get("/v1/policies").json().get("last_failure"), None);
}

#[test]
fn a_policy_with_another_digest_than_expected_is_refused() {
    let office = Office::new(CLEAR);
    let expected = place("shanghai");
    put(&office, &expected);
    let service = office.run(&format!("{FILE}\nsha256 = \"{}\"", expected.digest()));
    let other = place("default");
    put(&service.office, &other);
    service.reloads.all();
    assert_eq!(overlay(&service), "shanghai");
    let answer = service.get("/v1/policies").json();
    let detail = format!(
        "policy `place.wasm` has the SHA-256 `{}`, and `{}` is expected",
        other.digest(),
        expected.digest()
    );
    assert_eq!(answer["last_failure"]["detail"], detail);
}

/// A request while policies are replaced gets one or the other, and never nothing.
#[test]
fn checks_go_on_while_policies_are_replaced() {
    let office = Office::new(CLEAR);
    let (one, other) = (place("default"), place("shanghai"));
    put(&office, &one);
    let service = office.run(FILE);
    std::thread::scope(|scope| {
        let checks = scope.spawn(|| {
            let mut client = service.client();
            let request = crate::support::Request::post("/v1/checks").token(&service.office.token);
            let request = request.json(&application(CLEAR));
            (0..300).all(|_| client.send(&request).status == 200)
        });
        for policy in [&other, &one, &other, &one] {
            put(&service.office, policy);
            service.reloads.all();
        }
        assert!(checks.join().unwrap());
    });
}
