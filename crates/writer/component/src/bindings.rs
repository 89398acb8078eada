//! The generated bindings, and what they call.

#![allow(clippy::all, reason = "generated code")]

use mustcheck_writer::recorded;

wit_bindgen::generate!({ path: "wit", world: "writer" });

struct Writer;

export!(Writer);

impl exports::mustcheck::writer::writing::Guest for Writer {
    fn decision(case: String) -> Result<String, String> {
        recorded::decision(&case)
    }
}
