//! Texts that would hide or reorder something on a terminal, deep nesting, and identifiers where
//! nobody looks for one.

use serde_json::{Value, json};

use crate::support::{
    Folder, LEI_OF_LETTERS, Run, application, full_width, record, registry, uscc, with,
};

/// Colour, a bidi override, a line break, a zero-width space, a bell.
const EVIL: &str = "\u{1b}[31mred\u{202e}drow\nnext\u{200b}\u{7}\u{2066}";
/// The same, shown.
const SHOWN: &str = "\\u{1b}[31mred\\u{202e}drow\\u{a}next\\u{200b}\\u{7}\\u{2066}";

/// Nothing hidden: no control character but the line break, no bidi mark, nothing invisible.
fn assert_plain(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let hidden = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(hidden, None, "{text}");
    }
}

fn check(folder: &Folder, application: &Value, registry: &Value, lang: &str) -> Run {
    folder.write("application.json", application);
    folder.write("registry.json", registry);
    let files = ["application.json", "--registry", "registry.json"];
    folder.run(&["check", files[0], files[1], files[2], "--lang", lang])
}

#[test]
fn hidden_characters_in_texts_are_written_out() {
    let folder = Folder::new();
    let mut evil = application();
    evil["id"] = json!(EVIL);
    evil["office"]["name"] = json!(EVIL);
    evil["subjects"][0]["name"] = json!(EVIL);
    let mut found = record(EVIL, 1);
    for field in ["document", "decided_by"] {
        found[field] = json!(EVIL);
    }
    found["source"] = json!(EVIL);
    // A second record that is set aside, so that both ways of showing one are seen.
    let mut ended = with(&record("ended", 1), "/valid_until", "2025-04-01");
    ended["source"] = json!(EVIL);
    let mut registry = registry(&[found, ended]);
    registry["sources"][0]["id"] = json!(EVIL);
    registry["sources"][0]["name"] = json!(EVIL);
    for lang in ["zh", "en"] {
        let run = check(&folder, &evil, &registry, lang);
        assert_eq!(run.told(), (11, ""));
        assert_plain(&run);
        assert!(run.stdout.matches(SHOWN).count() >= 6, "{}", run.stdout);
        assert!(!run.stdout.lines().any(|line| line.starts_with("next")), "{}", run.stdout);
    }
    let run =
        folder.run(&["registry", "show", "registry.json", "--application", "application.json"]);
    assert_eq!(run.code, 0);
    assert_plain(&run);
    let run = folder.run(&["lookups", "application.json"]);
    assert_eq!(run.code, 0);
    assert_plain(&run);
}

#[test]
fn hidden_characters_in_reasons_are_written_out() {
    let folder = Folder::new();
    let down = with(&registry(&[]), "/sources/0/unavailable", EVIL);
    let run = check(&folder, &application(), &down, "en");
    assert_eq!(run.code, 12);
    assert_plain(&run);
    assert!(run.stdout.contains(SHOWN), "{}", run.stdout);
}

#[test]
fn hidden_characters_in_errors_are_written_out() {
    let folder = Folder::new();
    let platform = || registry(&[record("r1", 1)]);
    let of_registry = |registry: Value| (application(), registry);
    let twice = registry(&[record(EVIL, 1), record(EVIL, 2)]);
    let ended = with(&record(EVIL, 1), "/valid_until", "2025-01-01");
    let key = format!("/office/{EVIL}");
    for (application, registry) in [
        (with(&application(), "/matter", EVIL), platform()),
        (with(&application(), "/office/region", EVIL), platform()),
        (with(&application(), "/subjects/0/identifier", EVIL), platform()),
        (with(&application(), "/subjects/0/scheme", EVIL), platform()),
        (with(&application(), &key, 1), platform()),
        of_registry(with(&platform(), "/records/0/source", EVIL)),
        of_registry(with(&platform(), "/records/0/list", EVIL)),
        of_registry(with(&platform(), "/records/0/act", EVIL)),
        of_registry(with(&platform(), "/sources/0/covers/0", EVIL)),
        of_registry(with(&platform(), "/sources/+", json!({ "id": EVIL, "as_of": EVIL }))),
        of_registry(twice),
        of_registry(registry(&[ended])),
    ] {
        let run = folder.check(&application, &registry);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert_plain(&Run { stdout: String::new(), ..run });
    }
}

#[test]
fn hidden_characters_in_an_import_are_written_out() {
    let folder = Folder::new();
    let mut bad = with(&record(EVIL, 1), "/act", EVIL);
    bad["list"] = json!("wage-arrears");
    folder.write("registry.json", &registry(&[record(EVIL, 2), bad]));
    let run = folder.run(&["registry", "import", "registry.json", "--into", "credit.db"]);
    assert_eq!(run.code, 3);
    assert_plain(&run);
    assert!(run.stdout.contains(SHOWN), "{}", run.stdout);
}

#[test]
fn deep_nesting_is_refused_and_crashes_nothing() {
    let folder = Folder::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"x\":".repeat(100_000), "}".repeat(100_000));
    let nested = |pointer: &str, deep: &str| {
        let marked = with(&application(), pointer, "DEEP");
        marked.to_string().replace("\"DEEP\"", deep)
    };
    for text in [
        deep.clone(),
        objects.clone(),
        nested("/id", &deep),
        nested("/subjects", &deep),
        nested("/office", &objects),
        nested("/subjects/0/name", &objects),
    ] {
        let run = crate::check_text(&folder, &text);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.starts_with("error: ") && run.stderr.len() < 500, "{}", run.stderr);
    }
    folder.write("application.json", &application());
    let marked = with(&registry(&[record("r1", 1)]), "/records/0/document", "DEEP").to_string();
    for text in [deep.clone(), objects.clone(), marked.replace("\"DEEP\"", &objects)] {
        folder.write_text("registry.json", &text);
        let run = folder.run_check();
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.len() < 500, "{}", run.stderr);
    }
}

// ---- identifiers in the wrong place (RAIL R13); `Folder::run` asserts that they are masked ------

/// Identifiers, alone and within something longer, however typed.
fn sought() -> Vec<String> {
    vec![
        uscc(1),
        uscc(1).to_lowercase(),
        full_width(&uscc(1)),
        LEI_OF_LETTERS.to_owned(),
        crate::support::resident(1),
        format!("{}{}", uscc(1), uscc(2)),
        format!("ID{}END0000", uscc(1)),
        format!("统一社会信用代码{}的公司", uscc(1)),
    ]
}

#[test]
fn an_identifier_in_the_wrong_field_is_masked() {
    let folder = Folder::new();
    folder.write_text("identifiers", &format!("{} {}", uscc(1), uscc(2)));
    for identifier in sought() {
        for field in ["as_of", "subjects/0/role", "subjects/0/scheme", "subjects", "consortium"] {
            let changed = with(&application(), &format!("/{field}"), identifier.as_str());
            let run = crate::check_text(&folder, &changed.to_string());
            assert_eq!(run.code, 3, "{field}: {}", run.stderr);
        }
        let key = with(&application(), &format!("/office/{identifier}"), 1);
        assert_eq!(crate::check_text(&folder, &key.to_string()).code, 3);
    }
}

#[test]
fn an_identifier_in_the_place_of_a_code_is_masked() {
    let folder = Folder::new();
    folder.write_text("identifiers", &format!("{} {}", uscc(1), uscc(2)));
    folder.write("registry.json", &registry(&[]));
    let in_place = |pointer: &'static str| {
        let all = sought().into_iter();
        all.map(move |identifier| with(&application(), pointer, identifier))
    };
    let lines: Vec<Value> = in_place("/matter").chain(in_place("/office/region")).collect();
    folder.write_lines("in.jsonl", &lines);
    let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.rows().iter().filter(|row| row.get("error").is_some()).count(), lines.len());
}

#[test]
fn an_identifier_in_a_registry_s_error_is_masked() {
    let folder = Folder::new();
    let platform = registry(&[record("r1", 1)]);
    for pointer in ["/records/0/source", "/records/0/list", "/records/0/valid_from"] {
        let run = folder.check(&application(), &with(&platform, pointer, uscc(3)));
        assert_eq!(run.code, 3, "{pointer}: {}", run.stderr);
    }
    let number: u64 = "310101195003070010".parse().unwrap();
    folder.write_text("identifiers", "310101195003070010");
    let run = folder.check(
        &application(),
        &with(&platform, "/records/0/responsible_persons/0/identifier", number),
    );
    assert_eq!(run.code, 3, "{}", run.stderr);
}

#[test]
fn an_identifier_in_a_source_s_reason_is_masked() {
    let folder = Folder::new();
    let reason = format!("GET /query?code={} timed out", uscc(1));
    let down = with(&registry(&[]), "/sources/0/unavailable", reason);
    let run = folder.check(&application(), &down);
    assert_eq!(run.code, 12, "{}", run.stderr);
    assert_eq!(check(&folder, &application(), &down, "zh").code, 12);
}

#[test]
fn a_document_that_quotes_an_identifier_is_shown_masked() {
    let folder = Folder::new();
    let mut quoting = record("r1", 1);
    quoting["document"] = json!(format!("关于{}拖欠工资的决定", uscc(1)));
    quoting["decided_by"] = json!(format!("某局（{}）", crate::support::resident(1)));
    let run = folder.check(&application(), &registry(&[quoting]));
    assert_eq!(run.told(), (11, ""));
}

#[test]
fn a_record_s_id_is_no_place_for_an_identifier() {
    // An id is shown in decisions, notices and logs, and cannot be masked there.
    let folder = Folder::new();
    let run = folder.check(&application(), &registry(&[record(&uscc(1), 1)]));
    let cause = "records[0].id: holds the identifier `9131…**`";
    let stderr = format!("error: registry `registry.json`\n  caused by: {cause}\n");
    assert_eq!(run.told(), (3, &*stderr));
}
