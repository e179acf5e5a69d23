//! Prints how well people find what they mean, beside the full text of PostgreSQL and SQLite: `relevance SEEDS [missed]`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::path::Path;

use testkit::databases::TestDatabase;
use testkit::relevance::{Measures, Question, fts5, load, ours, postgres};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(seeds) = arguments.first() else { return Err("usage: relevance SEEDS [missed]".into()) };
    let (documents, questions) = load(Path::new(seeds))?;
    println!("{} questions over {} datasets", questions.len(), documents.len());
    let own = ours(&documents, &questions)?;
    let (sqlite, pg) = (TestDatabase::empty_sqlite().await, TestDatabase::empty_postgres().await);
    let systems = [
        ("catalogue", own),
        ("PostgreSQL full text", postgres(pg.pool(), &documents, &questions).await?),
        ("SQLite FTS5", fts5(sqlite.pool(), &documents, &questions).await?),
    ];
    println!("{:22} {:>7} {:>7} {:>8}", "", "hit@10", "MRR", "nDCG@10");
    for (name, answers) in &systems {
        line(name, &measured(answers, &questions));
    }
    println!();
    let mut kinds: BTreeMap<&str, Vec<Measures>> = BTreeMap::new();
    for (question, measures) in questions.iter().zip(measured(&systems[0].1, &questions)) {
        kinds.entry(&question.kind).or_default().push(measures);
    }
    for (kind, measures) in kinds {
        line(&format!("  {kind} ({})", measures.len()), &measures);
    }
    if arguments.get(1).is_some_and(|word| word == "missed") {
        for ((question, answer), measures) in
            questions.iter().zip(&systems[0].1).zip(measured(&systems[0].1, &questions)).filter(|(_, m)| m.ndcg < 0.9)
        {
            println!("{:.2} {:?} wanted {:?} found {answer:?}", measures.ndcg, question.q, question.wanted);
        }
    }
    Ok(())
}

fn measured(answers: &[Vec<String>], questions: &[Question]) -> Vec<Measures> {
    answers.iter().zip(questions).map(|(answer, question)| Measures::of(answer, &question.wanted)).collect()
}

fn line(name: &str, measures: &[Measures]) {
    let Measures { hit, reciprocal_rank, ndcg } = Measures::mean(measures);
    println!("{name:22} {hit:>7.3} {reciprocal_rank:>7.3} {ndcg:>8.3}");
}
