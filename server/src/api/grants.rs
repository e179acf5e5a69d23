//! Grants as they are sent; what cannot be read of them is told together with everything else that is wrong.

use chrono::{DateTime, Utc};
use domain::policy::{Grant, Role};
use domain::refusal::FieldProblem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::one_of;

/// A grant as it is sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GrantInput {
    /// The id of a grant that is held already; it is kept if it is sent back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The role.
    #[schema(value_type = Role, required = true)]
    pub role: String,
    /// Departments that it is limited to; without these and datasets there is no limit.
    pub departments: Vec<String>,
    /// Datasets that it is limited to.
    pub datasets: Vec<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

impl From<&Grant> for GrantInput {
    fn from(grant: &Grant) -> Self {
        Self {
            id: grant.id.clone(),
            role: grant.role.to_string(),
            departments: grant.departments.clone(),
            datasets: grant.datasets.clone(),
            expires_at: grant.expires_at,
        }
    }
}

impl GrantInput {
    /// The grant; an unknown role is told as a problem of the field under `at`, and another one stands in for it.
    pub fn read(self, at: &str, problems: &mut Vec<FieldProblem>) -> Grant {
        let role = Role::parse(&self.role).unwrap_or_else(|| {
            let field = format!("{at}role");
            problems.push(if self.role.trim().is_empty() {
                FieldProblem::required(&field)
            } else {
                FieldProblem::new(&field, "unknown", format!("Give {}.", one_of(Role::ALL)))
            });
            Role::Previewer
        });
        Grant { id: self.id, role, departments: self.departments, datasets: self.datasets, expires_at: self.expires_at }
    }
}

/// All grants of a field, in their places.
pub fn read_all(field: &str, sent: Vec<GrantInput>, problems: &mut Vec<FieldProblem>) -> Vec<Grant> {
    sent.into_iter().enumerate().map(|(i, grant)| grant.read(&format!("{field}.{i}."), problems)).collect()
}
