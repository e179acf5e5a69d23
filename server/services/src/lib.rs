//! The application: one use case a file, callable from pages, the API and the scheduler.
//!
//! Every use case takes `&Services` and a `Ctx` first, and goes: load, authorise, decide, save, audit, enqueue, commit.
//! What is refused changes and records nothing.

pub mod accounts;
pub mod archiving;
pub mod audit;
pub mod bundles;
pub mod callers;
pub mod catalogue;
pub mod clock;
pub mod corrections;
pub mod ctx;
pub mod dashboard;
pub mod data;
pub mod datasets;
pub mod deliveries;
pub mod departments;
pub mod error;
pub mod feedback;
pub mod feeds;
pub mod files;
pub mod filters;
pub mod ids;
pub mod images;
pub mod imports;
pub mod incidents;
pub mod link_cards;
pub mod maintenance;
pub mod memory;
pub mod notifications;
pub mod office;
mod once_a_day;
pub mod operations;
pub mod people;
pub mod policies;
pub mod presence;
mod public_change;
pub mod publication_log;
mod records;
pub mod releases;
pub mod reviews;
mod rights;
pub mod saved_views;
pub mod search_desk;
pub mod seed;
mod several;
pub mod sitemaps;
pub mod status;
pub mod subscriptions;
pub mod tasks;
pub mod teams;
pub mod topics;
pub mod uploads;
pub mod uses;
pub mod versions;

use std::sync::Arc;

use persistence::Database;
use search::SearchIndex;
use storage::Storage;
use tokio::sync::{Mutex, Notify};

pub use clock::Clock;
pub use ctx::Ctx;
pub use error::{Result, ServiceError};
pub use memory::Memory;
pub use several::Several;

/// What the use cases need to be told once, at start.
#[derive(Clone)]
pub struct Settings {
    /// This node's name, for leases.
    pub node: String,
    /// When this process began.
    pub started_at: chrono::DateTime<chrono::Utc>,
    /// The most bytes of one uploaded file.
    pub max_upload_bytes: u64,
    /// The most bytes of a file that is looked into while its sender waits.
    pub examine_at_once: u64,
    /// The most cells of an output that is made while it is read; larger ones are made by a job.
    pub output_at_once_cells: u64,
    /// The most cells of two tables together that are compared while somebody waits; larger ones are compared beside the requests.
    pub compare_at_once_cells: u64,
    /// The most bytes that the files of large outputs take together.
    pub output_max_bytes: u64,
    /// The most filters that are kept for one caller, until their time is over.
    pub filters_kept_max: u64,
    /// The environment's service token, which holds every permission but `approve-own`.
    pub service_auth_token: Option<String>,
    /// Whether it is counted what readers search for.
    pub search_queries_counted: bool,
    /// How long a node may be silent before another takes over its publication.
    pub lease: chrono::Duration,
    /// What the environment says of sessions.
    pub session_limits: domain::office::SessionLimits,
    /// What the environment says of how often who may ask.
    pub rate_limits: domain::office::RateQuotas,
}

impl Settings {
    /// What the environment says of settings that can be changed while the catalogue runs.
    #[must_use]
    pub const fn environment(&self) -> domain::office::EnvironmentLimits {
        domain::office::EnvironmentLimits { sessions: self.session_limits, rates: self.rate_limits }
    }
}

/// Everything that the use cases work with; cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Database,
    /// The objects.
    pub storage: Storage,
    /// The search index of this node.
    pub index: SearchIndex,
    /// Held while documents are made for the index and put into it, so that older ones never replace newer ones.
    pub indexing: Arc<Mutex<()>>,
    /// The last time that somebody had the index made anew.
    pub rebuilding: catalogue::Rebuilding,
    /// What readers searched for since it was last written down.
    pub asked_queries: search_desk::AskedQueries,
    /// How often readers took data since it was last written down.
    pub uses: uses::Uses,
    /// The time.
    pub clock: Clock,
    /// What was told at start.
    pub settings: Arc<Settings>,
    /// How people may sign in.
    pub accounts: Arc<accounts::AccountSettings>,
    /// The receivers of what follows from publications.
    pub outlets: Arc<deliveries::Outlets>,
    /// The tables that this node has open.
    pub tables: data::TableFiles,
    /// Wakes the background tasks.
    pub nudges: Nudges,
    /// What this node remembers of answers that cannot have changed.
    pub memory: Memory,
    /// What this node found of the bundles that are due soon.
    pub preparations: bundles::Preparations,
    /// The bundles whose publication this node holds ready just now.
    pub held: bundles::Held,
    /// Whom this node lets in no more for a time.
    pub blocks: callers::Blocks,
}

/// Wakes the background tasks of this process.
#[derive(Clone, Debug, Default)]
pub struct Nudges {
    /// Schedules changed: look for the next instant again.
    pub schedule: Arc<Notify>,
    /// Something was published or queued: bring the index up to date and do the work that follows.
    pub follow_up: Arc<Notify>,
    /// A file waits to be looked into.
    pub files: Arc<Notify>,
    /// A large output waits to be made.
    pub outputs: Arc<Notify>,
    /// Somebody waits for the comparison of two large tables.
    pub comparisons: Arc<Notify>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("settings", &self.settings.node).finish_non_exhaustive()
    }
}
