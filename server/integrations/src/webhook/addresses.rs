//! Which addresses webhooks may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address lies in the public internet: not loopback, private, link-local, shared, reserved or multicast
/// (the registries of RFC 6890), also when wrapped into IPv6.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let inside = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !inside
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out; of it, 2001:0::/23 and the documentation's addresses are not.
    (first & 0xe000) == 0x2000 && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8)) && first != 0x3fff
}

/// The IPv4 address inside a mapped, compatible, 6to4 or NAT64 one.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

/// Whether a webhook may lead to an address, as far as that can be told without looking its name up; else why not.
pub fn check_target(url: &str, private_too: bool) -> Result<(), &'static str> {
    let url = Url::parse(url).map_err(|_| "Give an address such as https://example.org/hooks.")?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let secure = url.scheme() == "https" || (private_too && url.scheme() == "http");
    if !secure || host.is_empty() {
        return Err("Give an address that begins with https://.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Leave user name and password out of the address.");
    }
    let inside = match host.parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || host.ends_with(".internal"),
    };
    if inside && !private_too {
        return Err("This address lies inside the own network. Give one that is public.");
    }
    Ok(())
}

/// The host that an address leads to, written the same way however the address is.
#[must_use]
pub fn host_of(url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Looks names up and keeps what is public of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guarded {
    pub private_too: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let private_too = self.private_too;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| private_too || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_known_in_every_form() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn targets_are_https_and_outside() {
        assert_eq!(check_target("https://example.org/hooks?a=b", false), Ok(()));
        for url in [
            "http://example.org/",
            "ftp://example.org/",
            "nonsense",
            "https://",
            "https://user:pass@example.org/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://LOCALHOST./",
            "https://[::ffff:10.0.0.1]/",
            "https://metadata.google.internal/",
        ] {
            assert!(check_target(url, false).is_err(), "{url}");
        }
        assert_eq!(check_target("http://127.0.0.1:9/", true), Ok(()));
    }

    #[test]
    fn a_host_is_one_however_its_address_is_written() {
        for url in [
            "https://example.org/hooks",
            "https://EXAMPLE.org:8443/?a=b",
            "https:///example.org",
            "https://@example.org./x",
        ] {
            assert_eq!(host_of(url), "example.org", "{url}");
        }
        assert_eq!(host_of("nonsense"), "");
    }

    #[tokio::test]
    async fn names_that_lead_inside_are_refused_when_they_are_looked_up() {
        let looked_up = |private_too: bool| Guarded { private_too }.resolve("localhost".parse().unwrap());
        assert!(looked_up(false).await.is_err());
        assert!(looked_up(true).await.is_ok());
    }
}
