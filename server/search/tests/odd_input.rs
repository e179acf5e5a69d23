//! Nothing a reader can type is an error.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::LazyLock;

use common::{filled, ids, words};
use domain::language::Language;
use proptest::prelude::*;
use search::SearchIndex;

fn survives(index: &SearchIndex, q: &str) {
    let page = index.search(&words(q)).unwrap();
    assert_eq!(ids(&page), ids(&index.search(&words(q)).unwrap()), "the same question has the same answer");
    assert!(page.items.len() as u64 <= page.total_count);
    for hit in page.items {
        let whole: String = hit.highlights.iter().flat_map(|part| &part.segments).map(|s| s.text.as_str()).collect();
        assert!(
            whole.len() < 400 && hit.highlights.iter().all(|part| part.segments.iter().all(|s| !s.text.is_empty()))
        );
    }
    index.suggest(q, 8, Language::Cy).unwrap();
}

#[test]
fn known_oddities() {
    let index = filled();
    let long = ["x".repeat(10_000), "prices ".repeat(2_000), "\"".repeat(501), "ŵ\u{302}".repeat(5_000)];
    let odd = [
        "\"",
        "\"\"",
        "*:*",
        "AND OR",
        "NOT",
        "+",
        "-",
        "title:",
        "title:[a TO b]",
        "(((",
        "a/b\\",
        "\0",
        "prices~2",
        "^8",
        "🦀 rainfall",
        "\u{202e}prices",
        "''",
        "l'",
        "“",
        "„prices“",
        "½ ²",
        "ﷺ",
        "\n\t",
        "<script>",
        "%00",
    ];
    for q in long.iter().map(String::as_str).chain(odd) {
        survives(&index, q);
    }
}

#[test]
fn signs_alone_ask_for_everything() {
    let index = filled();
    for q in ["\"", "*:*", "???", " "] {
        assert_eq!(index.search(&words(q)).unwrap().total_count, 12, "{q}");
    }
}

#[test]
fn an_empty_index_answers_too() {
    let index = SearchIndex::in_memory().unwrap();
    for q in ["", "inflaton", "\"carbon dioxide\""] {
        assert_eq!(index.search(&words(q)).unwrap().total_count, 0);
    }
    assert!(index.suggest("a", 5, Language::En).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(texts in prop::collection::vec(r#"([a-zA-ZŵâôÉ]{1,9}|price|carbon|["*:()~^/ -]|\PC){0,12}"#, 8)) {
        static INDEX: LazyLock<SearchIndex> = LazyLock::new(filled);
        for text in texts {
            survives(&INDEX, &text);
        }
    }
}
