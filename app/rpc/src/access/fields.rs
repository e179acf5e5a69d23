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

    /// The same outcome with its problems named as the form's fields are, so that each stands beside its field.
    ///
    /// Services speak of `grants.0.expires_at`, as the API's bodies do; the form has one grant, its day in `expires_on`, and in
    /// `ends` the name of the field for the end of what holds the grant, where it has one.
    pub fn named_as_typed<T>(
        outcome: Result<T, services::ServiceError>,
        ends: &str,
    ) -> Result<T, services::ServiceError> {
        use domain::refusal::{FieldProblem, Refusal};

        outcome.map_err(|error| match error {
            services::ServiceError::Refused(Refusal::Invalid { problems }) => {
                let named = |problem: FieldProblem| FieldProblem { field: field_of(&problem.field, ends), ..problem };
                services::ServiceError::Refused(Refusal::Invalid {
                    problems: problems.into_iter().map(named).collect(),
                })
            }
            other => other,
        })
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The form's field for what the API calls `sent`.
#[cfg(not(target_family = "wasm"))]
fn field_of(sent: &str, ends: &str) -> String {
    let parts: Vec<&str> = sent.split('.').collect();
    let own = match parts.as_slice() {
        ["grants"] | ["grants", _] => return "role".to_owned(),
        ["expires_at"] if !ends.is_empty() => return ends.to_owned(),
        ["grants", _, own @ ..] => own,
        own => own,
    };
    match own {
        ["expires_at"] => "expires_on".to_owned(),
        [list @ ("departments" | "datasets"), ..] => (*list).to_owned(),
        _ => own.join("."),
    }
}

#[cfg(test)]
mod tests {
    use domain::refusal::{FieldProblem, Refusal};
    use services::ServiceError;

    use super::GrantFields;

    #[test]
    fn problems_are_named_as_the_fields_of_the_form() {
        let named = |sent: &[&str], ends: &str| {
            let problems = sent.iter().map(|field| FieldProblem::new(field, "x", "No.")).collect();
            let refused: Result<(), _> = Err(ServiceError::Refused(Refusal::Invalid { problems }));
            match GrantFields::named_as_typed(refused, ends) {
                Err(ServiceError::Refused(Refusal::Invalid { problems })) => {
                    problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            }
        };
        let alone = ["expires_at", "departments.0", "datasets.3", "role", "name"];
        assert_eq!(named(&alone, ""), ["expires_on", "departments", "datasets", "role", "name"]);
        let listed =
            ["grants", "grants.0.expires_at", "grants.0.departments.1", "grants.0.datasets.2", "grants.0.role"];
        assert_eq!(named(&listed, ""), ["role", "expires_on", "departments", "datasets", "role"]);
        assert_eq!(named(&["expires_at", "grants.0.expires_at"], "ends_on"), ["ends_on", "expires_on"]);
        assert!(GrantFields::named_as_typed(Ok::<_, ServiceError>(1), "").is_ok());
    }

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
