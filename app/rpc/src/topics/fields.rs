//! What the form of a topic sends.

#[cfg(not(target_family = "wasm"))]
use domain::refusal::FieldProblem;
use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicFields {
    /// The slug.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: String,
    /// A sentence about it.
    pub description: String,
    /// The same in Welsh.
    pub description_cy: String,
    /// The topic above; empty at the top.
    pub parent_id: String,
    /// Its place among those beside it, from 1; empty leaves it or puts it last.
    pub place: String,
}

#[cfg(not(target_family = "wasm"))]
impl TopicFields {
    /// The topic, and its place from nought; or everything that is wrong with them, where the place is none.
    pub fn read(&self) -> Result<(domain::topic::Topic, Option<u32>), Vec<FieldProblem>> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let topic = domain::topic::Topic {
            id: self.slug.trim().to_owned(),
            title: self.title.trim().to_owned(),
            title_cy: some(&self.title_cy),
            description: self.description.trim().replace("\r\n", "\n"),
            description_cy: some(&self.description_cy.replace("\r\n", "\n")),
            parent_id: some(&self.parent_id),
            ..domain::topic::Topic::default()
        };
        match self.position() {
            Ok(position) => Ok((topic, position)),
            Err(problem) => Err(topic.problems().into_iter().chain([problem]).collect()),
        }
    }

    fn position(&self) -> Result<Option<u32>, FieldProblem> {
        let place = self.place.trim();
        if place.is_empty() {
            return Ok(None);
        }
        let position = place.parse::<u32>().ok().and_then(|place| place.checked_sub(1));
        position.map(Some).ok_or_else(|| FieldProblem::new("place", "out_of_range", "Give a whole number from 1."))
    }
}

#[cfg(test)]
mod tests {
    use super::TopicFields;

    fn placed(place: &str) -> TopicFields {
        TopicFields { slug: "prices".into(), title: "Prices".into(), place: place.into(), ..TopicFields::default() }
    }

    #[test]
    fn a_place_is_a_whole_number_from_one_or_left_out() {
        for (place, position) in [("", None), (" ", None), ("1", Some(0)), (" 3 ", Some(2))] {
            assert_eq!(placed(place).read().unwrap().1, position, "{place}");
        }
        for wrong in ["0", "-3", "abc", "1.5"] {
            let problems = placed(wrong).read().unwrap_err();
            let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(fields, ["place"], "{wrong}");
        }
        let both = TopicFields { title: String::new(), ..placed("0") };
        assert_eq!(both.read().unwrap_err().len(), 2);
    }
}
