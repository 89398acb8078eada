//! The name of the caller that asks, for the receipt.

use std::sync::Arc;

use super::Gate;

impl Gate {
    /// Returns the same gate for a caller: the receipts of its checks name it. The name is of a post
    /// or a program, never of a person.
    #[must_use]
    pub fn asked_by(&self, caller: Arc<str>) -> Self {
        Self { asked_by: Some(caller), ..self.clone() }
    }
}
