//! What the names in a question to the trail stand for: people look for names, records hold ids.

use domain::administration::AuditNamed;
use domain::page::Paging;
use domain::refusal::{FieldProblem, all_valid};
use persistence::bundles::BundleFilter;
use persistence::datasets::DatasetFilter;
use persistence::people::UserFilter;
use persistence::releases::ReleaseFilter;
use persistence::{
    accounts, bundles, datasets, departments, events, people, releases, teams, tokens, topics, webhooks,
};

use super::must_read_all;
use crate::accounts::environment_actor;
use crate::{Ctx, Result, Services};

/// So many things at most are found by one name; whoever needs more says more.
const MOST: u32 = 50;

/// What a question names; empty texts ask for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// Who: an id, or part of a name or address.
    pub actor: &'a str,
    /// To what: an id, or part of a name or title.
    pub resource: &'a str,
    /// Of which kind that is, where it is known.
    pub resource_type: &'a str,
    /// In which bundle: an id, or part of a title.
    pub bundle: &'a str,
}

/// The ids that the names stand for; each text stands for itself, too, as an id. What the trail knows by exactly that id is
/// meant alone.
///
/// Bundles, datasets and releases are found as the caller sees them.
pub async fn named(services: &Services, ctx: &Ctx, names: Names<'_>) -> Result<AuditNamed> {
    must_read_all(ctx)?;
    let mut found = AuditNamed::default();
    if !names.actor.is_empty() {
        found.actors = actors(services, names.actor).await?;
    }
    if !names.bundle.is_empty() {
        let bundles = of_kind(services, ctx, "bundle", names.bundle).await?;
        found.bundles = meant(services, "bundle", names.bundle, bundles).await?;
    }
    if !names.resource.is_empty() {
        let kinds = ["user", "team", "service_token", "department", "topic", "webhook", "dataset", "release", "bundle"];
        let mut things = Vec::new();
        for kind in kinds.into_iter().filter(|kind| ["", kind].contains(&names.resource_type)) {
            things.extend(of_kind(services, ctx, kind, names.resource).await?);
        }
        found.resources = meant(services, names.resource_type, names.resource, things).await?;
    }
    Ok(found)
}

/// What was found by a name, or that alone which has the name for an id.
async fn meant(
    services: &Services,
    kind: &str,
    text: &str,
    found: Vec<(String, String)>,
) -> Result<Vec<(String, String)>> {
    let exact = events::holds_resource(services.db.pool(), kind, text).await?;
    let found = if exact { found.into_iter().filter(|(id, _)| id == text).collect() } else { found };
    Ok(with_itself(text, found))
}

/// The ids of all who are meant by some texts: each an id, or part of a name or address.
///
/// # Errors
/// `Invalid` with every text by which nobody is meant: no records of somebody is another answer than nobody.
pub async fn actors_of(services: &Services, ctx: &Ctx, texts: &[String]) -> Result<Vec<String>> {
    must_read_all(ctx)?;
    let (mut ids, mut problems) = (Vec::new(), Vec::new());
    for text in texts {
        let found = actors(services, text).await?;
        let is_nobody = found.iter().all(|(_, name)| name.is_empty()) && !is_actor(services, text).await?;
        if is_nobody {
            let message =
                format!("Nobody is called “{text}”. Give an id, or a name or an e-mail address, whole or in part.");
            problems.push(FieldProblem::new("actor", "unknown_actor", message));
        }
        ids.extend(found.into_iter().map(|(id, _)| id));
    }
    all_valid(problems)?;
    Ok(ids)
}

/// Who is meant by a text: whoever has it for an id alone, else all of whose names and addresses it is a part, else whom it would
/// be the id of.
async fn actors(services: &Services, name: &str) -> Result<Vec<(String, String)>> {
    if is_actor(services, name).await? {
        return Ok(with_itself(name, Vec::new()));
    }
    let mut found = of_people(services, name).await?;
    let programs = tokens::page(services.db.pool(), Some(name), None, first()).await?;
    found.extend(programs.items.into_iter().map(|token| (token.id, token.name)));
    // Those who are gone are still named by what they did.
    found.extend(events::actors_named(services.db.pool(), name, MOST as usize).await?);
    Ok(if found.is_empty() { with_itself(name, found) } else { once(found) })
}

/// Whether somebody has this id, or had it when they did something.
async fn is_actor(services: &Services, id: &str) -> Result<bool> {
    let db = services.db.pool();
    Ok(id == environment_actor().id
        || events::holds_actor(db, id).await?
        || accounts::find_user(db, id).await?.is_some()
        || tokens::find(db, id).await?.is_some())
}

async fn of_people(services: &Services, name: &str) -> Result<Vec<(String, String)>> {
    let filter = UserFilter { text: Some(name.to_owned()), ..UserFilter::default() };
    let page = people::page(services.db.pool(), &filter, first()).await?;
    Ok(page.items.into_iter().map(|user| (user.id, user.name)).collect())
}

async fn of_kind(services: &Services, ctx: &Ctx, kind: &str, name: &str) -> Result<Vec<(String, String)>> {
    let db = services.db.pool();
    let title = Some(name.to_owned());
    let holds = |text: &str| text.to_lowercase().contains(&name.to_lowercase());
    Ok(match kind {
        "user" => of_people(services, name).await?,
        "team" => pairs(teams::page(db, Some(name), None, first()).await?.items, |team| (team.id, team.name)),
        "service_token" => {
            pairs(tokens::page(db, Some(name), None, first()).await?.items, |token| (token.id, token.name))
        }
        "department" => pairs(departments::page(db, Some(name), first()).await?.items, |of| (of.id, of.title)),
        "topic" => {
            let fit = topics::list(db).await?.into_iter().filter(|topic| holds(&topic.title)).collect();
            pairs(fit, |topic| (topic.id, topic.title))
        }
        "webhook" => {
            let all = webhooks::page(db, Paging::WHOLE).await?.items;
            pairs(all.into_iter().filter(|hook| holds(&hook.url)).collect(), |hook| (hook.id, hook.url))
        }
        "dataset" => {
            let filter = DatasetFilter { title, ..DatasetFilter::default() };
            let page = datasets::list_visible_to(db, &ctx.reach(), &filter, first()).await?;
            pairs(page.items, |dataset| (dataset.id, dataset.metadata.title))
        }
        "release" => {
            let filter = ReleaseFilter { title, ..ReleaseFilter::default() };
            let page = releases::list_visible_to(db, &ctx.reach(), &filter, first()).await?;
            pairs(page.items, |release| (release.id, release.details.title))
        }
        _ => {
            let filter = BundleFilter { title, ..BundleFilter::default() };
            let page = bundles::list_visible_to(db, ctx.caller()?, &filter, first()).await?;
            pairs(page.items, |bundle| (bundle.id, bundle.details.title))
        }
    })
}

fn pairs<T>(found: Vec<T>, pair: impl Fn(T) -> (String, String)) -> Vec<(String, String)> {
    found.into_iter().map(pair).take(MOST as usize).collect()
}

const fn first() -> Paging {
    Paging { limit: MOST, offset: 0 }
}

/// What was found, each once; the text itself as an id where nothing of that id was found.
fn with_itself(text: &str, found: Vec<(String, String)>) -> Vec<(String, String)> {
    once(found.into_iter().chain([(text.to_owned(), String::new())]))
}

/// What was found, each once.
fn once(found: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut once: Vec<(String, String)> = Vec::new();
    for pair in found {
        if once.iter().all(|(id, _)| *id != pair.0) {
            once.push(pair);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::with_itself;

    #[test]
    fn a_text_stands_for_itself_as_an_id_once() {
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(with_itself("gdp", vec![]), [pair("gdp", "")]);
        let found = vec![pair("gdp", "GDP"), pair("gdp", "gdp"), pair("other", "GDP too")];
        assert_eq!(with_itself("gdp", found), [pair("gdp", "GDP"), pair("other", "GDP too")]);
    }
}
