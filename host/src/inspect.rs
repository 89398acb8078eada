//! Inspection of a component: its bytes are read, and it does not run.

use serde::Serialize;
use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload, Validator};

use crate::error::PolicyError;
use crate::limits::COMPONENT_LIMIT;

/// Largest number of functions in a component. The rules have about a thousand; each takes the
/// compiler a tenth of a millisecond at least, and a component of 64 MiB could hold millions.
const FUNCTIONS: u32 = 20_000;

/// Imports, exports, size and digest of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Inspection {
    /// SHA-256 in lower-case hexadecimal.
    pub digest: String,
    /// Size in bytes.
    pub size: u64,
    /// Names of its imports; a policy imports nothing.
    pub imports: Vec<String>,
    /// Names of its exports.
    pub exports: Vec<String>,
}

impl Inspection {
    /// Reads a component.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Component`] if the bytes are no valid component.
    pub fn of(bytes: &[u8]) -> Result<Self, PolicyError> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > COMPONENT_LIMIT {
            return Err(PolicyError::Component(format!(
                "it has {size} bytes, more than the {COMPONENT_LIMIT} that are read"
            )));
        }
        if !bytes.starts_with(b"\0asm") {
            return Err(PolicyError::Component(
                "it is no WebAssembly: it does not begin with `\\0asm`".into(),
            ));
        }
        let invalid = |e: wasmparser::BinaryReaderError| {
            PolicyError::Component(format!(
                "it is damaged, cut short, or newer than this program: {} at byte {}",
                e.message(),
                e.offset()
            ))
        };
        if Parser::is_core_wasm(bytes) {
            return Err(PolicyError::Component(
                "it is a core module; encode it as a component (wasm-tools component new)".into(),
            ));
        }
        Validator::new().validate_all(bytes).map_err(invalid)?;
        let mut inspection = Self {
            digest: Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect(),
            size,
            imports: Vec::new(),
            exports: Vec::new(),
        };
        let mut functions = 0_u32;
        // Nested components and modules have imports of their own; only the outermost are ours.
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(invalid)? {
                Payload::Version { encoding: Encoding::Component, .. } if depth == 0 => depth = 1,
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::CodeSectionStart { count, .. } => {
                    functions = functions.saturating_add(count);
                }
                Payload::ComponentImportSection(imports) if depth == 1 => {
                    for import in imports {
                        inspection.imports.push(import.map_err(invalid)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 1 => {
                    for export in exports {
                        inspection.exports.push(export.map_err(invalid)?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        if functions > FUNCTIONS {
            return Err(PolicyError::Component(format!(
                "it has {functions} functions, more than the {FUNCTIONS} that are compiled"
            )));
        }
        Ok(inspection)
    }
}
