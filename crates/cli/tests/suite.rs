//! Suites of cases: what is compared with what, what is reported, and that the shipped cases show
//! every measure and clause.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "suite/bad.rs"]
mod bad;
#[path = "suite/format.rs"]
mod format;
#[path = "suite/init.rs"]
mod init;
#[path = "suite/shipped.rs"]
mod shipped;
#[path = "suite/watch.rs"]
mod watch;

use serde_json::Value;

use support::{Folder, application, record, registry};

/// Writes a case of firm 1 on the list of wage arrears, with this expected outcome.
fn case(folder: &Folder, name: &str, expected: &str) {
    case_of(folder, name, &application(), &registry(&[record("r1", 1)]), expected);
}

fn case_of(folder: &Folder, name: &str, application: &Value, registry: &Value, expected: &str) {
    std::fs::create_dir_all(folder.path(name)).unwrap();
    folder.write(&format!("{name}/application.json"), application);
    folder.write(&format!("{name}/registry.json"), registry);
    folder.write_text(&format!("{name}/expected.toml"), expected);
}

/// Right outcome of [`case`]: the supplier is excluded and examined, and its legal representative,
/// whom the record names, is excluded too.
const RIGHT: &str = "\
title.zh = \"拖欠工资\"
title.en = \"wages in arrears\"
disposition = \"restricted\"
measures = [
  \"wage-regulations-48-tendering applicant\",
  \"opinions-10-trade-examination applicant\",
  \"wage-regulations-48-person legal-representative\",
]
set_aside = []
";
