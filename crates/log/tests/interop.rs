//! The directory as C2SP tlog-tiles, tlog-checkpoint, signed-note and tlog-proof specify it, byte
//! for byte, and as another implementation reads it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{ORIGIN, entry, log_of, plain_root, signer, trust};
use mustcheck_log::{Checkpoint, Hash, Proof, Reader, VerifierKey};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{TileHashReader, TileReader, check_record, check_tree, prove_record, prove_tree};

const VERIFIER_KEY: &str =
    "mustcheck.example/office-310000+bd587224+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";

/// A checkpoint whose root was computed apart from this crate. The signature is the only one that
/// Ed25519 gives for the key.
const CHECKPOINT_OF_THREE: &str = "mustcheck.example/office-310000
3
91HtI+4nveh/Fp+fmStoRrLULKgbrg5YWnQTeQ1acU4=

\u{2014} mustcheck.example/office-310000 vVhyJBUg/oR++4y41Mnxv09pTNnBnkj3yzgxI0gw2nR97DEh5SofFg1NtxxeL2AzGQwFUYNVhwM+ScR0xLMOsEgjlwM=
";

fn files(root: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root).unwrap();
                files.insert(path.to_str().unwrap().to_owned());
            }
        }
    }
    files
}

#[test]
fn a_small_log_is_these_very_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 0);
    log.append(b"first").unwrap();
    log.append(b"").unwrap();
    log.append(b"third").unwrap();
    log.close().unwrap();
    let read = |path: &str| fs::read(folder.path().join(path)).unwrap();
    let text = String::from_utf8(read("checkpoint")).unwrap();
    assert_eq!(text, CHECKPOINT_OF_THREE);
    assert_eq!(read("tile/entries/000.p/3"), b"\0\x05first\0\0\0\x05third");
    let leaves = [&b"first"[..], b"", b"third"].map(|entry| *Hash::leaf(entry).as_bytes());
    assert_eq!(read("tile/0/000.p/3"), leaves.concat());
    let expected = ["checkpoint", "lock", "tail", "tile/0/000.p/3", "tile/entries/000.p/3"];
    assert_eq!(files(folder.path()), expected.map(str::to_owned).into());
    assert_eq!(signer().verifier().to_string(), VERIFIER_KEY);
    let proof = Reader::open(folder.path(), &trust()).unwrap().prove(2).unwrap();
    let path = Hash::node(&Hash::leaf(b"first"), &Hash::leaf(b""));
    assert_eq!(proof.to_string(), format!("c2sp.org/tlog-proof@v1\nindex 2\n{path}\n\n{text}"));
    let extra = proof.to_string().replace("index", "extra AAAA\nindex");
    assert_eq!(extra.parse::<Proof>().unwrap(), proof);
}

#[test]
fn tiles_lie_where_the_specification_puts_them() {
    let folder = tempfile::tempdir().unwrap();
    // The example of tlog-tiles: "a tree of size 70,000".
    log_of(folder.path(), 70_000).close().unwrap();
    let files = files(folder.path());
    let mut expected: BTreeSet<String> = (0..273).map(|n| format!("tile/0/{n:03}")).collect();
    expected.extend((0..273).map(|n| format!("tile/entries/{n:03}")));
    expected.extend(["tile/0/273.p/112", "tile/entries/273.p/112"].map(str::to_owned));
    let others = ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"];
    expected.extend(others.map(str::to_owned));
    expected.extend(["checkpoint", "lock", "tail"].map(str::to_owned));
    assert_eq!(files, expected);
    let size = |path: &str| fs::metadata(folder.path().join(path)).unwrap().len();
    assert_eq!(size("tile/0/272"), 8192);
    assert_eq!(size("tile/1/001.p/17"), 17 * 32);
    let leaves = [entry(69_999)];
    let tile = fs::read(folder.path().join("tile/0/273.p/112")).unwrap();
    assert_eq!(tile[111 * 32..], *plain_root(&leaves).as_bytes());
}

#[test]
fn a_large_index_is_split_into_elements() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 1067 * 256 + 3).close().unwrap();
    assert!(folder.path().join("tile/entries/x001/067.p/3").is_file());
    assert!(folder.path().join("tile/0/x001/067.p/3").is_file());
    assert!(folder.path().join("tile/entries/x001/066").is_file());
    assert!(folder.path().join("tile/entries/999").is_file());
    assert!(folder.path().join("tile/1/004.p/43").is_file());
}

/// Reads tiles for the other implementation, which has paths of Go's checksum database.
struct Tiles<'a>(&'a Path);

impl TileReader for Tiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &tlog_tiles::Tile| {
            let path = tile.path().replace("tile/8/", "tile/");
            Ok(fs::read(self.0.join(path)).unwrap())
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

#[test]
fn another_implementation_accepts_checkpoints_tiles_and_proofs() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 200);
    let old = log.publish().unwrap();
    log.append_all((200..70_000).map(entry)).unwrap();
    let checkpoint = log.close().unwrap();

    let note = Note::from_bytes(checkpoint.note().as_bytes()).unwrap();
    let key = StandardVerifier::new(&signer().verifier().to_string()).unwrap();
    let (signed, unknown) = note.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
    assert_eq!((signed.len(), unknown.len(), signed[0].name()), (1, 0, ORIGIN));
    let theirs = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((theirs.origin(), theirs.size(), theirs.extension()), (ORIGIN, 70_000, ""));
    assert_eq!(theirs.hash().0, *checkpoint.root().as_bytes());

    let tiles = Tiles(folder.path());
    let hashes = TileHashReader::new(70_000, *theirs.hash(), &tiles);
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let path = prove_record(70_000, index, &hashes).unwrap();
        let ours: Vec<String> = path.iter().map(ToString::to_string).collect();
        let text = reader.prove(index).unwrap().to_string();
        assert_eq!(text.lines().skip(2).take(path.len()).collect::<Vec<_>>(), ours);
        let leaf = tlog_tiles::record_hash(&reader.entry(index).unwrap());
        check_record(&path, 70_000, *theirs.hash(), index, leaf).unwrap();
    }
    let path = prove_tree(70_000, 200, &hashes).unwrap();
    let ours: Vec<_> = reader.prove_consistency(200).unwrap();
    let ours: Vec<_> = ours.iter().map(|hash| tlog_tiles::Hash(*hash.as_bytes())).collect();
    assert_eq!(ours, path);
    let root = tlog_tiles::Hash(*old.root().as_bytes());
    check_tree(&ours, 70_000, *theirs.hash(), 200, root).unwrap();
}

#[test]
fn a_note_by_the_other_implementation_is_accepted_here() {
    // The example of the crate `signed_note`, and of Go's package before it.
    let key: VerifierKey =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let trust = mustcheck_log::Trust::new("If you think", [key]).unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\n\
                \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    // The signature fits, but the text is not a checkpoint.
    let error = Checkpoint::open(note.as_bytes(), &trust).unwrap_err();
    assert_eq!(error.to_string(), "not a checkpoint");
    let changed = note.replace("think", "thimk");
    let error = Checkpoint::open(changed.as_bytes(), &trust).unwrap_err();
    assert_eq!(error.to_string(), "the signature by `PeterNeumann` does not fit");
}
