//! `mustcheck batch`: order kept, nothing lost, one bad line stops nothing.

use serde_json::{Value, json};

use crate::support::{Folder, Run, application, record, registry, resident, uscc, with};

fn numbered(n: u32) -> Value {
    let one = with(&application(), "/id", format!("case-{n}"));
    let one = with(&one, "/subjects/0/identifier", uscc(n));
    with(&one, "/subjects/1/identifier", resident(n))
}

/// Exit code and stderr, without the last line: how many applications, and how long they took.
fn told(run: &Run) -> (i32, &str) {
    let (code, stderr) = run.told();
    let before = stderr.trim_end().rfind('\n').map_or(0, |at| at + 1);
    let (stderr, last) = stderr.split_at(before);
    let words: Vec<&str> = last.split_whitespace().collect();
    let [count, noun, "in", seconds, "s,", rate, "a", "second"] = words[..] else {
        panic!("the last line is `{last}`");
    };
    assert!(count.parse::<u64>().is_ok() && rate.parse::<u64>().is_ok(), "{last}");
    assert!(seconds.parse::<f64>().is_ok() && noun.starts_with("application"), "{last}");
    (code, stderr)
}

#[test]
fn a_bad_line_is_told_with_its_number_and_the_rest_goes_on_in_order() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[record("r1", 3)]));
    let unknown = with(&numbered(4), "/matter", "weather");
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(20 << 20));
    let lines = [
        numbered(1).to_string(),
        String::new(),
        "this is no JSON".into(),
        "   \t\r".into(),
        format!("{}\r", numbered(3)),
        long.clone(),
        unknown.to_string(),
        numbered(5).to_string(),
    ];
    folder.write_text("in.jsonl", &lines.join("\n"));
    let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json", "-o", "out.jsonl"]);
    let too_large =
        format!("the input has {} bytes, more than the 16777216 that are read", long.len() + 1);
    let stderr = format!(
        "line 3: the document: expected ident (line 1, column 2)\nline 6: {too_large}\nline 7: \
         matter: `weather` is no matter of this edition\n2 clear, 3 error, 1 restricted\n"
    );
    assert_eq!(told(&run), (3, &*stderr));
    assert_eq!(run.stdout, "");
    let output = std::fs::read_to_string(folder.path("out.jsonl")).unwrap();
    folder.assert_masked(&output, &run);
    let rows: Vec<Value> = output.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let told: Vec<(u64, &str)> = rows
        .iter()
        .map(|row| {
            let finding = row["decision"]["disposition"].as_str();
            (row["line"].as_u64().unwrap(), finding.or(row["error"]["kind"].as_str()).unwrap())
        })
        .collect();
    let expected = [
        (1, "clear"),
        (3, "input"),
        (5, "restricted"),
        (6, "input"),
        (7, "application"),
        (8, "clear"),
    ];
    assert_eq!(told, expected);
    assert_eq!(rows[2]["decision"]["application"], "case-3");
    assert_eq!(rows[3]["error"], json!({ "kind": "input", "detail": too_large }));
    assert_eq!(rows[5]["decision"]["application"], "case-5");
}

#[test]
fn many_applications_come_out_as_they_went_in_and_as_check_decides_them() {
    let folder = Folder::new();
    let records: Vec<Value> = (0..200).step_by(7).map(|n| record(&format!("r{n}"), n)).collect();
    folder.write("registry.json", &registry(&records));
    let applications: Vec<Value> = (0..200).map(numbered).collect();
    folder.write_lines("in.jsonl", &applications);
    let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json"]);
    assert_eq!(told(&run), (0, "171 clear, 29 restricted\n"));
    let rows = run.rows();
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row["line"], n + 1);
        assert_eq!(row["decision"]["application"], format!("case-{n}"));
        let expected = if n % 7 == 0 { "restricted" } else { "clear" };
        assert_eq!(row["decision"]["disposition"], expected);
    }
    folder.write("application.json", &applications[14]);
    assert_eq!(folder.run_check().json(), rows[14]["decision"]);
    // From stdin it is the same.
    let input = std::fs::read(folder.path("in.jsonl")).unwrap();
    let piped = folder.run_with_input(&["batch", "-", "--registry", "registry.json"], &input);
    assert_eq!((piped.code, piped.stdout), (0, run.stdout));
}

#[test]
fn nothing_to_do_is_no_error() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    folder.write_text("in.jsonl", "\n \n");
    let arguments = ["batch", "in.jsonl", "--registry", "registry.json", "--lang"];
    let run = |lang| folder.run(&[&arguments[..], &[lang]].concat());
    assert_eq!(run("en").told(), (0, "no applications\n"));
    assert_eq!(run("zh").told(), (0, "没有申请\n"));
}

#[test]
fn the_input_is_never_the_output() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    folder.write_lines("in.jsonl", &[numbered(1), numbered(2)]);
    let before = std::fs::read(folder.path("in.jsonl")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path("in.jsonl"), folder.path("link.jsonl")).unwrap();
    std::fs::hard_link(folder.path("in.jsonl"), folder.path("hard.jsonl")).unwrap();
    for output in ["in.jsonl", "./in.jsonl", "link.jsonl", "hard.jsonl"] {
        let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json", "-o", output]);
        assert_eq!(std::fs::read(folder.path("in.jsonl")).unwrap(), before, "-o {output}");
        assert_eq!(run.told(), (3, &*format!("error: output `{output}` is the input\n")));
    }
    let run = folder.run(&["batch", "in.jsonl", "--registry", "in.jsonl", "-o", "in.jsonl"]);
    assert_ne!(run.code, 0);
    assert_eq!(std::fs::read(folder.path("in.jsonl")).unwrap(), before);
    // Nor is the registry.
    let held = std::fs::read(folder.path("registry.json")).unwrap();
    let run =
        folder.run(&["batch", "in.jsonl", "--registry", "registry.json", "-o", "registry.json"]);
    assert_eq!(std::fs::read(folder.path("registry.json")).unwrap(), held);
    assert_ne!(run.code, 0);
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    folder.write_lines("in.jsonl", &[numbered(1)]);
    let missing = "No such file or directory (os error 2)";
    let run = folder.run(&["batch", "nowhere.jsonl", "--registry", "registry.json"]);
    let stderr = format!("error: `nowhere.jsonl` cannot be read\n  caused by: {missing}\n");
    assert_eq!(run.told(), (3, &*stderr));
    let run = folder.run(&["batch", ".", "--registry", "registry.json"]);
    let directory = "Is a directory (os error 21)";
    assert_eq!(run.told(), (3, &*format!("error: `.` cannot be read\n  caused by: {directory}\n")));
    let arguments = ["batch", "in.jsonl", "--registry", "registry.json", "-o"];
    let run = folder.run(&[&arguments[..], &["nowhere/out.jsonl"]].concat());
    let stderr = format!("error: `nowhere/out.jsonl` cannot be written\n  caused by: {missing}\n");
    assert_eq!(run.told(), (1, &*stderr));
}

#[test]
fn a_bad_registry_ends_the_run_at_once() {
    let folder = Folder::new();
    let misspelled = with(&registry(&[]), "/sources/0/covers/0", "tax-seriuos");
    folder.write("registry.json", &misspelled);
    folder.write_lines("in.jsonl", &(0..500).map(numbered).collect::<Vec<_>>());
    let begun = std::time::Instant::now();
    let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json"]);
    let message = "error: the registry names what no policy knows: sources[0].covers[0]: \
                   `tax-seriuos` is an unknown list; did you mean `tax-serious`?\n";
    assert_eq!(run.told(), (3, message));
    assert_eq!(run.stdout, "");
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

// RAIL R14: no earlier day of an application chooses an earlier law.
#[test]
fn one_edition_decides_every_line_of_a_day() {
    let folder = Folder::new();
    let registry = with(&registry(&[]), "/sources/0/as_of", "2020-12-31T00:00:00+08:00");
    folder.write("registry.json", &registry);
    let of_day = |n, day: &str| with(&numbered(n), "/as_of", day);
    folder.write_lines("in.jsonl", &[of_day(1, "2021-01-01"), of_day(2, "2020-12-31")]);
    let batch = ["batch", "in.jsonl", "--registry", "registry.json"];
    let run = folder.on("2021-01-01").run(&batch);
    assert_eq!(told(&run), (0, "2 clear\n"));
    for row in run.rows() {
        assert_eq!(row["decision"]["policy"]["edition"], "statutes");
        assert_eq!(row["decision"]["made_on"], "2021-01-01");
    }
    folder.write_lines("in.jsonl", &[of_day(1, "2020-12-31")]);
    let rows = folder.on("2020-12-31").run(&batch).rows();
    assert_eq!(rows[0]["decision"]["policy"]["edition"], "guofa-2016-33");
}
