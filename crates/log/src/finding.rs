//! Findings of a verification, with their files and entries.

use std::fmt;
use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::note::NoteError;

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The log is not what was written and signed.
    Damage,
    /// The log ends as a writer that was stopped leaves it, or somebody who cut off its end; the
    /// log alone cannot tell which. The remaining entries are sound, but may not be all.
    Torn,
    /// Worth a look; the log is sound.
    Notice,
}

/// One thing that is wrong, in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, below the log's directory.
    pub file: String,
    /// The indices of the entries that it is about; empty if it is about none.
    pub entries: Range<u64>,
    /// Kind of the fault.
    pub kind: Kind,
}

/// Kind of a fault or notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The file is not there.
    Missing,
    /// The file cannot be read, for the system's reason here.
    Unreadable(String),
    /// The length of the file is not what its place requires, in bytes.
    Length {
        /// Its length.
        found: u64,
        /// The length it should have.
        expected: u64,
    },
    /// From this byte of the file on, the content cannot be divided into entries or batches.
    Broken {
        /// The offset in the file.
        byte: u64,
    },
    /// The entries are not those that were logged.
    Changed,
    /// Entries that were logged at another index are here.
    Moved {
        /// The index where it belongs.
        from: u64,
    },
    /// The entries are gone.
    Removed,
    /// The entries here were not logged here, or are here twice.
    Added,
    /// The hashes that are stored for the entries are wrong; the entries fit the checkpoint.
    Hashes,
    /// The entries, or their stored hashes, do not fit the checkpoint; it cannot be told which of
    /// them was changed.
    Misfit,
    /// A checkpoint is not accepted.
    Checkpoint(NoteError),
    /// A signed checkpoint is of another tree than that of the entries here.
    Root {
        /// The number of entries under the checkpoint.
        size: u64,
    },
    /// The log has fewer entries than a signed checkpoint says: an older state was put back, or
    /// the end was cut off.
    RolledBack {
        /// The number of entries under the checkpoint.
        size: u64,
    },
    /// The journal ends within a batch. Its writer was stopped before it confirmed the batch, or
    /// the batch was cut afterwards.
    Unfinished {
        /// Number of bytes of the batch that are here.
        bytes: u64,
        /// Number of whole entries of the batch that are here.
        entries: u64,
    },
    /// The journal ends with bytes that no stopped writer leaves: they are not the beginning of a
    /// batch that could follow.
    NoBatch {
        /// Offset of these bytes in the file.
        byte: u64,
    },
    /// A full tile past the end of the log. Its writer was stopped before the entries counted, or
    /// the log was put back to a state before them.
    Ahead,
    /// A partial tile of more entries than the log has. Such tiles are written only of entries that
    /// are in the log already, so entries were cut off.
    CutOff {
        /// Number of entries that the log had.
        size: u64,
    },
    /// A file in which a writer kept bytes that did not fit at the journal's end.
    SetAside,
    /// The file is no part of the log.
    Stray,
}

impl Finding {
    pub(crate) fn new(file: impl Into<String>, entries: Range<u64>, kind: Kind) -> Self {
        Self { file: file.into(), entries, kind }
    }

    /// Severity of the finding, by its kind.
    pub fn severity(&self) -> Severity {
        match self.kind {
            Kind::Unfinished { .. } | Kind::Ahead => Severity::Torn,
            Kind::SetAside | Kind::Stray => Severity::Notice,
            _ => Severity::Damage,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = match self.entries.end.saturating_sub(self.entries.start) {
            0 => String::new(),
            1 => format!(", entry {}", self.entries.start),
            _ => format!(", entries {} to {}", self.entries.start, self.entries.end - 1),
        };
        write!(f, "`{}`{entries}: {}", self.file, self.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Length { found, expected } => write!(f, "{found} bytes long, not {expected}"),
            Self::Broken { byte } => write!(f, "broken at byte {byte}"),
            Self::Changed => f.write_str("changed"),
            Self::Moved { from } => write!(f, "moved here from {from}"),
            Self::Removed => f.write_str("removed"),
            Self::Added => f.write_str("added"),
            Self::Hashes => f.write_str("the stored hashes were changed"),
            Self::Misfit => f.write_str("does not fit the checkpoint"),
            Self::Checkpoint(why) => write!(f, "checkpoint not accepted: {why}"),
            Self::Root { size } => write!(f, "the checkpoint of {size} entries is of another log"),
            Self::RolledBack { size } => write!(f, "a checkpoint of {size} entries was signed"),
            Self::Unfinished { bytes, entries } => write!(
                f,
                "ends with {bytes} bytes of a batch that is not whole ({entries} whole entries in \
                 it): its writer was stopped before it confirmed them, or they were cut off; the \
                 log cannot tell which"
            ),
            Self::NoBatch { byte } => write!(
                f,
                "what begins at byte {byte} is no batch, and nothing that a writer leaves that was \
                 stopped"
            ),
            Self::Ahead => f.write_str(
                "past the end of the log: its writer was stopped before the entries counted, or \
                 the log was put back to before them; the log cannot tell which",
            ),
            Self::CutOff { size } => {
                write!(f, "the log had {size} entries, and the last of them were cut off")
            }
            Self::SetAside => f.write_str("set aside from the end of the journal"),
            Self::Stray => f.write_str("no part of the log"),
        }
    }
}

/// The outcome of a verification.
#[derive(Clone, Debug)]
pub struct Report {
    /// The last checkpoint that was accepted, whether the log fits it or not. An auditor keeps it
    /// for the next verification, if the log is sound.
    pub checkpoint: Option<Checkpoint>,
    /// The number of entries that were found, damaged ones among them.
    pub size: u64,
    /// Number of entries that were hashed.
    pub hashed: u64,
    /// Everything that was found, in the order of the entries.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether the log is what was written and signed, and its end is not torn. Whole entries that
    /// were cut off the end are found only with a checkpoint that was kept elsewhere.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity() == Severity::Notice)
    }

    /// The findings that the log is not what was written and signed.
    pub fn damages(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity() == Severity::Damage)
    }
}
