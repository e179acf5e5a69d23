//! What the process tells of itself: the server hands it to pages, since services know neither health nor metrics.

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Arc;

    use domain::operations::{KeptLog, Readings};
    use leptos::prelude::use_context;

    use crate::error::RpcError;

    /// A look at every component that is under way.
    type Look = Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Reads the instruments of this process.
    #[derive(Clone)]
    pub struct Instruments {
        read: Arc<dyn Fn() -> Readings + Send + Sync>,
        log: fn() -> KeptLog,
        look: Arc<dyn Fn() -> Look + Send + Sync>,
    }

    impl std::fmt::Debug for Instruments {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Instruments")
        }
    }

    impl Instruments {
        /// Instruments that are read by this function, with the log that another one remembers, and a third that looks at every
        /// component at once.
        pub fn new(
            read: impl Fn() -> Readings + Send + Sync + 'static,
            log: fn() -> KeptLog,
            look: impl Fn() -> Look + Send + Sync + 'static,
        ) -> Self {
            Self { read: Arc::new(read), log, look: Arc::new(look) }
        }

        /// What they say once every component has been looked at now.
        pub(crate) async fn look() -> Result<Readings, RpcError> {
            let instruments = use_context::<Self>().ok_or(RpcError::Fault)?;
            (instruments.look)().await;
            Ok((instruments.read)())
        }

        /// What they say now; a fault where the server did not provide them.
        pub(crate) fn read() -> Result<Readings, RpcError> {
            let instruments = use_context::<Self>().ok_or(RpcError::Fault)?;
            Ok((instruments.read)())
        }

        /// What is asked for the log that this process remembers.
        pub(crate) fn log() -> Result<fn() -> KeptLog, RpcError> {
            Ok(use_context::<Self>().ok_or(RpcError::Fault)?.log)
        }
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::Instruments;
