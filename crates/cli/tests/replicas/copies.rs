//! Records of a service's database, copied into folders, where every other command reads them.

use crate::{Office, program, run};
use mustcheck_testing::needs;

#[test]
fn a_copy_is_verified_and_replayed_and_grows() {
    needs!("initdb");
    let office = Office::new();
    let folder = office.folder.path();
    let copy = ["audit", "copy", "--database", "database-url", "--keys", "keys", "--audit", "log"];
    let with_bundles = [&copy[..], &["--evidence", "evidence"]].concat();
    let output = program(folder).args(copy).args(["--lang", "en"]).output();
    let output = output.unwrap();
    let told = "error: database `database-url`\n  caused by: there is no log in it\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), told);
    assert_eq!(output.status.code(), Some(1));

    let replica = office.replica("a");
    for number in 1..=3 {
        let key = format!("GP-{number}");
        assert_eq!(replica.send(&office.check(&key, &key)).status, 200);
    }
    let copied = run(folder, &with_bundles);
    assert_eq!(copied, "3 entries of the log, 3 of them new\n3 bundles\n");
    assert_eq!(replica.send(&office.check("GP-4", "GP-4")).status, 200);
    assert_eq!(run(folder, &with_bundles), "4 entries of the log, 1 of them new\n4 bundles\n");
    assert_eq!(run(folder, &copy), "4 entries of the log, 0 of them new\n");

    let public = "keys/mustcheck-keys.json";
    run(folder, &["audit", "verify", "log", "--keys", public, "--evidence", "evidence"]);
    run(folder, &["replay", "evidence", "--keys", public, "--audit", "log"]);
    let months = std::fs::read_dir(folder.join("evidence")).unwrap().map(|m| m.unwrap().path());
    let month = months.into_iter().find(|month| month.to_string_lossy().contains("/evidence/2"));
    let bundle = std::fs::read_dir(month.unwrap()).unwrap().next().unwrap().unwrap().path();
    run(folder, &["test", "--init", bundle.to_str().unwrap(), "--into", "case"]);
    run(folder, &["test", "case"]);
}
