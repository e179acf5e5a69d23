//! The configuration: read once, at start, from the environment, or the program does not start.

mod accounts;
mod edge;
mod kafka;
mod reader;
mod receivers;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use storage::{Backend, Secret, ServerSideEncryption};

pub use accounts::{Accounts, Mail, Provider};
pub use edge::{Edge, RateLimits};
pub use kafka::Kafka;
pub use reader::{ConfigError, Reader};
pub use receivers::{Endpoint, Receivers};

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub bind_addr: SocketAddr,
    /// The site's public address, without a slash at the end.
    pub public_url: String,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The database, credentials included.
    pub database: persistence::Settings,
    /// The objects.
    pub storage: storage::Settings,
    /// The environment's service token.
    pub service_auth_token: Option<String>,
    /// Whether the portal and the private API are served, and the scheduler runs.
    pub enable_private_endpoints: bool,
    /// How long to wait for requests and tasks at the end.
    pub graceful_shutdown_timeout: Duration,
    /// How often health is checked.
    pub healthcheck_interval: Duration,
    /// How long a component may fail before it counts as critical.
    pub healthcheck_critical_timeout: Duration,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Which logs are written, as a filter of `tracing`; `info` for the server, `warn` for other commands.
    pub log_level: Option<String>,
    /// The most bytes of one upload.
    pub max_upload_bytes: u64,
    /// The most bytes of a file that is looked into while its sender waits.
    pub examine_at_once_bytes: u64,
    /// The most cells of an output of a filter that is made while it is read.
    pub output_at_once_cells: u64,
    /// The most cells of two tables together that are compared while somebody waits.
    pub compare_at_once_cells: u64,
    /// The most bytes that the files of large outputs take together.
    pub output_max_bytes: u64,
    /// The most filters that are kept for one caller.
    pub filters_kept_max: u64,
    /// Whether it is counted what readers search for.
    pub search_queries_counted: bool,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long a session may be idle.
    pub session_idle_timeout: Duration,
    /// How long a session lasts at most.
    pub session_absolute_timeout: Duration,
    /// How long a node may be silent before another takes over its publication.
    pub publication_lease: Duration,
    /// Who is told of publications.
    pub receivers: Receivers,
    /// How people may sign in.
    pub accounts: Accounts,
    /// Limits, proxies, origins and traces.
    pub edge: Edge,
    /// What the site is called.
    pub site_name: String,
    /// Whom to ask about the API, in its description.
    pub contact_email: Option<String>,
    /// Whether the demonstration people may sign in.
    pub demo: bool,
    /// Their password; a random one is made where none is given.
    pub demo_password: Option<String>,
}

impl Config {
    /// Reads the configuration through `get`, which answers for a variable's name; every wrong value is told.
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let r = Reader::new(get);
        let bind_addr = r.address("BIND_ADDR", "127.0.0.1:22000");
        let data_dir = PathBuf::from(r.text("DATA_DIR", "./data"));
        let public_url = r.url("PUBLIC_URL", &format!("http://{bind_addr}"));
        let config = Self {
            accounts: accounts::read(&r, &public_url),
            public_url,
            database: database(&r, &data_dir),
            storage: storage_settings(&r, &data_dir),
            service_auth_token: r.token("SERVICE_AUTH_TOKEN"),
            enable_private_endpoints: r.flag("ENABLE_PRIVATE_ENDPOINTS", true),
            graceful_shutdown_timeout: r.duration("GRACEFUL_SHUTDOWN_TIMEOUT", Duration::from_secs(5)),
            healthcheck_interval: r.duration("HEALTHCHECK_INTERVAL", Duration::from_secs(30)),
            healthcheck_critical_timeout: r.duration("HEALTHCHECK_CRITICAL_TIMEOUT", Duration::from_secs(90)),
            log_format: r.choice(
                "LOG_FORMAT",
                LogFormat::Pretty,
                &[("json", LogFormat::Json), ("pretty", LogFormat::Pretty)],
            ),
            log_level: r.log_filter("LOG_LEVEL"),
            max_upload_bytes: r.number("MAX_UPLOAD_BYTES", 10_000_000_000, 1..=50_000_000_000),
            examine_at_once_bytes: r.number("EXAMINE_AT_ONCE_BYTES", 8_000_000, 0..=1_000_000_000),
            output_at_once_cells: r.number("OUTPUT_AT_ONCE_CELLS", 5_000_000, 0..=1_000_000_000_000),
            compare_at_once_cells: r.number("COMPARE_AT_ONCE_CELLS", 5_000_000, 0..=1_000_000_000_000),
            output_max_bytes: r.number("OUTPUT_MAX_BYTES", 20_000_000_000, 0..=1_000_000_000_000_000),
            filters_kept_max: r.number("FILTERS_KEPT_MAX", 20_000, 1..=1_000_000_000),
            search_queries_counted: r.flag("SEARCH_QUERIES_COUNTED", true),
            request_timeout: r.duration("REQUEST_TIMEOUT", Duration::from_secs(60)),
            session_idle_timeout: r.duration("SESSION_IDLE_TIMEOUT", Duration::from_secs(3600)),
            session_absolute_timeout: r.duration("SESSION_ABSOLUTE_TIMEOUT", Duration::from_secs(12 * 3600)),
            publication_lease: r.duration("PUBLICATION_LEASE", Duration::from_secs(30)),
            receivers: Receivers::read(&r),
            edge: Edge::read(&r),
            site_name: r.text("SITE_NAME", "Dataset Catalogue"),
            contact_email: r.email("CONTACT_EMAIL"),
            demo: r.flag("DEMO", false),
            demo_password: r.optional("DEMO_PASSWORD"),
            bind_addr,
            data_dir,
        };
        if config.demo && !config.bind_addr.ip().is_loopback() {
            r.refuse("DEMO", "true", "only with BIND_ADDR on a loopback address such as 127.0.0.1:22000");
        }
        if let Some(password) = &config.demo_password
            && !(domain::people::MIN_PASSWORD..=domain::people::MAX_PASSWORD).contains(&password.chars().count())
        {
            r.refuse("DEMO_PASSWORD", "(hidden)", "14 to 200 characters");
        }
        r.finish(config)
    }

    /// Reads the configuration from the process's environment.
    pub fn from_environment() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Every setting by name with its effective value, secrets masked.
    #[must_use]
    pub fn effective(&self) -> Vec<(&'static str, String)> {
        let masked = |secret: bool| if secret { "********" } else { "(not set)" }.to_owned();
        let seconds = |d: Duration| format!("{}s", d.as_secs_f64());
        let (is_sealed, encryption) = match &self.storage.backend {
            Backend::Embedded { encryption_key, .. } => (encryption_key.is_some(), "none"),
            Backend::Remote { encryption, .. } => {
                (false, encryption.as_ref().map_or("none", ServerSideEncryption::as_str))
            }
        };
        let (endpoint, path_style, key, has_secret) = match &self.storage.backend {
            Backend::Embedded { folder, .. } => {
                (format!("(embedded in {})", folder.display()), true, "(not set)".to_owned(), false)
            }
            Backend::Remote { endpoint, access_key_id, force_path_style, .. } => (
                endpoint.clone().unwrap_or_else(|| "(the region's own)".to_owned()),
                *force_path_style,
                access_key_id.clone(),
                true,
            ),
        };
        let mut settings = vec![
            ("BIND_ADDR", self.bind_addr.to_string()),
            ("PUBLIC_URL", self.public_url.clone()),
            ("DATA_DIR", self.data_dir.display().to_string()),
            ("DATABASE_URL", reader::without_credentials(&self.database.url)),
            ("DATABASE_MAX_POOL_SIZE", self.database.max_connections.to_string()),
            ("AWS_REGION", self.storage.region.clone()),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", masked(has_secret)),
            ("S3_PRIVATE_BUCKET_NAME", self.storage.bucket.clone()),
            ("S3_FORCE_PATH_STYLE", path_style.to_string()),
            ("S3_SERVER_SIDE_ENCRYPTION", encryption.to_owned()),
            ("STORAGE_ENCRYPTION_KEY", masked(is_sealed)),
            ("SERVICE_AUTH_TOKEN", masked(self.service_auth_token.is_some())),
            ("ENABLE_PRIVATE_ENDPOINTS", self.enable_private_endpoints.to_string()),
            ("GRACEFUL_SHUTDOWN_TIMEOUT", seconds(self.graceful_shutdown_timeout)),
            ("HEALTHCHECK_INTERVAL", seconds(self.healthcheck_interval)),
            ("HEALTHCHECK_CRITICAL_TIMEOUT", seconds(self.healthcheck_critical_timeout)),
            ("LOG_FORMAT", format!("{:?}", self.log_format).to_lowercase()),
            ("LOG_LEVEL", self.log_level.clone().unwrap_or_else(|| "info".to_owned())),
            ("MAX_UPLOAD_BYTES", self.max_upload_bytes.to_string()),
            ("EXAMINE_AT_ONCE_BYTES", self.examine_at_once_bytes.to_string()),
            ("OUTPUT_AT_ONCE_CELLS", self.output_at_once_cells.to_string()),
            ("COMPARE_AT_ONCE_CELLS", self.compare_at_once_cells.to_string()),
            ("OUTPUT_MAX_BYTES", self.output_max_bytes.to_string()),
            ("FILTERS_KEPT_MAX", self.filters_kept_max.to_string()),
            ("SEARCH_QUERIES_COUNTED", self.search_queries_counted.to_string()),
            ("REQUEST_TIMEOUT", seconds(self.request_timeout)),
            ("SESSION_IDLE_TIMEOUT", seconds(self.session_idle_timeout)),
            ("SESSION_ABSOLUTE_TIMEOUT", seconds(self.session_absolute_timeout)),
            ("PUBLICATION_LEASE", seconds(self.publication_lease)),
            ("SITE_NAME", self.site_name.clone()),
            ("CONTACT_EMAIL", self.contact_email.clone().unwrap_or_else(|| "(not set)".to_owned())),
            ("DEMO", self.demo.to_string()),
            ("DEMO_PASSWORD", masked(self.demo_password.is_some())),
        ];
        settings.extend(accounts::effective(&self.accounts));
        settings.extend(self.receivers.effective());
        settings.extend(self.edge.effective());
        settings
    }
}

fn database(r: &Reader<'_>, data_dir: &std::path::Path) -> persistence::Settings {
    let default = format!("sqlite://{}/catalogue.db", data_dir.display());
    let url = r.database_url("DATABASE_URL", &default);
    let url = reader::with_credentials(
        &url,
        r.optional("DATABASE_USERNAME").as_deref(),
        r.optional("DATABASE_PASSWORD").as_deref(),
    );
    // More than the processors can serve at once only makes each wait for its turn in the middle of its work.
    let cores = std::thread::available_parallelism().map_or(4, usize::from);
    let max = r.number("DATABASE_MAX_POOL_SIZE", (2 * cores + 2).clamp(6, 32) as u64, 1..=1000);
    persistence::Settings { url, max_connections: u32::try_from(max).unwrap_or(10) }
}

fn storage_settings(r: &Reader<'_>, data_dir: &std::path::Path) -> storage::Settings {
    let endpoint = r.optional("AWS_ENDPOINT_URL");
    let key = r.optional("AWS_ACCESS_KEY_ID");
    let secret = r.optional("AWS_SECRET_ACCESS_KEY");
    let embedded = || Backend::Embedded {
        folder: data_dir.join("objects"),
        encryption_key: r.optional("STORAGE_ENCRYPTION_KEY").map(Secret::new),
    };
    let backend = match (key, secret) {
        (Some(access_key_id), Some(secret)) => Backend::Remote {
            encryption: server_side_encryption(r, endpoint.is_some()),
            force_path_style: r.flag("S3_FORCE_PATH_STYLE", endpoint.is_some()),
            endpoint,
            access_key_id,
            secret_access_key: Secret::new(secret),
        },
        (None, None) if endpoint.is_none() => embedded(),
        _ => {
            r.refuse(
                "AWS_ENDPOINT_URL",
                endpoint.as_deref().unwrap_or("(not set)"),
                "with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY together, or none of the three for the embedded storage",
            );
            embedded()
        }
    };
    storage::Settings {
        region: r.text("AWS_REGION", "eu-west-2"),
        bucket: r.text("S3_PRIVATE_BUCKET_NAME", "catalogue-private"),
        backend,
    }
}

/// What the service is asked to encrypt objects with; services other than that of AWS often know none.
fn server_side_encryption(r: &Reader<'_>, is_elsewhere: bool) -> Option<ServerSideEncryption> {
    let fallback = if is_elsewhere { "none" } else { "AES256" };
    match r.text("S3_SERVER_SIDE_ENCRYPTION", fallback).as_str() {
        "none" => None,
        "AES256" => Some(ServerSideEncryption::Service),
        "aws:kms" => Some(ServerSideEncryption::KeyManagement(r.optional("S3_SSE_KMS_KEY_ID"))),
        other => {
            r.refuse("S3_SERVER_SIDE_ENCRYPTION", other, "as none, AES256 or aws:kms");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The configuration of an environment that holds these.
    pub(super) fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        Config::read(&move |name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn everything_has_a_safe_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.bind_addr.to_string(), "127.0.0.1:22000");
        assert_eq!(config.database.url, "sqlite://./data/catalogue.db");
        assert!(matches!(config.storage.backend, Backend::Embedded { .. }));
        assert!(config.enable_private_endpoints && !config.demo);
    }

    #[test]
    fn the_runbooks_forms_are_read() {
        let config =
            read(&[("BIND_ADDR", ":22000"), ("HEALTHCHECK_INTERVAL", "2m"), ("GRACEFUL_SHUTDOWN_TIMEOUT", "500ms")])
                .unwrap();
        assert_eq!(config.bind_addr.to_string(), "0.0.0.0:22000");
        assert_eq!(config.healthcheck_interval, Duration::from_secs(120));
        assert_eq!(config.graceful_shutdown_timeout, Duration::from_millis(500));
    }

    #[test]
    fn a_wrong_value_names_variable_value_and_what_is_allowed() {
        let error = read(&[("HEALTHCHECK_INTERVAL", "soon")]).unwrap_err().to_string();
        assert!(error.contains("HEALTHCHECK_INTERVAL") && error.contains("soon") && error.contains("5s"), "{error}");
        assert!(!error.contains('\n'));
        for (name, value) in [
            ("BIND_ADDR", "here"),
            ("DEMO", "perhaps"),
            ("MAX_UPLOAD_BYTES", "-1"),
            ("LOG_FORMAT", "xml"),
            ("DATABASE_URL", "mysql://x"),
            ("PUBLIC_URL", "catalogue"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn secrets_are_never_shown() {
        let config = read(&[
            ("SERVICE_AUTH_TOKEN", "a-long-secret-token"),
            ("DATABASE_URL", "postgres://db.example.org/catalogue"),
            ("DATABASE_USERNAME", "catalogue"),
            ("DATABASE_PASSWORD", "p@ss word"),
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
        ])
        .unwrap();
        assert_eq!(config.database.url, "postgres://catalogue:p%40ss%20word@db.example.org/catalogue");
        let shown = format!("{:?}", config.effective());
        for secret in ["a-long-secret-token", "p%40ss", "hush-hush"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn the_demonstration_stays_on_this_machine() {
        assert!(read(&[("DEMO", "true"), ("BIND_ADDR", "0.0.0.0:80")]).is_err());
        assert!(read(&[("DEMO", "true"), ("BIND_ADDR", "127.0.0.1:0")]).is_ok());
    }
}
