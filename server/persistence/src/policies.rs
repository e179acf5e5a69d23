//! Grants as policies: the lists that users, teams and service tokens hold, taken apart by the database, one row a grant.

use chrono::{DateTime, Utc};
use domain::page::{Page, Paging};
use domain::policy::{Grant, Role};
use domain::rights::{Policy, Subject, SubjectKind};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use crate::convert::{from_json, micros};
use crate::error::{PersistenceError, Result};

/// Which policies are asked for.
#[derive(Clone, Debug, Default)]
pub struct PolicyFilter {
    /// Only the one with this id.
    pub id: Option<String>,
    /// Only those of such holders.
    pub kind: Option<SubjectKind>,
    /// Only those of the holder with this id.
    pub subject: Option<String>,
    /// Only those of one of these roles.
    pub roles: Option<Vec<Role>>,
    /// Only those limited to no department and no dataset.
    pub unlimited: bool,
    /// Only those that name this department.
    pub department: Option<String>,
    /// Only those that name this dataset.
    pub dataset: Option<String>,
}

/// A page of the policies: of people by name, then of teams, then of service tokens that are live at `now`; in two statements.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &PolicyFilter,
    now: DateTime<Utc>,
    paging: Paging,
) -> Result<Page<Policy>> {
    let mut asked = Asked::new(db.get_database_backend());
    let from = asked.from(filter, now);
    let count = asked.statement(&format!("SELECT COUNT(*) AS held {from}"));
    let total: i64 = match db.query_one_raw(count).await? {
        Some(row) => row.try_get("", "held")?,
        None => 0,
    };
    let (limit, offset) = (asked.value(i64::from(paging.limit)), asked.value(i64::from(paging.offset)));
    let sql = format!(
        "SELECT policy, kind, holder, name, revision, held {from} \
         ORDER BY kind, CASE WHEN kind = 2 THEN '' ELSE name END, holder, place LIMIT {limit} OFFSET {offset}"
    );
    let rows = db.query_all_raw(asked.statement(&sql)).await?;
    let items = rows.iter().map(to_policy).collect::<Result<_>>()?;
    Ok(Page::new(items, u64::try_from(total).unwrap_or(0), paging))
}

/// Whether the list of grants in `users` holds one of this role, of this department, or of both in one.
pub(crate) fn held_by_user(backend: DbBackend, role: Option<Role>, department: Option<&str>) -> Result<SimpleExpr> {
    if backend != DbBackend::Sqlite {
        let mut like = serde_json::Map::new();
        like.extend(role.map(|role| ("role".to_owned(), role.as_str().into())));
        like.extend(department.map(|id| ("departments".to_owned(), serde_json::json!([id]))));
        let like = crate::convert::json(&[like])?;
        return Ok(Expr::cust_with_values("users.grants::jsonb @> $1::jsonb", [like]));
    }
    let mut values: Vec<String> = Vec::new();
    let mut sql = "EXISTS (SELECT 1 FROM json_each(users.grants) g WHERE 1 = 1".to_owned();
    if let Some(role) = role {
        sql.push_str(" AND json_extract(g.value, '$.role') = ?");
        values.push(role.as_str().to_owned());
    }
    if let Some(id) = department {
        sql.push_str(" AND EXISTS (SELECT 1 FROM json_each(g.value, '$.departments') d WHERE d.value = ?)");
        values.push(id.to_owned());
    }
    sql.push(')');
    Ok(Expr::cust_with_values(sql, values))
}

/// A question in the words of one database, with its values in the order of their marks.
struct Asked {
    backend: DbBackend,
    values: Vec<Value>,
}

impl Asked {
    const fn new(backend: DbBackend) -> Self {
        Self { backend, values: Vec::new() }
    }

    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        if self.is_sqlite() { "?".to_owned() } else { format!("${}", self.values.len()) }
    }

    fn is_sqlite(&self) -> bool {
        self.backend == DbBackend::Sqlite
    }

    fn statement(&self, sql: &str) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, self.values.clone())
    }

    /// Every grant as a row, and which of them are asked for.
    fn from(&mut self, filter: &PolicyFilter, now: DateTime<Utc>) -> String {
        let users = self.grants_in("users", 0, "user");
        let teams = self.grants_in("teams", 1, "team");
        let tokens = self.grants_in("service_tokens", 2, "service");
        let now = self.value(micros(now));
        let live = format!("t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > {now})");
        let conditions = self.conditions(filter);
        format!(
            "FROM ({users} UNION ALL {teams} UNION ALL {tokens} WHERE {live}) AS grants_held WHERE {}",
            conditions.join(" AND ")
        )
    }

    fn grants_in(&self, table: &str, kind: u8, word: &str) -> String {
        if self.is_sqlite() {
            format!(
                "SELECT {kind} AS kind, t.id AS holder, t.name AS name, t.revision AS revision, g.key AS place, g.value AS held, \
                 coalesce(json_extract(g.value, '$.id'), '{word}-' || t.id || '-' || g.key) AS policy \
                 FROM {table} t JOIN json_each(t.grants) g"
            )
        } else {
            format!(
                "SELECT {kind} AS kind, t.id AS holder, t.name AS name, t.revision AS revision, g.place AS place, \
                 g.held::text AS held, coalesce(g.held->>'id', '{word}-' || t.id || '-' || (g.place - 1)) AS policy \
                 FROM {table} t CROSS JOIN LATERAL jsonb_array_elements(t.grants::jsonb) WITH ORDINALITY AS g (held, place)"
            )
        }
    }

    fn conditions(&mut self, filter: &PolicyFilter) -> Vec<String> {
        let mut all = vec!["1 = 1".to_owned()];
        if let Some(id) = &filter.id {
            all.push(format!("policy = {}", self.value(id.clone())));
        }
        if let Some(kind) = filter.kind {
            all.push(format!("kind = {}", number_of(kind)));
        }
        if let Some(subject) = &filter.subject {
            all.push(format!("holder = {}", self.value(subject.clone())));
        }
        if let Some(roles) = &filter.roles {
            let role = if self.is_sqlite() { "json_extract(held, '$.role')" } else { "held::jsonb->>'role'" };
            let marks: Vec<String> = roles.iter().map(|role| self.value(role.as_str())).collect();
            all.push(if marks.is_empty() { "1 = 2".to_owned() } else { format!("{role} IN ({})", marks.join(", ")) });
        }
        for (list, named) in [("departments", &filter.department), ("datasets", &filter.dataset)] {
            if let Some(id) = named {
                let mark = self.value(id.clone());
                all.push(if self.is_sqlite() {
                    format!("EXISTS (SELECT 1 FROM json_each(held, '$.{list}') d WHERE d.value = {mark})")
                } else {
                    format!("coalesce(held::jsonb->'{list}' @> to_jsonb({mark}::text), false)")
                });
            }
            if filter.unlimited {
                all.push(if self.is_sqlite() {
                    format!("coalesce(json_array_length(held, '$.{list}'), 0) = 0")
                } else {
                    format!("coalesce(jsonb_array_length(held::jsonb->'{list}'), 0) = 0")
                });
            }
        }
        all
    }
}

const fn number_of(kind: SubjectKind) -> u8 {
    match kind {
        SubjectKind::User => 0,
        SubjectKind::Team => 1,
        SubjectKind::Service => 2,
    }
}

fn to_policy(row: &QueryResult) -> Result<Policy> {
    let number: i32 = row.try_get("", "kind")?;
    let kind = [SubjectKind::User, SubjectKind::Team, SubjectKind::Service];
    let kind = usize::try_from(number).ok().and_then(|number| kind.get(number)).copied();
    let kind = kind.ok_or_else(|| PersistenceError::Inconsistent(format!("a holder of the kind {number}")))?;
    let id: String = row.try_get("", "policy")?;
    let grant: Grant = from_json(&row.try_get::<String>("", "held")?)?;
    Ok(Policy {
        subject: Subject { kind, id: row.try_get("", "holder")?, name: row.try_get("", "name")? },
        grant: Grant { id: Some(id.clone()), ..grant },
        id,
        revision: row.try_get("", "revision")?,
        of_groups: false,
    })
}
