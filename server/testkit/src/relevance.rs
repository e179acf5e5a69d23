//! Whether people find what they mean: questions with the datasets that should answer them, over the demonstration content.

mod documents;
mod rivals;

use std::path::Path;

use domain::catalogue::{SearchDocument, SearchQuery};
use domain::language::Language;
use search::{SearchError, SearchIndex};

pub use documents::documents;
pub use rivals::{fts5, postgres};

/// How far down people look.
const DEPTH: usize = 10;

/// What somebody asks, and the datasets that should be shown.
#[derive(Clone, Debug)]
pub struct Question {
    /// What sort of question it is.
    pub kind: String,
    /// The language of the reader.
    pub language: Language,
    /// What is typed.
    pub q: String,
    /// The ids of the datasets.
    pub wanted: Vec<String>,
}

/// Reads the questions of a file of `kind, language, question, ids`, with tabs between them.
#[must_use]
pub fn questions(text: &str) -> Vec<Question> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let (kind, language, q, ids) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            Some(Question {
                kind: kind.to_owned(),
                language: if language == "cy" { Language::Cy } else { Language::En },
                q: q.to_owned(),
                wanted: ids.split(' ').map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// How good the answers are, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measures {
    /// In how many answers something wanted is among the first ten.
    pub hit: f64,
    /// One divided by the place of the first that is wanted.
    pub reciprocal_rank: f64,
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg: f64,
}

impl Measures {
    /// Of one answer.
    #[must_use]
    pub fn of(answer: &[String], wanted: &[String]) -> Self {
        let is_wanted = |id: &&String| wanted.contains(id);
        let first = answer.iter().take(DEPTH).position(|id| is_wanted(&id));
        let gain = |place: usize| 1.0 / f64::from(u32::try_from(place + 2).unwrap_or(u32::MAX)).log2();
        let places = answer.iter().take(DEPTH).enumerate().filter(|(_, id)| is_wanted(id));
        let gained: f64 = places.map(|(place, _)| gain(place)).sum();
        let best: f64 = (0..wanted.len().min(DEPTH)).map(gain).sum();
        Self {
            hit: f64::from(u8::from(first.is_some())),
            reciprocal_rank: first.map_or(0.0, |place| 1.0 / f64::from(u32::try_from(place + 1).unwrap_or(u32::MAX))),
            ndcg: gained / best,
        }
    }

    /// The mean of several.
    #[must_use]
    pub fn mean(all: &[Self]) -> Self {
        let count = f64::from(u32::try_from(all.len().max(1)).unwrap_or(u32::MAX));
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / count;
        Self { hit: mean(|m| m.hit), reciprocal_rank: mean(|m| m.reciprocal_rank), ndcg: mean(|m| m.ndcg) }
    }
}

/// What the catalogue's own index answers to each question.
pub fn ours(documents: &[SearchDocument], questions: &[Question]) -> Result<Vec<Vec<String>>, SearchError> {
    let index = SearchIndex::in_memory()?;
    index.apply(1, documents, &[])?;
    let answer = |question: &Question| {
        let query =
            SearchQuery { q: question.q.clone(), language: question.language, limit: 10, ..SearchQuery::default() };
        Ok(index.search(&query)?.items.into_iter().map(|hit| hit.dataset_id).collect())
    };
    questions.iter().map(answer).collect()
}

/// The questions and documents of the demonstration content in this folder.
pub fn load(seeds: &Path) -> std::io::Result<(Vec<SearchDocument>, Vec<Question>)> {
    Ok((documents(seeds)?, questions(&std::fs::read_to_string(seeds.join("relevance.tsv"))?)))
}
