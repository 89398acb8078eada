//! The rules that the words of every error must keep, in both languages.

use mustcheck_model::{Datum, Worded};
use serde_json::{Value, json};

/// Walks every case of an enum of errors, and returns the rules that its words break.
pub fn faults<T: Worded + Datum>() -> Vec<String> {
    let samples = T::samples();
    let broken = samples.iter().flat_map(|sample| {
        let (zh, en) = (Worded::zh(sample), Worded::en(sample));
        broken(sample).into_iter().map(move |rule| format!("{rule}: {zh:?} / {en:?}"))
    });
    let mut faults: Vec<String> = broken.collect();
    if samples.len() < 2 {
        faults.push(format!("there is {} sample", samples.len()));
    }
    faults
}

/// Documents in which one value is replaced by one of another shape.
pub fn misshapen(document: &Value) -> Vec<Value> {
    let odd = [
        Value::Null,
        json!(7),
        json!(1.5),
        json!(-1),
        json!(true),
        json!("x"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({ "x": 1 }),
    ];
    let mut pointers = Vec::new();
    places(document, String::new(), &mut pointers);
    let all = pointers.iter().flat_map(|pointer| odd.iter().map(move |value| (pointer, value)));
    let changed = all.map(|(pointer, value)| {
        let mut changed = document.clone();
        if let Some(place) = changed.pointer_mut(pointer) {
            *place = value.clone();
        }
        changed
    });
    changed.collect()
}

fn places(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(k, v)| (k.clone(), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in below {
        places(value, format!("{pointer}/{name}"), pointers);
    }
    if !pointer.is_empty() {
        pointers.push(pointer);
    }
}

fn broken(sample: &impl Worded) -> Vec<&'static str> {
    let (zh, en) = (sample.zh(), sample.en());
    // What the words say of themselves, without their data.
    let (mut own_zh, mut own_en) = (zh.clone(), en.clone());
    let mut carries_all = true;
    for datum in sample.data() {
        carries_all &= zh.contains(&*datum.zh) && en.contains(&*datum.en);
        // A nested reason is judged with the whole.
        if !datum.zh.chars().any(is_han) {
            own_zh = own_zh.replace(&*datum.zh, "");
        }
        own_en = own_en.replace(&*datum.en, "");
    }
    let starts_high = en.chars().next().is_some_and(char::is_uppercase);
    let acronym = en.split(' ').next().is_some_and(|word| word.chars().all(char::is_uppercase));
    let rules = [
        ("no Chinese", !zh.chars().any(is_han)),
        ("an English sentence in Chinese words", has_english(&without_code(&own_zh))),
        ("Chinese in English words", own_en.chars().any(is_han)),
        ("a datum is left out", !carries_all),
        ("not in lower case", starts_high && !acronym),
        ("a full stop", en.ends_with('.') || zh.ends_with(['。', '.'])),
        ("an identifier (R13)", [&zh, &en].into_iter().any(|text| identifies(text))),
        ("not to be read", zh.trim() != zh || en.trim() != en || en.contains("  ")),
    ];
    rules.into_iter().filter(|(_, is_broken)| *is_broken).map(|(rule, _)| rule).collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// The text without what stands in back quotes.
fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect()
}

/// Whether two English words follow each other.
fn has_english(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let letter = |c: &char| c.is_ascii_alphabetic();
    words.windows(2).any(|pair| match pair {
        [one, other] => {
            let end = one.chars().rev().take_while(letter).count();
            let start = other.chars().take_while(letter).count();
            end > 1 && start > 1
        }
        _ => false,
    })
}

/// Whether a text has a run of letters and digits as long as an identifier.
fn identifies(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|run| run.len() >= 15 && run.bytes().filter(u8::is_ascii_digit).count() >= 2)
}

#[cfg(test)]
mod tests {
    use mustcheck_model::worded;
    use mustcheck_model::worded::Quoted;

    use super::faults;

    worded! {
        /// Words as they should not be.
        enum Bad {
            /// Nothing in Chinese.
            Untranslated => "not found" / "not found",
            /// A sentence of each.
            Mixed => "（2020年1月1日至no end）" / "no end",
            /// A datum that only the English has.
            Lost {
                /// The datum.
                code: Quoted,
            } => "代码有误{code:.0}" / "the code `{code}` is wrong",
            /// A sentence.
            Sentence => "代码有误。" / "The code is wrong.",
            /// An identifier.
            Identifies => "有误：91310115MA1K3H5Q4X" / "wrong: 91310115MA1K3H5Q4X",
        }
    }

    #[test]
    fn each_rule_finds_what_breaks_it() {
        let faults = faults::<Bad>().join("\n");
        for rule in [
            "no Chinese: \"not found\"",
            "an English sentence in Chinese words: \"（2020年1月1日至no end）\"",
            "a datum is left out: \"代码有误\"",
            "not in lower case: \"代码有误。\"",
            "a full stop: \"代码有误。\"",
            "an identifier (R13): \"有误：91310115MA1K3H5Q4X\"",
        ] {
            assert!(faults.contains(rule), "{rule} is not in\n{faults}");
        }
    }
}
