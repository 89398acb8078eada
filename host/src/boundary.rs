//! The types of `wit/credit.wit` as the engine passes them, and their conversion.

mod generated {
    #![allow(clippy::all, missing_docs, unused_qualifications, reason = "generated code")]

    wasmtime::component::bindgen!({ path: "../wit", world: "credit-check" });
}

pub(crate) use generated::exports::mustcheck::credit::policy as wit;

mustcheck_model::roles!(to_wit);
mustcheck_model::roles!(from_wit);
mustcheck_model::facts!(to_wit);
mustcheck_model::verdict!(from_wit);
mustcheck_model::description!(from_wit);
