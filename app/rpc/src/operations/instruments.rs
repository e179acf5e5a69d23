//! What the process tells of itself: the server hands it to pages, since services know neither health nor metrics.

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::sync::Arc;

    use domain::operations::Readings;
    use leptos::prelude::use_context;

    use crate::error::RpcError;

    /// Reads the instruments of this process.
    #[derive(Clone)]
    pub struct Instruments(Arc<dyn Fn() -> Readings + Send + Sync>);

    impl std::fmt::Debug for Instruments {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Instruments")
        }
    }

    impl Instruments {
        /// Instruments that are read by this function.
        pub fn new(read: impl Fn() -> Readings + Send + Sync + 'static) -> Self {
            Self(Arc::new(read))
        }

        /// What they say now; a fault where the server did not provide them.
        pub(crate) fn read() -> Result<Readings, RpcError> {
            let instruments = use_context::<Self>().ok_or(RpcError::Fault)?;
            Ok((instruments.0)())
        }
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::Instruments;
