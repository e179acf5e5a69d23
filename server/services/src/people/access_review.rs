//! Everybody's rights in one list, for a review of who still needs what.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::page::Paging;
use domain::people::User;
use domain::policy::{Grant, Permission};
use persistence::{accounts, events, invitations, second_factors, teams};

use crate::accounts::all_group_grants;
use crate::{Ctx, Result, Services, records};

/// What stands for a team where a right comes from somebody's groups at the provider.
const OF_GROUPS: &str = "provider group";

/// One right of one person; somebody without any has one line without a grant.
#[derive(Clone, Debug)]
pub struct ReviewLine {
    /// Whose.
    pub user: User,
    /// What they hold.
    pub grant: Option<Grant>,
    /// The name of the team through which they hold it, or that their groups at the provider bring it; `None` for their own.
    pub team: Option<String>,
    /// When they last signed in, if ever.
    pub last_signed_in: Option<DateTime<Utc>>,
    /// Whether they are asked for a second factor.
    pub has_second_factor: bool,
    /// Whether they were invited and have not come yet.
    pub is_invited: bool,
}

/// Everybody's rights, by name, each with its scope and end; who took the list is recorded.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn access_review(services: &Services, ctx: &Ctx) -> Result<Vec<ReviewLine>> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let db = services.db.pool();
    let teams = teams::page(db, None, None, Paging::WHOLE).await?.items;
    let signed_in: HashMap<String, DateTime<Utc>> = events::last_signed_in(db).await?;
    let factors: HashSet<String> = second_factors::confirmed(db).await?.into_iter().collect();
    let invited = invitations::list(db).await?;
    let of_groups = all_group_grants(services).await?;
    let mut lines = Vec::new();
    for user in accounts::list_users(db).await? {
        let of_teams = teams.iter().filter(|team| team.members.contains(&user.id));
        let of_teams = of_teams.flat_map(|team| team.grants.iter().map(move |grant| (grant, Some(team.name.clone()))));
        let of_groups = of_groups.iter().filter(|(id, _)| *id == user.id).flat_map(|(_, grants)| grants);
        let of_groups = of_groups.map(|grant| (grant, Some(OF_GROUPS.to_owned())));
        let held = user.grants.iter().map(|grant| (grant, None)).chain(of_teams).chain(of_groups);
        let line = |(grant, team): (Option<Grant>, Option<String>)| ReviewLine {
            grant,
            team,
            last_signed_in: signed_in.get(&user.id).copied(),
            has_second_factor: factors.contains(&user.id),
            is_invited: invited.iter().any(|one| one.invitation.user_id == user.id),
            user: user.clone(),
        };
        let before = lines.len();
        lines.extend(held.map(|(grant, team)| line((Some(grant.clone()), team))));
        if lines.len() == before {
            lines.push(line((None, None)));
        }
    }
    let tx = services.db.begin().await?;
    let details = serde_json::json!({"format": "csv", "count": lines.len()});
    records::note(&tx, ctx, by, records::user("list"), "exported", details).await?;
    persistence::db::commit(tx).await?;
    Ok(lines)
}

/// When somebody last signed in, if ever.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn last_signed_in(services: &Services, ctx: &Ctx, id: &str) -> Result<Option<DateTime<Utc>>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(events::last_signed_in_of(services.db.pool(), id).await?)
}
