//! The taxonomy.

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::slug::Slug;
use crate::text::{check_line, check_optional};

/// A node of the taxonomy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
    /// A sentence about it.
    pub description: String,
    /// The same in Welsh.
    pub description_cy: Option<String>,
    /// The topic above.
    pub parent_id: Option<String>,
    /// Its place among those beside it, from nought.
    pub position: u32,
    /// Goes up with every change.
    pub revision: i64,
}

impl Topic {
    /// Every problem at once; whether the topic above exists is for the taxonomy to say.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = Slug::parse("slug", &self.id).err().into_iter().collect();
        check_line(&mut problems, "title", &self.title, 200);
        check_optional(&mut problems, "title_cy", self.title_cy.as_deref().unwrap_or(""), 200, false);
        check_optional(&mut problems, "description", &self.description, 2000, true);
        check_optional(&mut problems, "description_cy", self.description_cy.as_deref().unwrap_or(""), 2000, true);
        problems
    }
}

/// The topic and all below it, however deep; empty where it is not among them.
#[must_use]
pub fn with_descendants(topics: &[Topic], id: &str) -> Vec<String> {
    let mut found: Vec<String> = topics.iter().filter(|t| t.id == id).map(|t| t.id.clone()).collect();
    let mut next = 0;
    while let Some(above) = found.get(next).cloned() {
        for topic in topics.iter().filter(|t| t.parent_id.as_ref() == Some(&above)) {
            if !found.contains(&topic.id) {
                found.push(topic.id.clone());
            }
        }
        next += 1;
    }
    found
}

/// The topics above one, the nearest first.
#[must_use]
pub fn ancestors<'a>(topics: &'a [Topic], id: &str) -> Vec<&'a Topic> {
    let find = |id: &str| topics.iter().find(|t| t.id == id);
    let mut above: Vec<&Topic> = Vec::new();
    let mut at = find(id).and_then(|t| t.parent_id.as_deref());
    while let Some(topic) = at.and_then(find).filter(|t| above.len() <= topics.len() && t.id != id) {
        above.push(topic);
        at = topic.parent_id.as_deref();
    }
    above
}

/// All topics, each followed by those below it; the order among those side by side is kept.
#[must_use]
pub fn in_tree_order(topics: &[Topic]) -> Vec<Topic> {
    fn add(topics: &[Topic], above: Option<&str>, out: &mut Vec<Topic>) {
        for topic in topics.iter().filter(|t| t.parent_id.as_deref() == above) {
            if out.len() < topics.len() {
                out.push(topic.clone());
                add(topics, Some(&topic.id), out);
            }
        }
    }
    let mut out = Vec::with_capacity(topics.len());
    add(topics, None, &mut out);
    out
}

/// Who owns datasets; grants can be limited to departments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(id: &str, parent: Option<&str>) -> Topic {
        Topic { id: id.into(), title: id.into(), parent_id: parent.map(Into::into), ..Topic::default() }
    }

    fn tree() -> Vec<Topic> {
        vec![topic("c", Some("b")), topic("a", None), topic("d", None), topic("b", Some("a")), topic("e", Some("a"))]
    }

    #[test]
    fn a_topic_reaches_all_below_and_knows_all_above() {
        assert_eq!(with_descendants(&tree(), "a"), ["a", "b", "e", "c"]);
        assert_eq!(with_descendants(&tree(), "d"), ["d"]);
        assert!(with_descendants(&tree(), "x").is_empty());
        let topics = tree();
        let above: Vec<&str> = ancestors(&topics, "c").iter().map(|t| t.id.as_str()).collect();
        assert_eq!(above, ["b", "a"]);
    }

    #[test]
    fn the_tree_is_read_from_the_top() {
        let order: Vec<String> = in_tree_order(&tree()).into_iter().map(|t| t.id).collect();
        assert_eq!(order, ["a", "b", "c", "e", "d"]);
    }

    #[test]
    fn every_problem_of_a_topic_is_told_at_once() {
        let bad =
            Topic { id: "No Slug".into(), title: " ".into(), title_cy: Some("x".repeat(201)), ..Topic::default() };
        let fields: Vec<String> = bad.problems().into_iter().map(|p| p.field).collect();
        assert_eq!(fields, ["slug", "title", "title_cy"]);
        assert!(topic("prices", None).problems().is_empty());
    }
}
