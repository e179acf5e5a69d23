//! Where a request comes from, as far as that can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The client's address, as far as it is known: the peer's, or what trusted proxies say about it (setting `TRUSTED_PROXIES`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The address that the outermost layer found out, else that of the connection.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().copied().unwrap_or_else(|| Self(peer(extensions)))
    }

    /// Finds out the address behind a request.
    #[must_use]
    pub fn find(request: &Request, trusted: &[IpNet]) -> Self {
        Self(peer(request.extensions()).map(|peer| behind(peer, request.headers(), trusted)))
    }

    /// The same for the other end of a connection that is known already.
    #[must_use]
    pub fn behind(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        Self(peer.map(|peer| behind(peer.ip().to_canonical(), headers, trusted)))
    }
}

/// Headers by which a proxy says that it passes on what somebody else asked.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Whether the connection itself comes from one of these networks, and nobody says that it passes a request on.
///
/// No header can make this true: a proxy beside the program does not lend its address to those behind it.
#[must_use]
pub fn comes_straight_from(networks: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> bool {
    let near = peer(extensions).is_some_and(|peer| networks.iter().any(|net| net.contains(&peer)));
    near && !PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

/// Goes from the peer leftwards through what each proxy saw, as long as the one who says it is trusted.
///
/// Where `X-Forwarded-For` and `Forwarded` disagree, somebody made one of them up, and the peer alone counts.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let believed = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !believed(&peer) {
        return peer;
    }
    let (old, new) = (hops(headers, "x-forwarded-for"), hops(headers, "forwarded"));
    let hops = match (old.is_empty(), new.is_empty()) {
        (true, _) => new,
        (_, true) => old,
        _ if old == new => old,
        _ => return peer,
    };
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Some(address) = hop else { break };
        client = address;
        if !believed(&address) {
            break;
        }
    }
    client
}

/// The addresses of a header from left to right; `None` for what is not one.
fn hops(headers: &HeaderMap, name: &str) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(|hop| address(node_of(hop))).collect()
}

/// The part of `for=…;by=…` that names the client, or the whole of a plain hop.
fn node_of(hop: &str) -> &str {
    let named = hop.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    });
    named.unwrap_or_else(|| hop.trim())
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, pairs: &[(&'static str, &'static str)]) -> String {
        let headers = pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        behind(peer.parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()]).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let forwarded = [("x-forwarded-for", "192.0.2.7")];
        assert_eq!(client(PROXY, &forwarded), "192.0.2.7");
        assert_eq!(client("192.0.2.99", &forwarded), "192.0.2.99");
        assert_eq!(client(PROXY, &[]), PROXY);
    }

    #[test]
    fn what_a_client_made_up_stands_left_of_what_the_proxy_saw() {
        assert_eq!(client(PROXY, &[("x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.2.3.4")]), "192.0.2.7");
        assert_eq!(
            client(PROXY, &[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.7")]),
            "192.0.2.7"
        );
        assert_eq!(client(PROXY, &[("x-forwarded-for", "192.0.2.7, nonsense")]), PROXY);
        assert_eq!(client(PROXY, &[("x-forwarded-for", "10.9.9.9, 10.2.3.4")]), "10.9.9.9");
    }

    #[test]
    fn the_standard_header_is_read_too_and_contradictions_count_for_nothing() {
        assert_eq!(client(PROXY, &[("forwarded", "for=\"[2001:db8::7]:443\";proto=https")]), "2001:db8::7");
        assert_eq!(client(PROXY, &[("forwarded", "by=x;For=192.0.2.7")]), "192.0.2.7");
        assert_eq!(client(PROXY, &[("forwarded", "for=unknown")]), PROXY);
        let both = [("forwarded", "for=192.0.2.7"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(client(PROXY, &both), PROXY);
        assert_eq!(client(PROXY, &[("x-forwarded-for", "::ffff:192.0.2.7")]), "192.0.2.7");
    }
}
