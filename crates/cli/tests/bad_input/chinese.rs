//! Errors in Chinese (`--lang zh`); the error object, which programs read, stays in English.

use serde_json::{Value, json};

use crate::support::{Folder, Run, application, registry, uscc, with};

fn check(folder: &Folder, application: &str) -> Run {
    folder.write_text("application.json", application);
    let files = ["application.json", "--registry", "registry.json"];
    folder.run(&["check", files[0], files[1], files[2], "--format", "json", "--lang", "zh"])
}

#[test]
fn an_application_that_cannot_be_evaluated_is_told_in_chinese() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    let firm = uscc(1);
    let short = &firm[..17];
    for (pointer, value, zh, en) in [
        ("/id", json!(" "), "id：不能为空", "must not be empty"),
        (
            "/matter",
            json!("licensing/nothing"),
            "matter：本清单没有事项“licensing/nothing”",
            "`licensing/nothing` is no matter of this edition",
        ),
        (
            "/subjects/0/identifier",
            json!(short),
            "subjects[0].identifier：统一社会信用代码“9131…**”有误：有17位，应为18位",
            "`9131…**` is no valid uscc: it has 17 characters, not 18",
        ),
        (
            "/subjects/0/kind",
            json!("person"),
            "subjects[0].identifier：统一社会信用代码不是自然人的号码",
            "scheme `uscc` does not identify a subject of kind `person`",
        ),
    ] {
        let run = check(&folder, &with(&application(), pointer, value).to_string());
        assert_eq!(run.told(), (3, &*format!("错误：{zh}\n")));
        assert_eq!(run.json()["error"]["kind"], "application");
        assert_eq!(run.json()["error"]["detail"], en);
    }
}

#[test]
fn a_day_that_needs_a_right_is_told_in_chinese() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    let early = with(&application(), "/as_of", "2020-01-02").to_string();
    let run = check(&folder, &early);
    let start = "错误：as_of：“2020-01-02”是较早日期（今天是";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
    assert!(run.stderr.contains("可用`--backdated`取得"), "{}", run.stderr);
    let error = &run.json()["error"];
    assert_eq!(
        (error["kind"].as_str(), error["path"].as_str()),
        (Some("application"), Some("as_of"))
    );
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.starts_with("`2020-01-02` is an earlier day: today is `"), "{detail}");
    assert!(detail.contains("needs the right to it; `--backdated` gives it"), "{detail}");
}

#[test]
fn what_cannot_be_read_is_told_in_chinese() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    let missing = with(&application(), "/office/name", Value::Null).to_string();
    for (text, zh) in [
        ("", "全文：内容不完整，缺少值（第1行第0列）"),
        ("{'id': 1}", "全文：键应为文本（第1行第2列）"),
        (&missing, "office：缺少“name”（第1行第"),
    ] {
        let run = check(&folder, text);
        assert_eq!(run.code, 3);
        assert!(run.stderr.starts_with(&format!("错误：{zh}")), "{}", run.stderr);
        assert_eq!(run.json()["error"]["kind"], "input");
    }
    let run = folder.run(&["check", "no.json", "--registry", "registry.json", "--lang", "zh"]);
    let told = "错误：“no.json”无法读取\n  原因：No such file or directory (os error 2)\n";
    assert_eq!(run.told(), (3, told));
}

#[test]
fn lines_of_a_batch_are_told_in_chinese() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    folder.write_lines("in.jsonl", &[with(&application(), "/id", "")]);
    let run = folder.run(&["batch", "in.jsonl", "--registry", "registry.json", "--lang", "zh"]);
    assert!(run.stderr.starts_with("第1行：id：不能为空\n"), "{}", run.stderr);
    assert_eq!(run.rows()[0]["error"]["detail"], "must not be empty");
}
