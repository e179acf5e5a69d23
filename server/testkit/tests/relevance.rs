//! Whether people find what they mean.

use std::path::Path;

use testkit::databases::TestDatabase;
use testkit::relevance::{Measures, fts5, load, ours, postgres};

/// How much better than the full text of databases it is to be, by nDCG@10.
const BETTER: f64 = 1.15;

#[tokio::test]
async fn people_find_what_they_mean_and_better_than_by_the_full_text_of_databases() {
    let seeds = Path::new("../../seeds");
    let (documents, questions) = load(seeds).unwrap();
    assert!(documents.len() == 26 && questions.len() >= 120, "{} of {}", questions.len(), documents.len());
    let known = |id: &String| documents.iter().any(|document| document.dataset_id == *id);
    assert!(questions.iter().all(|question| question.wanted.iter().all(known)), "a wanted dataset is not published");
    let answers = ours(&documents, &questions).unwrap();
    let measured = |answers: &[Vec<String>]| -> Vec<Measures> {
        answers.iter().zip(&questions).map(|(answer, question)| Measures::of(answer, &question.wanted)).collect()
    };
    let own = measured(&answers);
    let mean = Measures::mean(&own);
    let missed: Vec<&str> =
        questions.iter().zip(&own).filter(|(_, m)| m.hit == 0.0).map(|(q, _)| q.q.as_str()).collect();
    assert!(mean.hit >= 0.9, "{mean:?}, without anything wanted: {missed:?}");
    // They stand at the end of the longest registers.
    for q in ["Haslingden", "W01001898"] {
        assert!(questions.iter().any(|question| question.q == q) && !missed.contains(&q), "{q}");
    }
    let (sqlite, postgresql) = (TestDatabase::empty_sqlite().await, TestDatabase::empty_postgres().await);
    for (rival, answers) in [
        ("SQLite FTS5", fts5(sqlite.pool(), &documents, &questions).await.unwrap()),
        ("PostgreSQL full text", postgres(postgresql.pool(), &documents, &questions).await.unwrap()),
    ] {
        let theirs = Measures::mean(&measured(&answers));
        assert!(mean.ndcg >= BETTER * theirs.ndcg, "{mean:?} beside {theirs:?} of {rival}");
    }
}
