//! Bundles in a folder, encrypted or not.

mod folder;
mod sealed;

pub use folder::{
    BundleFolder, COMPONENTS, ENDING, SEALED_ENDING, bundle_path, component_path, id_of_file,
};
pub use mustcheck::receipts::{
    AsyncBundleStore, Bundle, BundleStore, KeepFuture, NewBundle, Program, StoreError,
};
pub use sealed::{AgeError, Identities, Recipients};
