//! A text that occurs in many places and is kept once.
//!
//! Outside of a sandbox it is an `Arc<str>`. Within one it is a text that is never freed: a sandbox
//! lives as long as one check, and a reference count would be written with each use, next to the
//! text. A page of memory that is written costs a page fault, and has to be copied back for the
//! next check; the texts of a large catalogue lie on thousands of pages.

/// A text that occurs in many places, counted by references.
#[cfg(not(target_family = "wasm"))]
pub type Shared = std::sync::Arc<str>;

#[cfg(target_family = "wasm")]
pub use kept::Shared;

#[cfg(target_family = "wasm")]
mod kept {
    use std::ops::Deref;

    use serde::{Serialize, Serializer};

    /// A text that occurs in many places, kept for the life of the sandbox.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Shared(&'static str);

    impl Deref for Shared {
        type Target = str;

        fn deref(&self) -> &str {
            self.0
        }
    }

    impl std::borrow::Borrow<str> for Shared {
        fn borrow(&self) -> &str {
            self.0
        }
    }

    impl From<String> for Shared {
        fn from(text: String) -> Self {
            Self(text.leak())
        }
    }

    impl From<&str> for Shared {
        fn from(text: &str) -> Self {
            text.to_owned().into_boxed_str().into()
        }
    }

    impl From<Box<str>> for Shared {
        fn from(text: Box<str>) -> Self {
            Self(Box::leak(text))
        }
    }

    impl std::fmt::Display for Shared {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.pad(self.0)
        }
    }

    impl Serialize for Shared {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.0)
        }
    }
}
