//! Every step of appending fails once, in each way; and the power fails at every step.
//!
//! Whatever happens: what was confirmed is in the log at its index, what was refused is not, the
//! log verifies, and it goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::faults::{Fault, Faults, Taken};
use crate::disk::{Disk, TAIL};
use crate::{Error, Log, Reader, Settings, SignerKey, Trust, verify};

const ORIGIN: &str = "mustcheck.example/faults";

fn settings() -> Settings {
    Settings::new(ORIGIN, SignerKey::from_seed(ORIGIN, &[3; 32]).unwrap())
}

fn trust() -> Trust {
    settings().trust().unwrap()
}

/// A place where syncing costs nothing, if there is one.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Results of a history's attempts to append.
#[derive(Default)]
struct Outcome {
    /// Index, entry, and the number of steps taken when it was confirmed.
    confirmed: Vec<(u64, Vec<u8>, usize)>,
    refused: BTreeSet<Vec<u8>>,
    errors: Vec<String>,
}

impl Outcome {
    fn note(&mut self, entries: &[Vec<u8>], result: Result<u64, Error>, steps: usize) {
        let (appended, first) = match &result {
            Ok(first) => (entries.len(), *first),
            Err(Error::Partly { appended, .. }) => {
                let appended = usize::try_from(*appended).unwrap();
                (appended, u64::MAX)
            }
            Err(_) => (0, 0),
        };
        for (place, entry) in entries.iter().enumerate() {
            if place < appended && first != u64::MAX {
                self.confirmed.push((first + place as u64, entry.clone(), steps));
            } else if place >= appended {
                self.refused.insert(entry.clone());
            }
        }
        let Err(error) = result else { return };
        let mut cause = &error;
        while let Error::Partly { source, .. } = cause {
            cause = source;
        }
        if let Error::Unsettled(_) = cause {
            // It is not known whether they are in the log, as the error says.
            self.refused.clear();
        }
        self.errors.push(error.to_string());
    }
}

fn entry(number: u32) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

/// Makes a log and appends over the edges of two bundles, one by one and many at once.
fn history(disk: &Disk, faults: &Faults) -> Outcome {
    let mut outcome = Outcome::default();
    let Ok(log) = Log::on(disk.clone(), settings()) else { return outcome };
    for _ in 0..2 {
        if log.make().is_ok() {
            break;
        }
    }
    let mut next = 0;
    let mut some = |many: u32| {
        next += many;
        (next - many..next).map(entry).collect::<Vec<_>>()
    };
    for many in [1, 252, 1, 1, 1, 1, 1] {
        let entries = some(many);
        let result = match entries.as_slice() {
            [one] => log.append(one).map(|appended| appended.index),
            entries => log.append_all(entries).map(|range| range.start),
        };
        outcome.note(&entries, result, faults.steps());
    }
    let published = log.publish();
    outcome.errors.extend(published.err().map(|e| e.to_string()));
    for many in [2, 270, 1, 1100, 1] {
        let entries = some(many);
        let result = log.append_all(&entries).map(|range| range.start);
        outcome.note(&entries, result, faults.steps());
    }
    let closed = log.close();
    outcome.errors.extend(closed.err().map(|e| e.to_string()));
    outcome
}

/// Opens what is left, and compares it with the outcome.
fn hold_against(root: &Path, outcome: &Outcome, steps: usize, at: &str) {
    let before = Reader::open(root, &trust()).map(|reader| reader.checkpoint().clone());
    let log = match Log::open_or_create(root, settings()) {
        Ok(log) => log,
        Err(e) => panic!("{at}: {e}: {:?}", std::error::Error::source(&e)),
    };
    let reader = Reader::open(root, &trust()).unwrap();
    if let Ok(before) = before {
        assert_eq!(&before, reader.checkpoint(), "{at}: reading and opening differ");
    }
    let entries: Vec<Vec<u8>> = reader.entries(0..u64::MAX).map(|e| e.unwrap().1).collect();
    for (index, entry, confirmed) in &outcome.confirmed {
        if *confirmed <= steps {
            let found = entries.get(usize::try_from(*index).unwrap());
            assert_eq!(found, Some(entry), "{at}: entry {index}");
        }
    }
    for entry in &entries {
        let refused = outcome.refused.contains(entry);
        assert!(!refused, "{at}: {} was refused", String::from_utf8_lossy(entry));
    }
    assert_eq!(entries.iter().collect::<BTreeSet<_>>().len(), entries.len(), "{at}: one twice");
    sound(root, at);
    let appended = log.append(b"and on").unwrap();
    assert_eq!(appended.index, entries.len() as u64, "{at}");
    log.close().unwrap();
    sound(root, at);
}

fn sound(root: &Path, at: &str) {
    let report = verify(root, &trust()).unwrap();
    assert!(report.is_sound(), "{at}: {:?}", report.findings);
}

#[test]
fn every_step_may_fail_in_every_way() {
    use Fault::{Fails, FailsAfterAll, Half, Stops, StopsHalfway};
    for fault in [Fails, FailsAfterAll, Half, Stops, StopsHalfway] {
        let (mut failed, mut torn) = (0, 0);
        for step in 1.. {
            let folder = folder();
            let faults = Arc::new(Faults::at(step, fault));
            let disk = Disk::with_faults(folder.path(), Arc::clone(&faults));
            let outcome = history(&disk, &faults);
            if faults.steps() < step {
                assert!(step > 90, "{step} steps only");
                assert_eq!(outcome.errors, <[String; 0]>::default());
                break;
            }
            let stops = matches!(fault, Stops | StopsHalfway);
            if !stops {
                // One failure costs one call at most: those after it succeed.
                assert!(outcome.errors.len() <= 1, "{fault:?} at {step}: {:?}", outcome.errors);
            }
            failed += outcome.errors.len();
            let at = format!("{fault:?} at {step}");
            if stops && folder.path().join(TAIL).exists() {
                // A verification before the next writer comes reports no damage.
                let report = verify(folder.path(), &trust()).unwrap();
                assert_eq!(report.damages().next(), None, "{at}");
                torn += usize::from(!report.is_sound());
            }
            // Nothing written since may look like a fault at this step.
            hold_against(folder.path(), &outcome, usize::MAX, &at);
        }
        assert!(failed > 40, "{failed}");
        assert!(torn > 0 || !matches!(fault, Stops | StopsHalfway), "{fault:?}");
    }
}

/// An empty log, open on a disk that fails at a step after it was opened.
fn failing(root: &Path, step: usize, fault: Fault) -> (Log, Arc<Faults>) {
    drop(Log::create(root, settings()).unwrap());
    let faults = Arc::new(Faults::at(usize::MAX, fault));
    let log = Log::on(Disk::with_faults(root, Arc::clone(&faults)), settings()).unwrap();
    log.append(b"before").unwrap();
    let opened = faults.steps() - 2;
    let faults = Arc::new(Faults::at(opened + step, fault));
    let log = Log::on(Disk::with_faults(root, Arc::clone(&faults)), settings()).unwrap();
    (log, faults)
}

#[test]
fn a_failure_says_what_could_not_be_done() {
    for (step, fault) in [(1, Fault::Fails), (1, Fault::Half), (2, Fault::Fails)] {
        let folder = folder();
        let (log, _) = failing(folder.path(), step, fault);
        let error = log.append(b"refused").unwrap_err();
        let text = match fault {
            Fault::Half => "no room to append to `tail`",
            _ => "cannot append to `tail`",
        };
        assert_eq!(error.to_string(), text);
        assert_eq!(log.append(b"after").unwrap().index, 1);
    }
}

#[test]
fn what_cannot_be_taken_back_is_unsettled_and_the_journal_is_written_anew() {
    let folder = folder();
    // Written, not synced, not cut.
    let (log, faults) = failing(folder.path(), 2, Fault::FailsTwice);
    let error = log.append(b"who knows").unwrap_err();
    assert_eq!(error.to_string(), "a write failed and could not be taken back");
    let failed = faults.record().len();
    // The disk may lack what can be read of the journal, so nothing is built on the old file.
    assert_eq!(log.append(b"after").unwrap().index, 2);
    let anew = Taken::Rename("tmp".to_owned(), "tail".to_owned());
    assert!(faults.record()[failed..].contains(&anew));
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    assert_eq!(reader.entry(1).unwrap(), b"who knows");
    sound(folder.path(), "unsettled");
}

/// A file: the bytes that can be read from it, and those that the disk has.
#[derive(Clone, Default)]
struct File {
    now: Vec<u8>,
    synced: Vec<u8>,
}

/// A directory as the disk has it, and as it can be read before the power fails.
#[derive(Default)]
struct Power {
    files: Vec<File>,
    now: BTreeMap<String, usize>,
    synced: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
    synced_folders: BTreeSet<String>,
}

/// Part of the unsynced changes that is lost.
#[derive(Clone, Copy, Debug)]
enum Lost {
    /// All of it.
    Everything,
    /// Bytes written into files; names are as they were last.
    Contents,
    /// Bytes written into files, which read as zeros; names and lengths are as they were last.
    Zeros,
    /// The second half of what was last written reads as zeros.
    LastHalf,
    /// Nothing: the process alone is gone.
    Nothing,
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl Power {
    fn take(&mut self, step: &Taken) {
        match step {
            Taken::MakeFolder(path) => {
                self.folders.insert(path.clone());
            }
            Taken::Create(path) => {
                let file = self.files.len();
                self.files.push(File::default());
                self.now.insert(path.clone(), file);
            }
            Taken::Write(path, offset, bytes) => {
                let file = &mut self.files[self.now[path]];
                assert_eq!(file.now.len() as u64, *offset, "{path} is written at its end");
                file.now.extend(bytes);
            }
            Taken::Cut(path, length) => {
                let file = &mut self.files[self.now[path]];
                file.now.truncate(usize::try_from(*length).unwrap());
            }
            Taken::Sync(path) => {
                let file = &mut self.files[self.now[path]];
                file.synced.clone_from(&file.now);
            }
            Taken::Rename(from, to) => {
                let file = self.now.remove(from).unwrap();
                self.now.insert(to.clone(), file);
            }
            Taken::SyncFolder(folder) => {
                self.synced.retain(|path, _| parent(path) != folder);
                let here = self.now.iter().filter(|(path, _)| parent(path) == folder);
                self.synced.extend(here.map(|(path, file)| (path.clone(), *file)));
                let here = self.folders.iter().filter(|path| parent(path) == folder);
                self.synced_folders.extend(here.cloned());
            }
            Taken::Remove(removed) => {
                let within = format!("{removed}/");
                self.now.retain(|path, _| path != removed && !path.starts_with(&within));
            }
        }
    }

    /// Whether the disk has the folder of a path, and those above it.
    fn has_folder(&self, path: &str) -> bool {
        match parent(path) {
            "" => true,
            folder => self.synced_folders.contains(folder) && self.has_folder(folder),
        }
    }

    /// Writes the files that are left after the power came back.
    fn restore(&self, root: &Path, lost: Lost) {
        let names = if matches!(lost, Lost::Everything) { &self.synced } else { &self.now };
        for (path, file) in names {
            if matches!(lost, Lost::Everything) && !self.has_folder(path) {
                continue;
            }
            let File { now, synced } = &self.files[*file];
            let bytes = match lost {
                Lost::Everything | Lost::Contents => synced.clone(),
                Lost::Nothing => now.clone(),
                Lost::Zeros | Lost::LastHalf => {
                    let mut bytes = now.clone();
                    let kept = synced.len().min(now.len());
                    let zeros = match lost {
                        Lost::Zeros => kept,
                        _ => kept + (now.len() - kept) / 2,
                    };
                    bytes[zeros..].fill(0);
                    bytes
                }
            };
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn the_power_may_fail_at_every_step() {
    let original = folder();
    let faults = Arc::new(Faults::at(usize::MAX, Fault::Fails));
    let disk = Disk::with_faults(original.path(), Arc::clone(&faults));
    let outcome = history(&disk, &faults);
    assert_eq!(outcome.errors, <[String; 0]>::default());
    let record = faults.record();
    let mut power = Power::default();
    for steps in 0..=record.len() {
        if let Some(step) = steps.checked_sub(1) {
            power.take(&record[step]);
        }
        use Lost::{Contents, Everything, LastHalf, Nothing, Zeros};
        for lost in [Everything, Contents, Zeros, LastHalf, Nothing] {
            let folder = folder();
            power.restore(folder.path(), lost);
            let at = format!("{lost:?} lost after {steps} steps, {:?}", record.get(steps));
            hold_against(folder.path(), &outcome, steps, &at);
        }
    }
}

#[test]
fn the_power_may_fail_after_another_process_went_on() {
    let long = std::env::var_os("MUSTCHECK_LONG").is_some_and(|long| long == "1");
    let mut kills = 0;
    for step in 1.. {
        let folder = folder();
        let faults = Arc::new(Faults::at(step, Fault::StopsHalfway));
        let disk = Disk::with_faults(folder.path(), Arc::clone(&faults));
        let mut outcome = history(&disk, &faults);
        if faults.steps() < step {
            break;
        }
        let before = faults.record();
        let faults = Arc::new(Faults::at(usize::MAX, Fault::Fails));
        let disk = Disk::with_faults(folder.path(), Arc::clone(&faults));
        let log = Log::on(disk, settings()).unwrap();
        if !folder.path().join("tail").exists() {
            log.make().unwrap();
        }
        let seen = log.checkpoint().unwrap().size();
        let shown = faults.steps();
        outcome.confirmed.retain(|(_, _, confirmed)| *confirmed < step);
        for number in 9000..9003 {
            let entries = [entry(number)];
            let result = log.append(&entries[0]).map(|appended| appended.index);
            outcome.note(&entries, result, before.len() + faults.steps());
        }
        drop(log);
        kills += 1;
        let mut power = Power::default();
        before.iter().for_each(|step| power.take(step));
        for (place, after) in faults.record().iter().enumerate() {
            power.take(after);
            let steps = place + 1;
            let synced = matches!(after, Taken::Sync(_) | Taken::SyncFolder(_));
            if steps < shown || !(synced || long) {
                continue;
            }
            for lost in
                if long { &[Lost::Everything, Lost::LastHalf][..] } else { &[Lost::Everything] }
            {
                let folder = self::folder();
                power.restore(folder.path(), *lost);
                let at = format!("killed at {step}, then {lost:?} lost after {steps}, {after:?}");
                let reader = Reader::open(folder.path(), &trust()).unwrap();
                assert!(reader.size() >= seen, "{at}: what was shown is gone");
                hold_against(folder.path(), &outcome, before.len() + steps, &at);
            }
        }
    }
    assert!(kills > 150, "{kills}");
}
