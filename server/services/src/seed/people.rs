//! Topics, departments, people and teams.

use std::collections::BTreeMap;
use std::path::Path;

use domain::people::Team;
use domain::refusal::Refusal;
use domain::topic::{Department, Topic};
use persistence::accounts;
use persistence::topics::save_department;

use super::{fault, files};
use crate::accounts::{NewUser, by_user_id, create_user, save_team};
use crate::topics::{self, NewTopic};
use crate::{Ctx, Result, ServiceError, Services};

/// People by e-mail address.
pub(super) struct People(BTreeMap<String, String>);

impl People {
    /// A context in which this person acts now.
    pub(super) async fn acting(&self, services: &Services, email: &str) -> Result<Ctx> {
        let id = self.0.get(email).ok_or_else(|| fault(&format!("nobody has the address {email}")))?;
        let mut ctx = Ctx::public(services.clock.now(), format!("seed-{email}"));
        ctx.caller = by_user_id(services, &ctx, id).await?;
        Ok(ctx)
    }
}

/// Loads topics and departments.
pub(super) async fn load_taxonomy(services: &Services, folder: &Path) -> Result<()> {
    let listed: Vec<files::TopicFile> = files::read(&folder.join("topics.json"))?;
    let departments: Vec<Department> = files::read(&folder.join("departments.json"))?;
    let tx = services.db.begin().await?;
    for department in departments {
        save_department(&tx, &department).await?;
    }
    persistence::db::commit(tx).await?;
    let ctx = Ctx::system("seed", services.clock.now());
    for topic in listed {
        load_topic(services, &ctx, topic).await?;
    }
    Ok(())
}

/// Adds a topic that is not there and was not merged or renamed since.
async fn load_topic(services: &Services, ctx: &Ctx, file: files::TopicFile) -> Result<()> {
    if present_id(services, &file.id).await?.is_some() {
        return Ok(());
    }
    let parent_id = match file.parent {
        Some(parent) => present_id(services, &parent).await?,
        None => None,
    };
    let topic = Topic {
        id: file.id,
        title: file.title,
        title_cy: file.title_cy,
        description: file.description,
        description_cy: file.description_cy,
        parent_id,
        ..Topic::default()
    };
    topics::create(services, ctx, NewTopic { topic, position: None }).await?;
    Ok(())
}

/// The id of a topic by one that it has or had.
async fn present_id(services: &Services, id: &str) -> Result<Option<String>> {
    match topics::find(services, id).await {
        Ok(topics::Found::Here(topic)) => Ok(Some(topic.id)),
        Ok(topics::Found::Moved(id)) => Ok(Some(id)),
        Err(ServiceError::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Loads people and teams that are not there yet.
pub(super) async fn load(services: &Services, folder: &Path) -> Result<People> {
    let file: files::PeopleFile = files::read(&folder.join("people.json"))?;
    let ctx = Ctx::system("seed", services.clock.now());
    let mut people = BTreeMap::new();
    for person in file.people {
        let known = accounts::find_user_by_email(services.db.pool(), &person.email).await?;
        let id = match known {
            Some((user, _)) => user.id,
            None => {
                let new =
                    NewUser { email: person.email.clone(), name: person.name, password: None, grants: person.grants };
                create_user(services, &ctx, new).await?.id
            }
        };
        people.insert(person.email, id);
    }
    for team in file.teams {
        let members = team.members.iter().filter_map(|email| people.get(email).cloned()).collect();
        save_team(services, &ctx, &Team::new(&team.id, &team.name, members)).await?;
    }
    Ok(People(people))
}
