//! The files of an import: matched by name with the column `file`, and put into a version of their dataset.

use std::collections::BTreeMap;

use domain::refusal::Refusal;
use domain::version::Version;

use super::of_version::key_of;
use crate::files::{self, NewFile, Received};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services};

/// The files that came with an import, by the name as sent.
#[derive(Debug, Default)]
pub struct Sent {
    files: BTreeMap<String, One>,
    /// Names that came twice: nobody can say which of the two is meant.
    twice: Vec<String>,
}

#[derive(Debug)]
struct One {
    size: u64,
    /// The bytes, unless this is a rehearsal.
    received: Option<Received>,
    named: bool,
}

impl Sent {
    /// Adds a file of which only name and size are wanted.
    pub fn look_at(&mut self, name: &str, size: u64) {
        self.add(name, size, None);
    }

    /// Adds a file whose bytes have arrived; answers what was sent before under its name, which is nobody's then.
    pub fn take(&mut self, name: &str, received: Received) -> Option<Received> {
        self.add(name, received.size, Some(received))
    }

    fn add(&mut self, name: &str, size: u64, received: Option<Received>) -> Option<Received> {
        let before = self.files.insert(name.to_owned(), One { size, received, named: false });
        if before.is_some() && !self.twice.iter().any(|known| known == name) {
            self.twice.push(name.to_owned());
        }
        before.and_then(|before| before.received)
    }

    /// What was sent and is named by no line, and what came twice.
    pub(super) fn superfluous(&self) -> Vec<String> {
        let unnamed = self.files.iter().filter(|(_, one)| !one.named).map(|(name, _)| name.clone());
        unnamed.collect()
    }

    /// The bytes that became nobody's file.
    pub(super) fn left(self) -> Vec<Received> {
        self.files.into_values().filter_map(|one| one.received).collect()
    }

    /// Everything that stands in the way of the file of this name.
    pub(super) fn problems_of(&mut self, name: &str, key: &VersionKey) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.twice.iter().any(|known| known == name) {
            wrong.push(format!("file: Two files of the name {name} were sent."));
        }
        match self.files.get_mut(name) {
            None => wrong.push(format!("file: The file {name} was not sent.")),
            Some(one) if one.named => wrong.push(format!("file: The file {name} is named by a line before.")),
            Some(one) => {
                one.named = true;
                let claims = files::check_claims(Some(one.size), &new_file(key.clone(), name));
                wrong.extend(claims.err().map(|refusal| format!("file: {name}: {refusal}")));
            }
        }
        wrong
    }

    /// Refuses a file of which no bytes were kept.
    pub(super) fn must_have_arrived(&self, name: &str) -> Result<(), Refusal> {
        // A sender who says only after the files that they are to be kept has sent nothing to keep.
        let arrived = self.files.get(name).is_some_and(|one| one.received.is_some());
        if arrived {
            Ok(())
        } else {
            Err(Refusal::field("step", "too_late", "Say what is to be done before the files."))
        }
    }

    /// Puts a file that has arrived into a version.
    pub(super) async fn put(&mut self, services: &Services, ctx: &Ctx, name: &str, version: &Version) -> Result<()> {
        self.must_have_arrived(name)?;
        match self.files.get_mut(name).and_then(|one| one.received.take()) {
            Some(received) => files::attach(services, ctx, received, new_file(key_of(version), name)).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

fn new_file(version: VersionKey, name: &str) -> NewFile {
    NewFile { version, filename: name.to_owned(), title: None, licence: None, licence_url: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_matched_by_name_and_each_is_named_once() {
        let mut sent = Sent::default();
        for (name, size) in [("gdp.csv", 10), ("notes.xyz", 10), ("spare.csv", 10), ("twin.csv", 1), ("twin.csv", 2)] {
            sent.look_at(name, size);
        }
        let key = VersionKey { dataset_id: "gdp".into(), edition: "2026".into(), version: 0 };
        let mut wrong = |name: &str| sent.problems_of(name, &key).join(" ");
        assert_eq!(wrong("gdp.csv"), "");
        assert_eq!(wrong("gdp.csv"), "file: The file gdp.csv is named by a line before.");
        assert_eq!(wrong("gone.csv"), "file: The file gone.csv was not sent.");
        assert!(wrong("notes.xyz").contains("Send a CSV"));
        assert!(wrong("twin.csv").contains("Two files of the name twin.csv"));
        assert_eq!(sent.superfluous(), ["spare.csv"]);
        assert!(sent.must_have_arrived("gdp.csv").is_err(), "only its name and size were looked at");
    }
}
