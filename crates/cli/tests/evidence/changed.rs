//! Changed evidence is found, and the place of the change is named.

use mustcheck_evidence::replay::{Components, Problem, Replayer, Verdict};
use mustcheck_evidence::{Bundle, Keys, NotCanonical, Suite};

use crate::office::{Folder, POLICY, cache, office, one_bundle, public, replayer};

/// Returns the part of a bundle's file in which a byte is.
fn part(json: &[u8], at: usize) -> &'static str {
    let text = std::str::from_utf8(json).unwrap();
    let begin = |key: &str| text.find(&format!("\"{key}\":")).unwrap();
    let receipt = text.rfind("\"receipt\":{\"payload\"").unwrap();
    let opening = text[..receipt].rfind("\"opening\":").unwrap();
    let format = text[..opening].rfind("\"format\":").unwrap();
    let application = begin("application");
    let decision = text.find(",\"decision\":{").unwrap();
    let due = text.find(",\"due\":[").unwrap();
    let verdict = text.rfind(",\"verdict\":{").unwrap();
    match at {
        at if at < application => "answers",
        at if at < decision => "application",
        at if at < due => "decision",
        // What was due is covered by the digest of the verdict.
        at if at < format => "verdict",
        at if at < opening => "format",
        at if at < receipt => "opening",
        at if at < verdict => "receipt",
        _ => "verdict",
    }
}

/// Returns the part that a problem names, if what was read has the form of a bundle.
fn named(problem: &Problem) -> &'static str {
    match problem {
        Problem::Receipt(_) => "receipt",
        Problem::Opening(part) if part.starts_with("answers[") => "answers",
        Problem::Opening(part) if part == "application" => "application",
        Problem::Opening(part) if part == "decision" => "decision",
        Problem::Opening(part) if part == "verdict" => "verdict",
        Problem::Opening(part) if part == "opening" => "opening",
        other => panic!("{other}"),
    }
}

#[test]
fn a_bundle_with_any_one_byte_changed_is_found_out_and_the_place_is_named() {
    let folder = office(Suite::Ed25519Sha256);
    let (_, good) = one_bundle(&folder);
    let replayer = replayer(&folder);
    assert!(replayer.examine(&Bundle::from_json(&good).unwrap()).is_empty());
    let mut read = 0;
    for at in 0..good.len() {
        // A digit becomes another digit, a letter another letter, a bracket something else.
        for flip in [0x01, 0x02, 0x20] {
            let mut changed = good.clone();
            changed[at] ^= flip;
            let problems = match Bundle::from_json(&changed) {
                Ok(bundle) => replayer.examine(&bundle),
                Err(NotCanonical::Byte { at: found }) => {
                    assert!(found <= at + 6, "byte {at}: {found}");
                    continue;
                }
                Err(NotCanonical::Shape(why)) => {
                    let told = why.to_string();
                    let place = told.contains("column") || told.contains("byte");
                    assert!(place || told.contains("expected an object"), "byte {at}: {told}");
                    continue;
                }
            };
            read += 1;
            assert!(!problems.is_empty(), "byte {at} of {}", part(&good, at));
            let named: Vec<&str> = problems.iter().map(named).collect();
            let part = part(&good, at);
            assert!(named.contains(&part), "byte {at} of {part}: {problems:?}");
            // A digest that was changed in the receipt does not fit what it is of, either.
            assert!(part == "receipt" || named.iter().all(|n| *n == part), "{part}: {problems:?}");
        }
    }
    // Most letters and digits can be others and still be read.
    assert!(read > good.len() / 2, "{read} of {}", good.len());
}

#[test]
fn what_is_taken_out_or_put_in_is_found_out() {
    let folder = office(Suite::Ed25519Sha256);
    let (_, good) = one_bundle(&folder);
    let replayer = replayer(&folder);
    let mut bundle = Bundle::from_json(&good).unwrap();
    let answer = bundle.answers.pop().unwrap();
    let told = |bundle: &Bundle| -> Vec<String> {
        replayer.examine(bundle).iter().map(ToString::to_string).collect()
    };
    let n = bundle.answers.len();
    assert_eq!(
        told(&bundle),
        [format!("`answers` are {n}, and the receipt was made of {}", n + 1)]
    );
    bundle.answers.insert(0, answer);
    assert!(told(&bundle).iter().all(|told| told.starts_with("`answers[")), "{:?}", told(&bundle));
    let mut bundle = Bundle::from_json(&good).unwrap();
    bundle.receipt.signatures.clear();
    assert_eq!(told(&bundle), ["receipt: it is not signed"]);
}

#[test]
fn a_changed_decision_differs_where_it_was_changed_and_why_it_matters_is_told() {
    let folder = office(Suite::Ed25519Sha256);
    let (file, good) = one_bundle(&folder);
    let text = String::from_utf8(good).unwrap();
    let (before, verdict) = text.rsplit_once(",\"verdict\":").unwrap();
    let changed =
        before.replace("\"disposition\":\"restricted\"", "\"disposition\":\"facilitated\"");
    let changed = format!("{changed},\"verdict\":{verdict}");
    std::fs::write(&file, &changed).unwrap();
    let replay = ["replay", "kept", "--keys", "keys/mustcheck-keys.json", "--lang", "en"];
    let run = folder.run(&[&replay[..], &["--anyway"]].concat());
    let decision = changed.split_once("\"decision\":").unwrap().1;
    let byte = decision.find("facilitated").unwrap();
    let name = file.strip_prefix(folder.path("kept")).unwrap().display().to_string();
    assert_eq!(run.told(), (20, ""));
    let key = &public(&folder).receipts[0].id;
    assert_eq!(
        run.stdout,
        format!(
            "differs  {name}\n  receipt: the signature of key `{}` does not fit the document\n  \
             `decision` is not what the receipt was made of\n  the decision differs from byte \
             {byte} on, in 1 value(s), first `disposition`\n    disposition  another finding\n      \
             then  facilitated\n      now   restricted\n1 differs\n",
            key
        )
    );
    // What is already found false is not run, unless it is asked for.
    let run = folder.run(&replay);
    assert_eq!(run.told(), (20, ""));
    assert_eq!(
        run.stdout,
        format!(
            "broken  {name}\n  receipt: the signature of key `{key}` does not fit the document\n  \
             `decision` is not what the receipt was made of\n  its decision was not derived again: \
             `--anyway` does so all the same\n1 broken\n"
        )
    );
    let run = folder.run(&[&replay[..4], &["--format", "json"]].concat());
    assert_eq!(run.json()["bundles"][0]["derived"], false);
    assert!(run.json()["bundles"][0].get("fuel").is_none(), "{}", run.stdout);
    let run = folder.run(&[&replay[..4], &["--lang", "zh"]].concat());
    assert!(run.stdout.ends_with("\n  未重新推导其决定；--anyway 仍予推导\n证据不成立 1\n"));
}

#[test]
fn a_receipt_signed_by_another_key_is_not_believed() {
    let (ours, theirs) = (office(Suite::Ed25519Sha256), office(Suite::Sm2Sm3));
    let (_, forged) = one_bundle(&theirs);
    let problems = replayer(&ours).replay(&forged).problems;
    let id = &public(&theirs).receipts[0].id;
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, [format!("receipt: key `{id}` is not among the public keys")]);
    // Under the name of our key.
    let mut bundle = Bundle::from_json(&forged).unwrap();
    let own = &public(&ours).receipts[0].id;
    bundle.receipt.signatures[0].key.clone_from(own);
    let told = replayer(&ours).examine(&bundle)[0].to_string();
    assert_eq!(
        told,
        format!(
            "receipt: key `{own}` is of suite `ed25519-sha256` and the document names `sm2-sm3`"
        )
    );
}

/// Returns the embedded component with one more section: it decides alike and has another digest.
pub fn other_component(folder: &Folder) -> mustcheck::Policy {
    let bytes = [POLICY.component(), &[0, 2, 1, b'x']].concat();
    folder.write_bytes("other.wasm", &bytes);
    cache().policy(folder.path("other.wasm")).unwrap()
}

#[test]
fn a_missing_component_is_asked_for_by_its_digest_and_a_changed_one_is_refused() {
    let folder = office(Suite::Ed25519Sha256);
    let policy = other_component(&folder);
    folder.write("application.json", &crate::support::application());
    folder.write("registry.json", &crate::support::registry(&[]));
    let keys = "keys/mustcheck-keys.json";
    let check = ["check", "application.json", "--registry", "registry.json", "--policy"];
    let recorded = ["other.wasm", "--keys", "keys", "--audit", "log", "--evidence", "kept"];
    let run = folder.run(&[&check[..], &recorded].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let replay = |more: &[&str]| {
        folder.run(&[&["replay", "kept", "--keys", keys, "--format", "json"], more].concat())
    };
    assert_eq!(replay(&[]).code, 0);
    let component = folder.path("kept/components").join(policy.digest()).with_extension("wasm");
    std::fs::write(&component, POLICY.component()).unwrap();
    let run = replay(&[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(
        run.json()["bundles"][0]["problems"][0],
        format!(
            "`kept/components/{}.wasm` was changed: its digest is `sha256:{}`",
            policy.digest(),
            POLICY.digest()
        )
    );
    std::fs::remove_file(&component).unwrap();
    let run = replay(&[]);
    assert_eq!(run.code, 3);
    assert_eq!(run.json()["bundles"][0]["verdict"], "missing-component");
    assert_eq!(
        run.json()["bundles"][0]["problems"][0],
        format!(
            "the component `sha256:{}` is not at hand: name it with `--component`",
            policy.digest()
        )
    );
    assert_eq!(replay(&["--component", "other.wasm"]).code, 0);
    assert_eq!(replay(&["--component", "."]).code, 0);
}

#[test]
fn a_key_that_was_retired_does_not_sign_any_more() {
    let folder = office(Suite::Ed25519Sha256);
    let (_, before) = one_bundle(&folder);
    let old = public(&folder);
    // A program that still has the old keys open.
    let late = crate::office::gate().recorder(crate::office::recorder(&folder)).build().unwrap();
    Keys::rotate(&folder.path("keys"), None).unwrap();
    let application = crate::office::parsed(&crate::support::application());
    let id = late.check(&application).unwrap().receipt().unwrap().id.to_string();
    let files = crate::office::bundles(&folder.path("kept"));
    let file = files.iter().find(|f| f.to_string_lossy().contains(&id)).unwrap();
    let told = replayer(&folder).replay(&std::fs::read(file).unwrap()).problems[0].to_string();
    let retired = &public(&folder).receipts[0];
    let until = retired.until.unwrap();
    let expected = format!("receipt: key `{}` was in use until {until}, and", retired.id);
    assert!(told.starts_with(&expected), "{told}");
    // Once the new keys have signed the log, the old ones cannot go on with it.
    let (_, after) = one_bundle(&folder);
    let error = late.check(&application).unwrap_err();
    assert_eq!(error.to_string(), "the check is not on record, so there is no decision");
    for bundle in [&before, &after] {
        assert_eq!(replayer(&folder).replay(bundle).verdict(), Verdict::Equal);
    }
    let stale = Replayer::new(Components::embedded(Some(cache()))).keys(&old).unwrap();
    assert_eq!(stale.replay(&before).verdict(), Verdict::Equal);
    let new = &public(&folder).receipts[1];
    assert_eq!(
        stale.replay(&after).problems[0].to_string(),
        format!("receipt: key `{}` is not among the public keys", new.id)
    );
}
