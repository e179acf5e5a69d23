//! The site as passkeys know it: a relying party (Web Authentication, level 3) by the host and the origin of its public address.

use std::sync::Arc;
use std::time::Duration;

use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

/// How long a browser is told that it may take to answer.
const PATIENCE: Duration = Duration::from_secs(300);

/// Makes what passkeys are asked and checks what they answer; cheap to clone.
#[derive(Clone, Debug)]
pub struct RelyingParty(Arc<Webauthn>);

impl RelyingParty {
    /// The site at its public address; `None` where browsers know no passkeys: at an IP address, and without TLS anywhere but on this
    /// machine.
    #[must_use]
    pub fn at(public_url: &str, site_name: &str) -> Option<Self> {
        let origin = Url::parse(public_url).ok()?;
        let host = origin.domain()?;
        let is_here = host == "localhost" || host.ends_with(".localhost");
        if origin.scheme() != "https" && !is_here {
            return None;
        }
        let built = WebauthnBuilder::new(host, &origin)
            .and_then(|builder| builder.rp_name(site_name).timeout(PATIENCE).build());
        match built {
            Ok(webauthn) => Some(Self(Arc::new(webauthn))),
            Err(error) => {
                tracing::warn!(%error, "no passkeys can be offered at this address");
                None
            }
        }
    }

    /// What makes and checks.
    pub(super) fn webauthn(&self) -> &Webauthn {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_offered_by_tls_at_a_name_and_on_this_machine() {
        for (address, offered) in [
            ("https://catalogue.example.org", true),
            ("https://catalogue.example.org:8443", true),
            ("http://localhost:8080", true),
            ("http://catalogue.localhost", true),
            ("http://catalogue.example.org", false),
            ("http://127.0.0.1:8080", false),
            ("https://192.0.2.7", false),
            ("https://[2001:db8::7]", false),
            ("catalogue.example.org", false),
        ] {
            assert_eq!(RelyingParty::at(address, "A site").is_some(), offered, "{address}");
        }
    }
}
