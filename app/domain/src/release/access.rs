//! Who is given a release before the public: positions and where they are held, told once it is published.
//!
//! Statistics offices publish such a list with each release (Code of Practice for Statistics, and the Pre-release Access to Official
//! Statistics Orders). It is what editors write for readers, and never made of accounts: those who could see a bundle in the
//! catalogue are in its access list, which stays inside.

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::text::check_optional;

/// The field that holds the list.
const FIELD: &str = "pre_release_access";
/// The most positions of one release.
const MOST: usize = 200;
/// The most characters of a position or an organisation.
const LONGEST: usize = 200;

/// Somebody who is given a release early, by position and never by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PreReleaseAccess {
    /// The role or job title.
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "Chief Economist"))]
    pub position: String,
    /// Where it is held.
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "HM Treasury"))]
    pub organisation: String,
}

impl PreReleaseAccess {
    /// A position without the space around its words.
    #[must_use]
    pub fn new(position: &str, organisation: &str) -> Self {
        Self { position: position.trim().to_owned(), organisation: organisation.trim().to_owned() }
    }

    /// Reads what a form sends: one a line, the organisation behind the last semicolon or, without one, the last comma.
    #[must_use]
    pub fn read(text: &str) -> Vec<Self> {
        let one = |line: &str| {
            let parts = line.rsplit_once(';').or_else(|| line.rsplit_once(','));
            let (position, organisation) = parts.unwrap_or((line, ""));
            Self::new(position, organisation)
        };
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(one).collect()
    }

    /// The same as a form shows it, so that reading it gives what was written.
    #[must_use]
    pub fn written(all: &[Self]) -> String {
        all.iter().map(Self::line).collect::<Vec<_>>().join("\n")
    }

    fn line(&self) -> String {
        let mark = if [&self.position, &self.organisation].iter().any(|part| part.contains(',')) { ';' } else { ',' };
        format!("{}{mark} {}", self.position, self.organisation)
    }

    /// Every problem of a list at once, each with the place of its entry, as a form shows them in one field.
    pub(super) fn check(problems: &mut Vec<FieldProblem>, all: &[Self]) {
        if all.len() > MOST {
            problems.push(FieldProblem::new(FIELD, "too_many", format!("Name at most {MOST} positions.")));
            return;
        }
        for (place, entry) in all.iter().enumerate() {
            let mut own = entry.problems(&format!("{FIELD}.{place}"));
            if all.iter().take(place).any(|earlier| earlier == entry) {
                let message = "This position is in the list already.";
                own.push(FieldProblem::new(&format!("{FIELD}.{place}.position"), "repeated", message));
            }
            let number = place + 1;
            let placed = |problem: FieldProblem| FieldProblem {
                message: format!("Entry {number}: {}", problem.message),
                ..problem
            };
            problems.extend(own.into_iter().map(placed));
        }
    }

    fn problems(&self, row: &str) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let parts = [
            ("position", &self.position, "Say which position is held, not by whom."),
            ("organisation", &self.organisation, "Say in which organisation, behind a comma or a semicolon."),
        ];
        for (part, text, needed) in parts {
            let field = format!("{row}.{part}");
            if text.trim().is_empty() {
                problems.push(FieldProblem::new(&field, "required", needed));
                continue;
            }
            check_optional(&mut problems, &field, text, LONGEST, false);
            if text.contains('@') {
                let message = "Leave out addresses: readers are told positions and organisations alone.";
                problems.push(FieldProblem::new(&field, "address", message));
            }
            if text.contains(';') {
                let message = "Use a semicolon only between a position and its organisation.";
                problems.push(FieldProblem::new(&field, "semicolon", message));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_shows_is_read_as_it_was_meant() {
        let typed = " Chief Economist,  HM Treasury \r\n\nMinister for Health, Social Care and Sport, Welsh Government\nSecretary; Business, Energy and Trade\nNobody";
        let read = PreReleaseAccess::read(typed);
        let expected = [
            PreReleaseAccess::new("Chief Economist", "HM Treasury"),
            PreReleaseAccess::new("Minister for Health, Social Care and Sport", "Welsh Government"),
            PreReleaseAccess::new("Secretary", "Business, Energy and Trade"),
            PreReleaseAccess::new("Nobody", ""),
        ];
        assert_eq!(read, expected);
        let written = PreReleaseAccess::written(&read[..3]);
        let lines = [
            "Chief Economist, HM Treasury",
            "Minister for Health, Social Care and Sport; Welsh Government",
            "Secretary; Business, Energy and Trade",
        ];
        assert_eq!(written, lines.join("\n"));
        assert_eq!(PreReleaseAccess::read(&written), expected[..3]);
    }

    #[test]
    fn every_problem_of_a_list_is_told_at_once_with_its_place() {
        let told = |all: &[PreReleaseAccess]| {
            let mut problems = Vec::new();
            PreReleaseAccess::check(&mut problems, all);
            problems.into_iter().map(|problem| (problem.field, problem.code, problem.message)).collect::<Vec<_>>()
        };
        let sound = PreReleaseAccess::new("Chief Economist", "HM Treasury");
        assert!(told(&[]).is_empty());
        assert!(told(std::slice::from_ref(&sound)).is_empty());
        let list = [
            sound.clone(),
            PreReleaseAccess::new("Permanent Secretary", ""),
            PreReleaseAccess::new("someone@example.org", "A; B"),
            sound.clone(),
        ];
        let problems = told(&list);
        let codes: Vec<_> = problems.iter().map(|(field, code, _)| (field.as_str(), code.as_str())).collect();
        let expected = [
            ("pre_release_access.1.organisation", "required"),
            ("pre_release_access.2.position", "address"),
            ("pre_release_access.2.organisation", "semicolon"),
            ("pre_release_access.3.position", "repeated"),
        ];
        assert_eq!(codes, expected);
        assert!(problems[0].2.starts_with("Entry 2: "), "{problems:?}");
        let many: Vec<_> = (0..201).map(|n| PreReleaseAccess::new(&format!("Position {n}"), "Office")).collect();
        assert_eq!(told(&many)[0].1, "too_many");
        assert_eq!(told(&[PreReleaseAccess::new(&"x".repeat(201), "Office")])[0].1, "too_long");
    }
}
