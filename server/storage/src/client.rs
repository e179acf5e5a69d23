//! Makes the SDK's client for either backend.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::settings::Secret;

const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(60);
/// Joining the parts of a large object takes a service far longer than any other request.
const COMPLETE: Duration = Duration::from_secs(15 * 60);
const ATTEMPTS: u32 = 3;
/// The embedded service is reached by calls inside the process; the address is a formality.
const EMBEDDED_ENDPOINT: &str = "http://localhost";
pub(crate) const EMBEDDED_KEY: &str = "embedded";

/// A client for an S3 service on the network.
pub(crate) fn remote(
    region: &str,
    endpoint: Option<&str>,
    access_key_id: &str,
    secret_access_key: &Secret,
    force_path_style: bool,
) -> Client {
    let credentials = Credentials::new(access_key_id, secret_access_key.reveal(), None, None, "settings");
    let mut config = common(region, credentials)
        .http_client(http_client(endpoint))
        .force_path_style(force_path_style)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(ATTEMPT));
    config.set_endpoint_url(endpoint.map(str::to_owned));
    Client::from_conf(config.build())
}

/// A client for the service inside this process, which neither times out nor retries.
pub(crate) fn embedded(region: &str, service: s3s_aws::Client) -> Client {
    let credentials = Credentials::new(EMBEDDED_KEY, EMBEDDED_KEY, None, None, "embedded");
    let config = common(region, credentials)
        .http_client(service)
        .endpoint_url(EMBEDDED_ENDPOINT)
        .force_path_style(true)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Client::from_conf(config.build())
}

/// The settings for the one request that joins the parts of an object.
pub(crate) fn patient(is_remote: bool) -> Builder {
    let config = Builder::new();
    if is_remote { config.timeout_config(timeouts(COMPLETE)) } else { config }
}

fn common(region: &str, credentials: Credentials) -> Builder {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
}

fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(attempt).build()
}

/// A plain connection needs no certificates, which a small machine may not have.
fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new();
    let scheme = endpoint.and_then(|address| address.get(..7));
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://")) {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    }
}
