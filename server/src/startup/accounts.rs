//! The ways to sign in, from the configuration.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use integrations::mail::Mailer;
use integrations::openid::{OpenidError, Provider};
use services::accounts::{AccountSettings, RelyingParty, SignInProvider, Vault};

use super::{StartError, failed};
use crate::config::{self, Config};

/// Prepares the ways to sign in; neither mail server nor provider need be up.
pub(super) fn settings(config: &Config) -> Result<AccountSettings, StartError> {
    let mailer = config.accounts.mail.as_ref().map(|mail| Mailer::new(mail.url.expose(), &mail.from)).transpose();
    let provider = config.accounts.provider.as_ref().map(sign_in_provider).transpose();
    let secret = match &config.accounts.secret_key {
        Some(secret) => secret.expose().to_owned(),
        None => key_file(&config.data_dir)
            .map_err(failed("The key that seals secrets cannot be kept", "Check DATA_DIR, or set SECRET_KEY."))?,
    };
    Ok(AccountSettings {
        site_name: config.site_name.clone(),
        public_url: config.public_url.clone(),
        mailer: mailer.map_err(failed("Letters cannot be sent", "Check SMTP_URL and MAIL_FROM."))?,
        provider: provider.map_err(failed("The OpenID provider cannot be used", "Check the OIDC settings."))?,
        passkeys: RelyingParty::at(&config.public_url, &config.site_name),
        second_factor_roles: config.accounts.second_factor_roles.clone(),
        remember_device_days: config.accounts.remember_device_days,
        demo: config.demo,
        vault: Vault::new(&secret).map_err(failed("Secrets cannot be sealed", "Set SECRET_KEY."))?,
    })
}

fn sign_in_provider(provider: &config::Provider) -> Result<SignInProvider, OpenidError> {
    let openid = Provider::new(provider.settings.clone())?;
    Ok(SignInProvider { name: provider.name.clone(), openid, roles: provider.roles.clone() })
}

/// The key of this data folder: made once, readable by its owner alone.
fn key_file(folder: &Path) -> std::io::Result<String> {
    let path = folder.join("secret-key");
    match std::fs::read_to_string(&path) {
        Ok(key) if key.trim().len() >= 32 => return Ok(key.trim().to_owned()),
        Ok(_) => return Err(std::io::Error::other("the file secret-key in it is damaged")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let key = random_key();
    // Written aside and then named, so that a crash leaves no half a key.
    let aside = folder.join(format!("secret-key.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    match std::fs::hard_link(&aside, &path) {
        Ok(()) => {
            std::fs::remove_file(&aside)?;
            Ok(key)
        }
        Err(error) => {
            std::fs::remove_file(&aside)?;
            // Another process of the same folder was faster.
            std::fs::read_to_string(&path).map(|key| key.trim().to_owned()).map_err(|_| error)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge at which a data folder gets its key")]
fn random_key() -> String {
    use rand::RngCore;
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = key_file(folder.path()).unwrap();
        assert_eq!(key.len(), 64);
        assert_eq!(key_file(folder.path()).unwrap(), key);
        let mode = std::fs::metadata(folder.path().join("secret-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::write(folder.path().join("secret-key"), "short").unwrap();
        assert!(key_file(folder.path()).is_err());
    }
}
