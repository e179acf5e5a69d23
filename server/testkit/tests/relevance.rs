//! Whether people find what they mean.

use std::path::Path;

use testkit::relevance::{Measures, load, ours};

#[test]
fn people_find_what_they_mean() {
    let seeds = Path::new("../../seeds");
    let (documents, questions) = load(seeds).unwrap();
    assert!(documents.len() == 26 && questions.len() >= 120, "{} of {}", questions.len(), documents.len());
    let known = |id: &String| documents.iter().any(|document| document.dataset_id == *id);
    assert!(questions.iter().all(|question| question.wanted.iter().all(known)), "a wanted dataset is not published");
    let answers = ours(&documents, &questions).unwrap();
    let measured: Vec<Measures> =
        answers.iter().zip(&questions).map(|(answer, question)| Measures::of(answer, &question.wanted)).collect();
    let mean = Measures::mean(&measured);
    let missed: Vec<&str> =
        questions.iter().zip(&measured).filter(|(_, m)| m.hit == 0.0).map(|(q, _)| q.q.as_str()).collect();
    assert!(mean.hit >= 0.9 && mean.ndcg >= 0.8, "{mean:?}, without anything wanted: {missed:?}");
}
