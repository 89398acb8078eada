//! Baking: a catalogue is adopted once and kept as the component's memory, by pre-initialisation.
//!
//! What only adopting needs is taken out afterwards, so that a baked component holds the rules, one
//! catalogue, and no way to read another.

use wasmparser::{Parser, Payload};
use wasmtime::{Config, Engine, Instance, Linker, Memory, Module, Store};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

use crate::engine;
use crate::error::PolicyError;
use crate::receipts::{Baked, ContentDigest, canonical};

/// The rules without a catalogue, as this crate's build made them.
pub(crate) const BLANK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/policy.wasm"));

/// The export of the rules' core module that adopts a catalogue.
const ADOPT: &str = "adopt";

/// Bakes a catalogue into a component. The same component and catalogue give the same bytes.
///
/// # Errors
///
/// [`PolicyError::Catalogue`] if a rail forbids the catalogue, [`PolicyError::Component`] if the
/// component cannot be baked.
pub(crate) fn bake(blank: &[u8], catalogue: &[u8]) -> Result<Vec<u8>, PolicyError> {
    let rules = rules_of(blank)?;
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument(rules.bytes).map_err(failed)?;
    let mut instance = Adopting::start(&instrumented)?;
    instance.adopt(catalogue)?;
    // Every future of the snapshot is ready at once: nothing in it waits.
    let baked = pollster::block_on(wizer.snapshot(&context, &mut instance)).map_err(failed)?;
    if let Some(lost) = instance.lost {
        return Err(PolicyError::Component(format!("its state cannot be read: `{lost}`")));
    }
    let mut component = rules.replaced_by(&without_adopting(&baked, stack_of(rules.bytes)?)?);
    component.extend(account(catalogue)?);
    Ok(component)
}

/// The custom section in which a component says what was baked into it.
pub(crate) const SECTION: &str = "mustcheck-catalogue";

/// Writes the section `SECTION` for a catalogue in canonical JSON.
fn account(catalogue: &[u8]) -> Result<Vec<u8>, PolicyError> {
    let parts: serde_json::Value = serde_json::from_slice(catalogue).map_err(failed)?;
    let overlay = canonical(parts.get("overlay").unwrap_or_default()).map_err(failed)?;
    let baked =
        Baked { catalogue: ContentDigest::of(catalogue), overlay: ContentDigest::of(&overlay) };
    let json = canonical(&baked).map_err(failed)?;
    let name = [&leb128(SECTION.len())[..], SECTION.as_bytes()].concat();
    Ok([&[0], &leb128(name.len() + json.len())[..], &name, &json].concat())
}

/// Digests of what was baked into a component, as the component says. None if it does not say, or
/// says it in a form that this program does not know.
pub(crate) fn said(component: &[u8]) -> Option<Baked> {
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            // The component's own, and not one of a module in it.
            Payload::CustomSection(section) if depth == 1 && section.name() == SECTION => {
                return serde_json::from_slice(section.data()).ok();
            }
            _ => {}
        }
    }
    None
}

fn failed(error: impl std::fmt::Display) -> PolicyError {
    PolicyError::Component(format!("{error:#}"))
}

/// A core module within a component.
struct Rules<'a> {
    /// The component before the module's section.
    before: &'a [u8],
    /// The module.
    bytes: &'a [u8],
    /// The component after it.
    after: &'a [u8],
}

/// Finds the core module that exports `ADOPT`.
fn rules_of(blank: &[u8]) -> Result<Rules<'_>, PolicyError> {
    let none = || {
        let detail = format!("it has no core module with the export `{ADOPT}`: nothing to bake");
        PolicyError::Component(detail)
    };
    let mut module = None;
    for payload in Parser::new(0).parse_all(blank) {
        match payload.map_err(failed)? {
            Payload::ModuleSection { unchecked_range: range, .. } => {
                let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
                module = Some(at(range.start)..at(range.end));
            }
            Payload::ExportSection(exports) => {
                let mut names = exports.into_iter().filter_map(Result::ok).map(|e| e.name);
                if names.any(|name| name == ADOPT) {
                    break;
                }
            }
            Payload::End(_) => module = None,
            _ => {}
        }
    }
    let range = module.ok_or_else(none)?;
    let head = section_head(range.len());
    let before = range.start.checked_sub(head.len()).and_then(|end| blank.get(..end));
    let (before, bytes) = before.zip(blank.get(range.clone())).ok_or_else(none)?;
    if blank.get(before.len()..range.start) != Some(&head) {
        return Err(PolicyError::Component("the head of its module is of unusual length".into()));
    }
    Ok(Rules { before, bytes, after: blank.get(range.end..).unwrap_or_default() })
}

impl Rules<'_> {
    /// The component with another module in the place of this one.
    fn replaced_by(&self, module: &[u8]) -> Vec<u8> {
        [self.before, &section_head(module.len()), module, self.after].concat()
    }
}

/// The head of a component's section that holds a core module: its number and its length, in
/// LEB128 (component model, binary format).
fn section_head(length: usize) -> Vec<u8> {
    const CORE_MODULE: u8 = 1;
    [vec![CORE_MODULE], leb128(length)].concat()
}

/// A number in LEB128, unsigned.
fn leb128(number: usize) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), number);
    loop {
        let byte = u8::try_from(rest & 0x7f).unwrap_or_default();
        rest >>= 7;
        if rest == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Removes from the module the export that adopts, and all that only it reaches.
fn without_adopting(module: &[u8], stack: u32) -> Result<Vec<u8>, PolicyError> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(module).map_err(failed)?;
    module.exports.remove(ADOPT).map_err(failed)?;
    walrus::passes::gc::run(&mut module);
    clear(&mut module, stack);
    join_segments(&mut module);
    Ok(module.emit_wasm())
}

/// Bytes at the beginning of the memory of a module that are its stack: where its stack pointer
/// starts, if it has no data below.
fn stack_of(module: &[u8]) -> Result<u32, PolicyError> {
    let constant =
        |expression: &wasmparser::ConstExpr<'_>| match expression.get_operators_reader().read() {
            Ok(wasmparser::Operator::I32Const { value }) => Some(value.cast_unsigned()),
            _ => None,
        };
    let (mut pointer, mut data) = (None, None);
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(failed)? {
            Payload::GlobalSection(globals) => {
                let first = globals.into_iter().next().transpose().map_err(failed)?;
                pointer = first.filter(|g| g.ty.mutable).and_then(|g| constant(&g.init_expr));
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    let wasmparser::DataKind::Active { offset_expr, .. } =
                        segment.map_err(failed)?.kind
                    else {
                        continue;
                    };
                    let offset = constant(&offset_expr).unwrap_or_default();
                    data = Some(data.map_or(offset, |least: u32| least.min(offset)));
                }
            }
            _ => {}
        }
    }
    Ok(pointer.filter(|end| data.is_none_or(|data| *end <= data)).unwrap_or_default())
}

/// Clears what adopting left on the stack: nobody reads below the stack pointer.
fn clear(module: &mut walrus::Module, stack: u32) {
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind};
    let all: Vec<walrus::DataId> = module.data.iter().map(walrus::Data::id).collect();
    for id in all {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = &mut data.kind
        else {
            continue;
        };
        let below = usize::try_from(stack.saturating_sub(offset.cast_unsigned()));
        let below = below.unwrap_or_default().min(data.value.len());
        if below == data.value.len() {
            module.data.delete(id);
        } else if below > 0 {
            data.value.drain(..below);
            *offset = stack.cast_signed();
        }
    }
}

/// Bytes of overhead of a data segment, beside its content.
const SEGMENT: usize = 8;

/// Joins data segments with so little between them that a segment of its own costs more.
fn join_segments(module: &mut walrus::Module) {
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind};
    let mut segments: Vec<(walrus::DataId, usize)> = Vec::new();
    for data in module.data.iter() {
        // Anything else than plain segments of one memory stays as it is.
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = &data.kind
        else {
            return;
        };
        segments.push((data.id(), usize::try_from(offset.cast_unsigned()).unwrap_or(usize::MAX)));
    }
    segments.sort_unstable_by_key(|(_, offset)| *offset);
    let mut last: Option<(walrus::DataId, usize)> = None;
    for (id, offset) in segments {
        let length = module.data.get(id).value.len();
        if let Some((into, start)) = last {
            let end = start + module.data.get(into).value.len();
            // Memory is zero where no segment says otherwise.
            if offset >= end && offset - end < SEGMENT {
                let bytes = std::mem::take(&mut module.data.get_mut(id).value);
                let joined = &mut module.data.get_mut(into).value;
                joined.resize(offset - start, 0);
                joined.extend(bytes);
                module.data.delete(id);
                continue;
            }
        }
        last = (length > 0).then_some((id, offset)).or(last);
    }
}

/// An instance of the rules that adopts a catalogue.
struct Adopting {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    /// Name of a global or memory that the snapshot asked for and did not find.
    lost: Option<String>,
}

impl Adopting {
    fn start(module: &[u8]) -> Result<Self, PolicyError> {
        // Baking counts no fuel: the caller has chosen the catalogue and can stop the program.
        let mut config = Config::new();
        // The code runs once: compiling it well would cost more than it saves.
        config.cranelift_opt_level(wasmtime::OptLevel::None);
        if engine::is_confined() {
            engine::reserve_little(&mut config);
        }
        let engine = Engine::new(&config).map_err(failed)?;
        let module = Module::new(&engine, module).map_err(failed)?;
        let mut linker = Linker::<()>::new(&engine);
        linker.define_unknown_imports_as_traps(&module).map_err(failed)?;
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).map_err(failed)?;
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.ok_or_else(|| failed("its core module exports no memory"))?;
        Ok(Self { store, instance, memory, lost: None })
    }

    fn adopt(&mut self, catalogue: &[u8]) -> Result<(), PolicyError> {
        let length = u32::try_from(catalogue.len())
            .map_err(|_| PolicyError::Catalogue("it has more than 4 GiB".into()))?;
        let store = &mut self.store;
        let realloc = (self.instance)
            .get_typed_func::<(u32, u32, u32, u32), u32>(&mut *store, "cabi_realloc")
            .map_err(failed)?;
        let at = realloc.call(&mut *store, (0, 0, 1, length)).map_err(failed)?;
        let place = usize::try_from(at).unwrap_or(usize::MAX);
        self.memory.write(&mut *store, place, catalogue).map_err(failed)?;
        let adopt = self.instance.get_typed_func::<(u32, u32), u32>(&mut *store, ADOPT);
        let said = adopt.and_then(|f| f.call(&mut *store, (at, length))).map_err(failed)?;
        if said == 0 {
            return Ok(());
        }
        let text = self.text(said).ok_or_else(|| failed("its findings cannot be read"))?;
        Err(PolicyError::Catalogue(text))
    }

    /// Reads the text whose address and length are found at an address.
    fn text(&self, at: u32) -> Option<String> {
        let memory = self.memory.data(&self.store);
        let word = |at: usize| -> Option<usize> {
            let bytes = memory.get(at..at.checked_add(4)?)?;
            usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
        };
        let at = usize::try_from(at).ok()?;
        let (start, length) = (word(at)?, word(at.checked_add(4)?)?);
        let text = memory.get(start..start.checked_add(length)?)?;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

impl InstanceState for Adopting {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name);
        match global.map(|global| global.get(&mut self.store)) {
            Some(wasmtime::Val::I32(value)) => SnapshotVal::I32(value),
            Some(wasmtime::Val::I64(value)) => SnapshotVal::I64(value),
            Some(wasmtime::Val::F32(bits)) => SnapshotVal::F32(bits),
            Some(wasmtime::Val::F64(bits)) => SnapshotVal::F64(bits),
            _ => {
                self.lost = Some(name.to_owned());
                SnapshotVal::I32(0)
            }
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.instance.get_memory(&mut self.store, name) {
            Some(memory) => contents(memory.data(&self.store)),
            None => self.lost = Some(name.to_owned()),
        }
    }
}
