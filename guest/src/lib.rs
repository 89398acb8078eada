//! The component: the rules of `mustcheck-rules` behind the boundary of `wit/credit.wit`.
//!
//! Nothing is here but the generated bindings, the adoption of a catalogue and the allocator. Only
//! built for WebAssembly; natively the crate is empty, so that the workspace builds as one.

#[cfg(target_family = "wasm")]
mod baking;
#[cfg(target_family = "wasm")]
mod bindings;
#[cfg(any(target_family = "wasm", test))]
mod heaps;
#[cfg(any(target_family = "wasm", test))]
mod memory;
