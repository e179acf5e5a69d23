//! Forms and reads of the operations desk.

mod act;
mod instruments;
mod read;

pub use act::{
    BlockCaller, CheckNow, ClearFailed, CloseCircuit, EndSubscription, HoldBundle, OpenCircuit, PauseQueue,
    ReadDatasetAgain, RebuildIndex, ReplayDelivery, ResetConnections, ResumeQueue, RunNow, SkipDelivery, UnblockCaller,
    block_caller, check_now, clear_failed, close_circuit, end_subscription, hold_bundle, open_circuit, pause_queue,
    read_dataset_again, rebuild_index, replay_delivery, reset_connections, resume_queue, run_now, skip_delivery,
    unblock_caller,
};
pub use read::{
    Casualties, DatabaseDeskRead, FileDeskRead, IndexDeskRead, IntegrationsRead, LimitsDeskRead, LogDeskRead,
    OverviewRead, PerformanceDeskRead, Publications, QueueDeskRead, ReadingsRead, SubscriberDeskRead, casualties,
    database_desk_read, file_desk_read, index_desk_read, integrations_read, limits_desk_read, log_desk_read,
    overview_read, performance_desk_read, publications, queue_desk_read, readings_read, subscriber_desk_read,
};

#[cfg(not(target_family = "wasm"))]
pub use instruments::Instruments;
