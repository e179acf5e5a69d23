//! Forms and reads of the operations desk.

mod act;
mod instruments;
mod read;

pub use act::{
    ClearFailed, CloseCircuit, HoldBundle, ReadDatasetAgain, RebuildIndex, ResetConnections, RunNow, clear_failed,
    close_circuit, hold_bundle, read_dataset_again, rebuild_index, reset_connections, run_now,
};
pub use read::{
    Casualties, FileDeskRead, IndexDeskRead, IntegrationsRead, OverviewRead, Publications, QueueDeskRead, ReadingsRead,
    casualties, file_desk_read, index_desk_read, integrations_read, overview_read, publications, queue_desk_read,
    readings_read,
};

#[cfg(not(target_family = "wasm"))]
pub use instruments::Instruments;
