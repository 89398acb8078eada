//! The mapping file for a simulated platform.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;

use mustcheck::model::{CreditRecord, SubjectKind};
use mustcheck::registry::json::RegistryFile;

use crate::simulator::words::{Codes, EVENTS, KINDS, PENALTIES, ROLES, SCHEMES, Words};
use crate::simulator::{Options, Shape};

const PAGED: &str = include_str!("paged.toml");
const CURSOR: &str = include_str!("cursor.toml");

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// An inline table, as `{ theirs = ours, … }`.
fn table<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        pairs.map(|(theirs, ours)| format!("{} = {}", quoted(theirs), quoted(ours))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn closed(words: Words) -> String {
    table(words.iter().map(|(ours, theirs)| (*theirs, *ours)))
}

/// A field of codes; empty if the registry file has none.
fn open(name: &str, path: &str, codes: &std::collections::BTreeMap<String, String>) -> String {
    if codes.is_empty() {
        return String::new();
    }
    let values = table(codes.iter().map(|(ours, theirs)| (theirs.as_str(), ours.as_str())));
    format!("{name} = {{ path = {}, values = {values} }}\n", quoted(path))
}

/// Canaries of a source: the first organization of each list, if the options ask for them.
fn canaries(file: &RegistryFile, source: &str, codes: &Codes, options: &Options) -> String {
    let organization = |r: &&CreditRecord| r.subject.kind == SubjectKind::Organization;
    let held = file.records.iter().filter(|r| options.canaries && r.source == source);
    let mut seen = BTreeSet::new();
    let first = held.filter(organization).filter(|record| seen.insert(record.list.as_str()));
    let mut text = String::new();
    for record in first {
        let about = &record.subject;
        let code = codes.lists.get(&record.list).map_or("", String::as_str);
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "[[source.canary]]\nscheme = {}\nidentifier = {}\nlist = {}\n",
            quoted(about.scheme.code()),
            quoted(&about.identifier),
            quoted(code),
        );
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "# Who is known to be listed: while one of them is not found, the source is not believed.\n{text}"
    )
}

/// Text of the mapping file.
pub fn mapping(
    file: &RegistryFile,
    codes: &Codes,
    options: &Options,
    address: SocketAddr,
) -> String {
    let mut text = String::from("# The simulated platform, source by source.\n");
    let template = match options.shape {
        Shape::Paged => PAGED,
        Shape::Cursor => CURSOR,
    };
    let [act, matter, basis] = match options.shape {
        Shape::Paged => ["/行为代码", "/事项代码", "/文件"],
        Shape::Cursor => ["/actCode", "/matterCode", "/text"],
    };
    for (i, source) in file.sources.iter().enumerate() {
        let covered = codes.lists.iter().filter(|(ours, _)| source.holds(ours));
        let lists = covered.fold(String::new(), |mut lists, (ours, theirs)| {
            // Writing to a text cannot fail.
            let _ = writeln!(lists, "{} = {}", quoted(theirs), quoted(ours));
            lists
        });
        let instruments = table(codes.instruments.iter().map(|(o, t)| (t.as_str(), o.as_str())));
        let basis = if codes.instruments.is_empty() {
            String::new()
        } else {
            let (each, article) = match options.shape {
                Shape::Paged => ("/认定依据", "/条"),
                Shape::Cursor => ("/basis", "/article"),
            };
            let (each, basis, article) = (quoted(each), quoted(basis), quoted(article));
            format!(
                "[[source.record.legal_basis]]\neach = {each}\ninstrument = {{ path = {basis}, \
                 values = {instruments} }}\narticle = {article}\n\n"
            )
        };
        let filled = [
            ("@id@", quoted(&source.id)),
            ("@name@", quoted(&source.name)),
            ("@url@", quoted(&format!("http://{address}/s{}/", i + 1))),
            ("@size@", options.size.to_string()),
            ("@lists@", lists.trim_end().to_owned()),
            ("@canaries@\n", canaries(file, &source.id, codes, options)),
            ("@act@\n", open("act", act, &codes.acts)),
            ("@matter@\n", open("matter", matter, &codes.matters)),
            ("@basis@\n", basis),
            ("@kinds@", closed(KINDS)),
            ("@schemes@", closed(SCHEMES)),
            ("@roles@", closed(ROLES)),
            ("@penalties@", closed(PENALTIES)),
            ("@events@", closed(EVENTS)),
        ];
        let own = filled
            .iter()
            .fold(template.to_owned(), |text, (blank, value)| text.replace(blank, value));
        text.push('\n');
        text.push_str(&own);
    }
    text
}
