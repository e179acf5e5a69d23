//! Which address a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Extensions;

/// The address of the client, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The address that a layer before found out, else that of the connection.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        let connected = || extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        extensions.get::<Self>().copied().unwrap_or_else(|| Self(connected()))
    }
}
