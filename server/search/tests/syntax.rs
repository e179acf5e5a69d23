//! Asking exactly: fields, phrases, exclusions, what stands inside the data, and what helps when nothing is found.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{catalogue, dataset, filled, ids, words};
use domain::catalogue::{QueryProblem, SearchQuery};
use domain::language::Language;
use search::SearchIndex;

#[test]
fn a_field_narrows_to_what_stands_there() {
    let index = filled();
    let found =
        |q: &str| -> Vec<String> { ids(&index.search(&words(q)).unwrap()).into_iter().map(str::to_owned).collect() };
    assert_eq!(found("title:rainfall"), ["monthly-rainfall"]);
    assert_eq!(found("teitl:sgiliau"), ["census-welsh-language-skills"]);
    assert!(found("title:methane").is_empty(), "it stands in the description alone");
    assert_eq!(found("description:methane"), ["greenhouse-gas-emissions"]);
    assert_eq!(found("keyword:\"net zero\""), ["greenhouse-gas-emissions"]);
    assert_eq!(found("topic:climate").len(), 2);
    assert_eq!(found("topic:environment").len(), 3, "an id of a topic above");
    assert_eq!(found("column:geography").len(), 12);
    assert_eq!(found("publisher:national").len(), 12);
    assert_eq!(found("place:\"united kingdom\"").len(), 12);
    assert_eq!(found("id:census-"), ["census-travel-to-work", "census-welsh-language-skills"]);
    assert_eq!(found("census -title:welsh"), ["census-travel-to-work"]);
    assert_eq!(found("census -welsh"), ["census-travel-to-work"]);
    assert_eq!(found("-census").len(), 10);
    assert_eq!(found("rainfall title:inflaton"), Vec::<String>::new());
}

#[test]
fn codes_and_labels_inside_the_data_are_found() {
    let index = filled();
    let mut extra = dataset("areas", "Some table", "Nothing here.", &[], "work");
    extra.values = vec!["W06000001".into(), "Isle of Anglesey".into(), "9".into()];
    index.apply(8, &[extra], &[]).unwrap();
    for q in ["w06000001", "Anglesey", "code:W06000001", "code:\"isle of anglesey\"", "\"isle of anglesey\"", "code:9"]
    {
        let page = index.search(&words(q)).unwrap();
        assert_eq!(ids(&page), ["areas"], "{q}");
    }
    let page = index.search(&words("w06000001 table")).unwrap();
    assert_eq!(page.items[0].in_data, ["w06000001"]);
    let page = index.search(&words("Anglesy")).unwrap();
    assert_eq!((ids(&page), page.suggestion.as_deref()), (vec!["areas"], Some("anglesey")));
}

#[test]
fn a_bad_field_is_told_and_taken_as_words() {
    let page = filled().search(&words("titel:rainfall")).unwrap();
    assert_eq!(page.problems, [QueryProblem::UnknownField("titel".into())]);
    assert_eq!(ids(&page), ["monthly-rainfall"]);
}

#[test]
fn the_name_of_a_field_is_not_mended() {
    let index = filled();
    let roofs = dataset("roof-tiles", "Roof tile sales", "What is sold for roofs.", &["tile"], "work");
    index.apply(8, &[roofs], &[]).unwrap();
    let page = index.search(&words("title:")).unwrap();
    assert_eq!(page.problems, [QueryProblem::EmptyField("title".into())]);
    assert_eq!((page.total_count, page.suggestion), (0, None));
    assert_eq!(index.search(&words("tille")).unwrap().suggestion.as_deref(), Some("tile"));
}

#[test]
fn words_written_apart_or_together_are_found() {
    let index = filled();
    assert_eq!(ids(&index.search(&words("rain fall")).unwrap())[0], "monthly-rainfall");
    // Too short to be the beginning of a word, and the rest is another word.
    let other = dataset("employment-by-industry", "Employment by industry", "Who works where.", &["jobs"], "work");
    index.apply(8, &[other], &[]).unwrap();
    assert_eq!(ids(&index.search(&words("un employment")).unwrap())[0], "unemployment-rate");
    assert_eq!(ids(&index.search(&words("houseprices")).unwrap())[0], "median-house-prices-small-areas");
    assert_eq!(ids(&index.search(&words("greenhous gas")).unwrap())[0], "greenhouse-gas-emissions");
    let typed = index.suggest("rianf", 5, Language::En).unwrap();
    assert_eq!(typed[0].dataset_id, "monthly-rainfall");
}

#[test]
fn welsh_words_are_found_with_their_changed_beginnings_and_in_the_plural() {
    let index = filled();
    // The last four are plurals of words in its title and in the name of its topic.
    for q in
        ["gyfrifiad", "chyfrifiad", "nghyfrifiad", "cyfrifiad", "cyfrifiadau", "gyfrifiadau", "ieithoedd", "hieithoedd"]
    {
        let page = index.search(&SearchQuery { language: Language::Cy, ..words(q) }).unwrap();
        assert_eq!(ids(&page)[0], "census-welsh-language-skills", "{q}");
        // It is a form of the word, not a mistake in spelling it.
        assert_eq!(page.suggestion, None, "{q}");
    }
}

#[test]
fn nothing_found_leads_on() {
    let index = filled();
    let page = index.search(&words("title:methane \"carbon dioxide\"")).unwrap();
    assert_eq!((page.total_count, page.broader.as_deref()), (0, Some("methane carbon dioxide")));
    let page = index.search(&SearchQuery { years: vec![1999], ..words("rainfall") }).unwrap();
    assert_eq!((page.total_count, page.unfiltered_count, page.broader), (0, 1, None));
}

#[test]
fn nothing_of_a_removed_dataset_is_left() {
    let index = SearchIndex::in_memory().unwrap();
    let mut secret = dataset("secret", "Quokkas", "Hidden.", &["marsupials"], "work");
    secret.values = vec!["Rottnest".into()];
    index.apply(1, &catalogue(), &[]).unwrap();
    index.apply(2, &[secret], &[]).unwrap();
    assert_eq!(index.search(&words("rottnest")).unwrap().total_count, 1);
    index.apply(3, &[], &["secret".into()]).unwrap();
    for q in ["quokkas", "quokas", "rottnest", "rotnest", "marsup", "code:rottnest", "id:secret", "secret"] {
        let page = index.search(&words(q)).unwrap();
        assert_eq!((page.total_count, page.suggestion, page.broader), (0, None, None), "{q}");
    }
}
