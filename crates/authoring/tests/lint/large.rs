//! A large catalogue: every fault is found, and no item is looked at once for every other.

use std::fmt::Write as _;
use std::fs;

use mustcheck_authoring::lint;

use crate::support::{good, said};

/// Number of measures, each with a clause of its own.
const MEASURES: usize = 10_000;

/// A basis for every measure: ten thousand different clauses, parts of one article.
fn clause(article: &str, index: usize) -> String {
    let characters: Vec<char> = article.chars().filter(|c| !c.is_whitespace()).collect();
    let length = 12 + index / characters.len() % 60;
    let from = index % (characters.len() - length);
    characters[from..from + length].iter().collect()
}

#[test]
fn ten_thousand_measures_are_linted() {
    let folder = good();
    let text = fs::read_to_string(folder.path().join("texts/guofa-2016-33.md")).unwrap();
    let (_, article) = text.split_once("对失信行为的行政性约束和惩戒。").unwrap();
    let (article, _) = article.split_once("\n(").unwrap();
    let (mut acts, mut measures) = (String::new(), [String::new(), String::new()]);
    for index in 0..MEASURES {
        let clause = clause(article, index);
        let basis =
            format!("instrument = \"guofa-2016-33\"\narticle = \"10\"\nclause = \"{clause}\"\n");
        if index % 4 == 0 {
            write!(
                acts,
                "[[act]]\ncode = \"large/{index}\"\nname.zh = \"行为\"\nname.en = \"act\"\n\
                 [[act.legal_basis]]\n{basis}"
            )
            .unwrap();
        }
        // Of every thousand one is wrong in each of three ways.
        let act = if index % 1_000 == 7 { index + 2 } else { index / 4 * 4 };
        let list = if index % 1_000 == 8 { "wage-arrear" } else { "bidding-disqualified" };
        let basis = if index % 1_000 == 9 {
            basis.replace("article = \"10\"", "article = \"9\"")
        } else {
            basis
        };
        write!(
            measures[index % 2],
            "[[measure]]\nid = \"large-{index}\"\neffect = \"restriction\"\nforce = \"mandatory\"\n\
             kind = \"stricter-examination\"\nmatters = [\"tendering/statutory-tender\"]\n\
             roles = [\"applicant\"]\nlists = [\"{list}\"]\nacts = [\"large/{act}\"]\n\
             valid_from = \"2016-05-30\"\ntext.zh = \"从严\"\ntext.en = \"look\"\n\
             [[measure.legal_basis]]\n{basis}"
        )
        .unwrap();
    }
    fs::write(folder.path().join("measures/common/large-acts.toml"), acts).unwrap();
    for (file, text) in measures.iter().enumerate() {
        fs::write(folder.path().join(format!("measures/common/large-{file}.toml")), text).unwrap();
    }
    let start = std::time::Instant::now();
    let findings = lint(folder.path());
    println!("{MEASURES} measures linted in {:?}", start.elapsed());
    let count = |rule: &str| findings.iter().filter(|finding| finding.rule == rule).count();
    let thousands = MEASURES / 1_000;
    assert_eq!(count("unknown-act"), thousands, "{}", said(&findings[..20.min(findings.len())]));
    assert_eq!(count("unknown-list"), thousands);
    assert_eq!(count("wrong-article"), thousands);
    assert_eq!(findings.len(), 3 * thousands, "{}", said(&findings));
}

#[test]
fn more_than_the_index_holds_are_refused() {
    let folder = good();
    let mut acts = String::new();
    for index in 0..65_001 {
        write!(
            acts,
            "[[act]]\ncode = \"l/{index}\"\nname = {{ zh = \"行\", en = \"a\" }}\nlegal_basis = [{{ \
             instrument = \"guofa-2016-33\", article = \"10\", clause = \"限制\" }}]\n"
        )
        .unwrap();
    }
    fs::write(folder.path().join("lists/acts.toml"), acts).unwrap();
    let findings = lint(folder.path());
    // Three acts of the small catalogue stand before it.
    assert_eq!(findings.len(), 1, "{}", said(&findings));
    assert_eq!(
        findings[0].line(),
        "lists/acts.toml:259989:1: error[too-many]: there are more than 65000 of kind act"
    );
}
