//! Bad input: encodings, syntax, shapes, files that are missing or that nobody reads.

use super::{Bad, bad};
use crate::support::Edit::{Append, Bytes, Folder, Remove, Swap};

const LISTS: &str = "lists/lists.toml";
const ACTS: &str = "acts.toml";
const COMMON: &str = "measures/common/common.toml";
const STATUTES: &str = "measures/statutes/statutes.toml";

fn good(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lint/good/");
    std::fs::read_to_string(format!("{folder}{file}")).unwrap()
}

fn utf_16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// 恶意欠薪 in GB18030, within a file that is UTF-8 before it.
fn gb18030() -> Vec<u8> {
    let mut bytes = b"# name\n[[act]]\ncode = \"a/b\"\nname.zh = \"".to_vec();
    bytes.extend([0xB6, 0xF1, 0xD2, 0xE2, 0xC7, 0xB7, 0xD0, 0xBD]);
    bytes.extend(b"\"\nname.en = \"arrears\"\n");
    bytes
}

/// A file of UTF-8 with bytes of another encoding in it, which are no GB18030 either.
fn mixed() -> Vec<u8> {
    let mut bytes = good("settings.toml").into_bytes();
    bytes.extend(b"# ");
    bytes.extend([0xFF, 0xB6, 0xF1]);
    bytes.extend(b"\n");
    bytes
}

pub fn all() -> Vec<Bad> {
    let mut all = vec![
        bad("empty-catalogue", [Remove("overlays/default.toml"), Remove("overlays/shanghai.toml")]),
        bad("file-unreadable", [Remove("measures/statutes"), Remove("calendar")]),
        bad("folder-as-file", [Folder("lists/more.toml")]),
        bad("file-too-large", [Bytes("lists/large.toml", vec![b'#'; (16 << 20) + 1])]),
        bad("encoding.gb18030", [Bytes("lists/own.toml", gb18030())]),
        bad("encoding.utf-16", [Bytes("settings.toml", utf_16(&good("settings.toml"), true))]),
        bad("encoding.utf-16-unmarked", [Bytes(ACTS, utf_16(&good(ACTS), false))]),
        bad("encoding.mixed", [Bytes("settings.toml", mixed())]),
        bad("encoding.law-text", [Bytes("texts/bidding-law-2017.md", gb18030())]),
        bad(
            "byte-order-mark",
            [Bytes("settings.toml", format!("\u{feff}{}", good("settings.toml")).into_bytes())],
        ),
        bad(
            "line-ends",
            [Bytes("settings.toml", good("settings.toml").replace('\n', "\r").into_bytes())],
        ),
        bad(
            "syntax",
            [
                Swap(LISTS, "polarity = \"restriction\"", "polarity = restriction"),
                Swap(LISTS, "acts = [\"licensing", "acts = [[\"licensing"),
                Swap(ACTS, "name.zh = \"恶意欠薪\"", "name.zh = \"恶意欠薪"),
            ],
        ),
        bad(
            "syntax.key-twice",
            [Swap(COMMON, "roles = [\"applicant\"]", "roles = []\nroles = [\"applicant\"]")],
        ),
        bad(
            "unknown-key",
            [
                Swap(STATUTES, "longest_term.years = 3", "longest_terms.years = 3"),
                Swap(STATUTES, "paragraph = 2", "paragraf = 2\nline = 4"),
                Append(ACTS, "\n[[acts]]\ncode = \"a/b\"\n"),
                Append("overlays/default.toml", "\n[overlays]\n"),
            ],
        ),
        bad(
            "missing-key",
            [
                Swap(STATUTES, "force = \"mandatory\"\n", ""),
                Swap(STATUTES, "text.zh = \"取消投标资格。\"\n", ""),
                Swap(STATUTES, "article = \"48\"\n", ""),
                Swap("editions/statutes.toml", "version = \"0.1.0\"\n", ""),
            ],
        ),
        bad("missing-key.head", [Bytes("editions/statutes.toml", b"# nothing\n".to_vec())]),
        bad(
            "wrong-type",
            [
                Swap(STATUTES, "roles = [\"applicant\"]", "roles = \"applicant\""),
                Swap(STATUTES, "longest_term.years = 3", "longest_term.years = \"three\""),
                Swap(STATUTES, "valid_from = \"2021-01-01\"", "valid_from = \"2021-02-30\""),
                Swap(STATUTES, "article = \"79\"", "article = 79"),
                Append("settings.toml", "\n[calendar]\nyear = 2027\n"),
            ],
        ),
        bad(
            "unknown-value",
            [
                Swap(STATUTES, "kind = \"disqualify\"", "kind = \"disqualified\""),
                Swap(STATUTES, "\"legal-representative\"]", "\"legal-representativ\"]"),
                Swap(
                    COMMON,
                    "valid_from = \"2016-05-30\"",
                    "penalty.kinds = [\"fines\"]\nvalid_from = \"2016-05-30\"",
                ),
            ],
        ),
        bad(
            "unread-file",
            [
                Append("lists/more.tml", "\n"),
                Append("lists/lists.toml.bak", "\n"),
                Append("measures/statute/more.toml", "\n"),
                Append("overlays/shenzhen/more.toml", "\n"),
                Append("texts/no-such-law.md", "\n"),
                Append("lists/NOTES.md", "for people\n"),
            ],
        ),
        bad(
            "id-differs",
            [
                Swap("editions/statutes.toml", "id = \"statutes\"", "id = \"statute\""),
                Swap("overlays/default.toml", "id = \"default\"", "id = \"standard\""),
            ],
        ),
    ];
    #[cfg(unix)]
    all.extend(links());
    all
}

#[cfg(unix)]
fn links() -> Vec<Bad> {
    use crate::support::Edit::Link;
    vec![
        bad(
            "link-cycle",
            [
                Link("lists/round.toml", "other.toml"),
                Link("lists/other.toml", "round.toml"),
                Link("overlays/default", "../overlays"),
                Link("measures/common/up", "../.."),
            ],
        ),
        bad("file-unreadable.dangling", [Link("lists/gone.toml", "nowhere.toml")]),
    ]
}
