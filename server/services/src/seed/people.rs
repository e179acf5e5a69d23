//! Topics, departments, people and teams.

use std::collections::BTreeMap;
use std::path::Path;

use domain::people::Team;
use domain::topic::{Department, Topic};
use persistence::{accounts, topics};

use super::{fault, files};
use crate::accounts::{NewUser, by_user_id, create_user, save_team};
use crate::{Ctx, Result, Services};

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
    for (position, topic) in listed.into_iter().enumerate() {
        let topic = Topic {
            id: topic.id,
            title: topic.title,
            title_cy: topic.title_cy,
            description: topic.description,
            description_cy: topic.description_cy,
            parent_id: topic.parent,
        };
        topics::save(&tx, &topic, i64::try_from(position).unwrap_or(i64::MAX)).await?;
    }
    for department in departments {
        topics::save_department(&tx, &department).await?;
    }
    Ok(persistence::db::commit(tx).await?)
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
        save_team(services, &ctx, &Team { id: team.id, name: team.name, members }).await?;
    }
    Ok(People(people))
}
