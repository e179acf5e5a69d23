//! Which passwords are taken: long enough, and not easy to guess (NIST SP 800-63B, section 3.1.1.2).

use domain::people::{MAX_PASSWORD, MIN_PASSWORD};
use domain::refusal::FieldProblem;
use zxcvbn::{Score, zxcvbn};

use super::passwords;
use crate::{Result, Services};

/// Adds what is wrong with a new password of somebody with this name and address.
pub(super) async fn check(
    services: &Services,
    problems: &mut Vec<FieldProblem>,
    field: &str,
    password: &str,
    about: &[&str],
) -> Result<()> {
    let length = password.chars().count();
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
        problems.push(FieldProblem::new(
            field,
            "password_length",
            format!("Use {MIN_PASSWORD} to {MAX_PASSWORD} characters. Several words are better than odd signs."),
        ));
        return Ok(());
    }
    let known = known_words(about.iter().copied().chain([services.accounts.site_name.as_str(), "dataset catalogue"]));
    let password = password.to_owned();
    if passwords::run(move || is_guessable(&password, &known)).await? {
        problems.push(FieldProblem::new(
            field,
            "password_guessable",
            "This password is easy to guess. Use several words that do not belong together, and leave out your name, \
             your address and the name of this site.",
        ));
    }
    Ok(())
}

/// Whether fewer than 10^8 guesses find it, knowing common passwords, words, names and keys in a row; what is known of
/// its owner adds nothing, wherever it stands.
fn is_guessable(password: &str, known: &[String]) -> bool {
    let words: Vec<&str> = known.iter().map(String::as_str).collect();
    let weak = |text: &str| zxcvbn(text, &words).score() < Score::Three;
    let whole = password.to_lowercase();
    let mut rest = whole.clone();
    for word in known.iter().filter(|word| word.chars().count() > 3) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    weak(password) || (rest != whole && weak(&rest))
}

/// What an attacker would try first: names and addresses whole, in parts and run together.
fn known_words<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words = Vec::new();
    for text in texts {
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 2).collect();
        words.push(text.to_owned());
        words.push(parts.concat());
        words.extend(parts.into_iter().map(ToOwned::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_guessable() {
        let known =
            known_words(["Rhiannon Prydderch", "rhiannon.prydderch@example.org", "Dataset Catalogue"].into_iter());
        for password in [
            "password1234",
            "passwordpassword",
            "123456789012",
            "qwertyuiop[]",
            "aaaaaaaaaaaaaaaaaaaa",
            "Dataset Catalogue",
            "datasetcatalogue1",
            "rhiannon.prydderch@example.org",
            "RhiannonPrydderch",
            "prydderch2026",
            "iloveyou2026",
            "prydderch rhiannon",
            "Prydderch-Catalogue-26",
            "letmeinletmein",
        ] {
            assert!(is_guessable(password, &known), "{password}");
        }
        for password in [
            "several longish words",
            "a-password-for-browser-tests",
            "amber-heron-jetty-482",
            "catalogue kite lemon verandah",
            "kite lemon verandah 7",
        ] {
            assert!(!is_guessable(password, &known), "{password}");
        }
    }
}
