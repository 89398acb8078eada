//! Baking: a catalogue is adopted once and kept as the component's memory, by pre-initialisation.

use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use crate::error::PolicyError;
use crate::session::POLICY;

/// The rules without a catalogue, as this crate's build made them.
pub(crate) const BLANK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/policy.wasm"));

/// The component with a catalogue adopted. The same component and catalogue give the same bytes.
///
/// # Errors
///
/// [`PolicyError::Catalogue`] if a rail forbids the catalogue, [`PolicyError::Component`] if the
/// component cannot be baked.
pub(crate) fn bake(blank: &[u8], catalogue: &[u8]) -> Result<Vec<u8>, PolicyError> {
    let failed = |e: wasmtime::Error| PolicyError::Component(format!("{e:#}"));
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(blank).map_err(failed)?;
    // Baking counts no fuel: whoever bakes has chosen the catalogue and can stop the program.
    let mut config = Config::new();
    config.concurrency_support(false);
    // The code runs once: compiling it well would cost more than it saves.
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    let engine = Engine::new(&config).map_err(failed)?;
    let component = Component::new(&engine, &instrumented).map_err(failed)?;
    let mut linker = wasmtime::component::Linker::<()>::new(&engine);
    linker.define_unknown_imports_as_traps(&component).map_err(failed)?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &component).map_err(failed)?;
    let adopt = instance
        .get_typed_func::<(&[u8],), (Result<(), String>,)>(&mut store, "adopt")
        .map_err(|_| {
            PolicyError::Component(format!(
                "it has no export `adopt`: build it for the world `credit-check-blank` of `{}`",
                POLICY
            ))
        })?;
    let (adopted,) = adopt.call(&mut store, (catalogue,)).map_err(failed)?;
    adopted.map_err(PolicyError::Catalogue)?;
    let mut state = Instance { store, instance };
    // Every future of the snapshot is ready at once: nothing in it waits.
    pollster::block_on(wizer.snapshot_component(&context, &mut state)).map_err(failed)
}

/// How the snapshot reads the instance.
struct Instance {
    store: Store<()>,
    instance: wasmtime::component::Instance,
}

impl Instance {
    /// The snapshot only asks for functions that instrumentation has just added.
    #[expect(clippy::expect_used, reason = "instrumentation exports what the snapshot reads")]
    fn call<R>(&mut self, instance: &str, function: &str) -> R
    where
        R: wasmtime::component::Lift + 'static,
    {
        let store = &mut self.store;
        let index = (self.instance.get_export_index(&mut *store, None, instance))
            .and_then(|i| self.instance.get_export_index(&mut *store, Some(&i), function))
            .expect("the instrumented component has this export");
        let typed = self.instance.get_typed_func::<(), (R,)>(&mut *store, index);
        let called = typed.and_then(|f| f.call(&mut *store, ()));
        called.expect("the instrumented export returns its state").0
    }
}

impl ComponentInstanceState for Instance {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        func: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        let list: wasmtime::component::WasmList<u8> = self.call(instance, func);
        contents(list.as_le_slice(&self.store));
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.call(instance, func)
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.call(instance, func)
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.call::<f32>(instance, func).to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.call::<f64>(instance, func).to_bits()
    }
}
