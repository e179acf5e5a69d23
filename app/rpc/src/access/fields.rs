//! What the form of a grant sends.

use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GrantFields {
    /// The role's word.
    pub role: String,
    /// Departments that it is limited to.
    pub departments: Vec<String>,
    /// Datasets that it is limited to, by id, with commas between.
    pub datasets: String,
    /// The last day on which it holds, on a UK clock.
    pub expires_on: String,
}

#[cfg(not(target_family = "wasm"))]
impl GrantFields {
    /// The grant, with what is wrong with the fields; a role that is not known is put down as the least one.
    #[must_use]
    pub fn read(&self) -> (domain::policy::Grant, Vec<domain::refusal::FieldProblem>) {
        use domain::policy::{Grant, Role};
        use domain::refusal::FieldProblem;

        let mut problems = Vec::new();
        let role = Role::parse(&self.role);
        if role.is_none() {
            problems.push(FieldProblem::new("role", "unknown", "Choose a role."));
        }
        let expires_at = if self.expires_on.trim().is_empty() {
            None
        } else {
            let last = ("expires_on", "23:59:59");
            let read = domain::uk_time::read(("expires_on", &self.expires_on), last, last);
            read.map_err(|more| problems.extend(more)).ok()
        };
        let datasets = self.datasets.split([',', ' ', '\n']).map(str::trim).filter(|id| !id.is_empty());
        let grant = Grant {
            id: None,
            role: role.unwrap_or(Role::Previewer),
            departments: self.departments.iter().filter(|id| !id.is_empty()).cloned().collect(),
            datasets: datasets.map(ToOwned::to_owned).collect(),
            expires_at,
        };
        (grant, problems)
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::GrantFields;

    #[test]
    fn a_grant_holds_until_the_end_of_its_last_day() {
        let typed = GrantFields {
            role: "editor".into(),
            datasets: "cpi, gdp".into(),
            expires_on: "2026-11-30".into(),
            ..GrantFields::default()
        };
        let (grant, problems) = typed.read();
        assert_eq!((grant.datasets.len(), problems.len()), (2, 0));
        assert_eq!(grant.expires_at.map(domain::uk_time::date_time).as_deref(), Some("30 November 2026, 11:59:59pm"));
        let (_, problems) = GrantFields { expires_on: "soon".into(), ..GrantFields::default() }.read();
        assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["role", "expires_on"]);
    }
}
