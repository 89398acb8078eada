//! The component of the writer, which evidence keeps: it writes the same bytes in twenty years, by
//! whichever program it is run then.
//!
//! Only built for WebAssembly; natively the crate is empty, so that the workspace builds as one.

#[cfg(target_family = "wasm")]
mod bindings;
