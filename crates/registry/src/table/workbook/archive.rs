//! Archives: recognises workbooks, and limits what they unpack to.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::Kind;

/// Largest size that a workbook may unpack to, in bytes.
const UNPACKED_LIMIT: u64 = 1 << 30;
/// Largest number of parts of a workbook.
const PARTS_LIMIT: usize = 10_000;

/// Kind of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// A workbook.
    Workbook(Kind),
    /// A workbook in a binary form that is not read.
    BinaryWorkbook,
    /// A text document.
    Document,
    /// Any other archive.
    Other,
}

/// Recognises the kind of an archive, and unpacks a workbook once, so that no part of it can be
/// larger than it declares.
///
/// # Errors
///
/// The error of the operating system; inside, the reason for which the archive cannot be read.
pub fn archive(file: &Path) -> std::io::Result<Result<Archive, String>> {
    let damaged = |_| "it is an archive (zip) that is cut or damaged".to_owned();
    let mut archive = match ZipArchive::new(BufReader::new(File::open(file)?)).map_err(damaged) {
        Ok(archive) => archive,
        Err(told) => return Ok(Err(told)),
    };
    let has = |archive: &ZipArchive<_>, part: &str| {
        archive.file_names_raw().any(|n| n.starts_with(part.as_bytes()))
    };
    let of = |archive: &ZipArchive<_>| {
        if has(archive, "xl/workbook.bin") {
            Archive::BinaryWorkbook
        } else if has(archive, "xl/") {
            Archive::Workbook(Kind::Xlsx)
        } else if has(archive, "word/") {
            Archive::Document
        } else if has(archive, "content.xml") {
            Archive::Workbook(Kind::Ods)
        } else {
            Archive::Other
        }
    };
    let what = of(&archive);
    if matches!(what, Archive::Workbook(_)) {
        return Ok(unpack(&mut archive).map(|()| what));
    }
    Ok(Ok(what))
}

fn unpack(archive: &mut ZipArchive<BufReader<File>>) -> Result<(), String> {
    if archive.len() > PARTS_LIMIT {
        return Err(format!("it is a workbook of more than {PARTS_LIMIT} parts"));
    }
    let mut left = UNPACKED_LIMIT;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|_| "a part of the workbook is damaged")?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|_| "a part of the workbook is damaged")?;
        left = left.checked_sub(read).ok_or_else(|| {
            format!("it is a workbook that unpacks to more than {UNPACKED_LIMIT} bytes")
        })?;
    }
    Ok(())
}
