//! What people add to the ranking: their synonyms and their pins, applied when somebody searches.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::HashMap;

use common::{filled, ids, words};
use domain::catalogue::{SearchQuery, Sort};
use domain::search_desk::SynonymRule;
use search::{Guidance, built_in_synonyms};

const RAIN: &str = "monthly-rainfall";
const MANAGERS: &str = "women-in-managerial-positions";

fn guided(rules: &[(&str, &str)], pins: &[(&str, &[&str])]) -> Guidance {
    let own: Vec<SynonymRule> = rules.iter().map(|(asked, words)| SynonymRule::of_lines(asked, words)).collect();
    let built_in = built_in_synonyms();
    let all = built_in.iter().map(|(_, rule)| rule).chain(&own);
    let pins: HashMap<String, Vec<String>> =
        pins.iter().map(|(query, ids)| ((*query).to_owned(), ids.iter().map(|&id| id.to_owned()).collect())).collect();
    Guidance::new(all, pins)
}

#[test]
fn a_rule_holds_at_once_and_no_longer_than_it_is_there() {
    let index = filled();
    let found = |guidance: &Guidance, q: &str| -> Vec<String> {
        let page = index.search_with(&words(q), guidance).unwrap();
        ids(&page).into_iter().map(str::to_owned).collect()
    };
    let before = found(Guidance::built_in(), "drizzlewort");
    assert!(!before.contains(&RAIN.to_owned()), "{before:?}");
    let one_way = guided(&[("drizzlewort", "rainfall")], &[]);
    assert_eq!(found(&one_way, "drizzlewort")[0], RAIN);
    assert_eq!(found(Guidance::built_in(), "drizzlewort"), before, "what is remembered belongs to its rules");
    let page = |guidance: &Guidance| index.search_with(&words("rainfall"), guidance).unwrap();
    assert_eq!(page(&one_way), page(Guidance::built_in()), "a rule of one way changes nothing the other way");
    assert_eq!(one_way.meanings("the drizzlewort"), [("drizzlewort".to_owned(), vec!["rainfall".to_owned()])]);
}

#[test]
fn pins_come_first_in_their_order_and_only_what_the_index_holds() {
    let index = filled();
    let guidance = guided(&[], &[("cpi", &["not-public-yet", RAIN, MANAGERS])]);
    let search = |query: &SearchQuery| index.search_with(query, &guidance).unwrap();
    let plain = index.search(&words("cpi")).unwrap();
    let page = search(&words(" CPI "));
    assert_eq!(ids(&page)[..2], [RAIN, MANAGERS]);
    assert_eq!(page.total_count, plain.total_count + 2);
    for (q, wanted) in [("cpi inflation", false), ("\"cpi\"", false), ("cpi -rain", false), ("cpi!", true)] {
        let page = search(&words(q));
        assert_eq!(ids(&page).first() == Some(&RAIN), wanted, "{q}");
    }
    let elsewhere = SearchQuery { topics: vec!["inflation".into()], ..words("cpi") };
    assert!(!ids(&search(&elsewhere)).contains(&RAIN), "filters hold for them, too");
    let by_title = SearchQuery { sort: Sort::Title, ..words("cpi") };
    assert!(ids(&search(&by_title)).contains(&RAIN));
}

#[test]
fn a_pin_leaves_the_words_to_be_read_as_strictly_as_without_it() {
    let index = filled();
    // One dataset has each of these words, and none has two.
    let q = "rainfall managerial barrel";
    let plain = index.search(&words(q)).unwrap();
    assert_eq!(plain.total_count, 3, "{:?}", ids(&plain));
    for (pinned, total) in [("gross-domestic-product-volume", 4), (RAIN, 3), ("not-public-yet", 3)] {
        let page = index.search_with(&words(q), &guided(&[], &[(q, &[pinned])])).unwrap();
        assert_eq!(page.total_count, total, "{pinned}: {:?}", ids(&page));
        assert_eq!(ids(&page)[0] == pinned, pinned != "not-public-yet", "{pinned}: {:?}", ids(&page));
        assert!(ids(&plain).iter().all(|id| ids(&page).contains(id)), "{pinned}: {:?}", ids(&page));
    }
    // What has the words itself still keeps the others away.
    let strict = "Consumer Prices COICOP rainfall";
    let plain = index.search(&words(strict)).unwrap();
    let guidance = guided(&[], &[("consumer prices coicop rainfall", &[MANAGERS])]);
    let page = index.search_with(&words(strict), &guidance).unwrap();
    assert!(plain.total_count > 0 && !ids(&plain).contains(&RAIN), "{:?}", ids(&plain));
    assert_eq!((ids(&page)[0], page.total_count), (MANAGERS, plain.total_count + 1));
}
