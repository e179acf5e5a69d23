//! What a public page says of itself to search engines, feed readers and other sites.

use domain::catalogue::FILTERS;
use domain::link_card::{HEIGHT, WIDTH};
use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use super::site::Frame;
use crate::i18n::t;

/// Description, addresses in both languages, and the card that other sites show of a link.
pub fn described(frame: &Frame, title: &str, description: String) -> Option<AnyView> {
    if description.is_empty() {
        return None;
    }
    let (english, welsh) = frame.pair();
    let here = frame.absolute(&frame.href(&frame.path));
    let picture = picture(frame, title);
    let locale = if frame.lang == domain::language::Language::Cy { "cy_GB" } else { "en_GB" };
    Some(
        view! {
            <Meta name="description" content=description.clone()/>
            <Meta property="og:type" content="website"/>
            <Meta property="og:site_name" content=frame.site_name.clone()/>
            <Meta property="og:title" content=title.to_owned()/>
            <Meta property="og:description" content=description/>
            <Meta property="og:url" content=here.clone()/>
            <Meta property="og:locale" content=locale/>
            {picture}
            <Link rel="canonical" href=here/>
            <Link rel="alternate" hreflang="en" href=english.clone()/>
            <Link rel="alternate" hreflang="cy" href=welsh/>
            <Link rel="alternate" hreflang="x-default" href=english/>
        }
        .into_any(),
    )
}

/// The picture that other sites show beside a link: that of the page where it has one of its own, else that of the site.
fn picture(frame: &Frame, title: &str) -> AnyView {
    // Of what is not public yet there is none.
    let Some(path) = card_path(&frame.path).filter(|_| frame.ahead.is_none()) else {
        return view! {
            <Meta property="og:image" content=frame.absolute("/assets/apple-touch-icon.png")/>
            <Meta name="twitter:card" content="summary"/>
        }
        .into_any();
    };
    view! {
        <Meta property="og:image" content=frame.absolute(&frame.href(&path))/>
        <Meta property="og:image:type" content="image/png"/>
        <Meta property="og:image:width" content=WIDTH.to_string()/>
        <Meta property="og:image:height" content=HEIGHT.to_string()/>
        <Meta property="og:image:alt" content=title.to_owned()/>
        <Meta name="twitter:card" content="summary_large_image"/>
    }
    .into_any()
}

/// Where the picture of the page at `path` is, without the language's prefix; pages about a version share that of the version.
fn card_path(path: &str) -> Option<String> {
    let bare = path.split('?').next().unwrap_or("");
    let words: Vec<&str> = bare.trim_matches('/').split('/').collect();
    let kept = match words.as_slice() {
        ["catalogue", _, "editions", _, "versions", _, ..] => 6,
        ["catalogue", _, "editions", _, ..] => 4,
        ["catalogue" | "releases", _, ..] => 2,
        _ => return None,
    };
    words.get(..kept).map(|words| format!("/{}/card.png", words.join("/")))
}

/// The address by which others should know the page at `path`: without what chooses nothing on it, such as what senders of
/// links count their readers by.
#[must_use]
pub fn known_as(path: &str) -> String {
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let words: Vec<&str> = bare.trim_matches('/').split('/').collect();
    let is_chosen = |part: &&str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        !value.is_empty() && (name, value) != ("page", "1") && chooses(&words, &domain::text::unescaped(name))
    };
    let kept: Vec<&str> = query.split('&').filter(is_chosen).collect();
    if kept.is_empty() { bare.to_owned() } else { format!("{bare}?{}", kept.join("&")) }
}

/// Whether a name in a query chooses what the page shows whose path is made of these words.
fn chooses(words: &[&str], name: &str) -> bool {
    let of_page: &[&str] = match words {
        ["search"] => return FILTERS.contains(&name) || ["q", "sort", "page"].contains(&name),
        [.., "explore"] => {
            let of_column = name.split_once('.').map(|(what, _)| what);
            return of_column.is_some_and(|what| ["dim", "from", "to", "find", "list"].contains(&what))
                || ["columns", "sort", "file", "page", "chart", "by", "panels", "earlier", "as"].contains(&name);
        }
        [.., "compare"] => &["from", "to", "page"],
        ["topics", _] | ["feedback"] => &["page"],
        ["releases"] => &["view", "state", "month", "topic", "q", "page"],
        ["corrections"] => &["year", "type", "page"],
        ["catalogue"] => &["letter", "topic", "department", "page"],
        ["publication-log"] => &["dataset", "release", "page"],
        ["list"] => &["dataset", "q"],
        ["subscribe"] => &["dataset", "topic", "search"],
        _ => &[],
    };
    of_page.contains(&name)
}

/// The same things as JSON and as feeds, for programs that look for them in a page's head.
pub fn alternates(frame: &Frame) -> AnyView {
    let json =
        json_address(&frame.path).map(|href| view! { <Link rel="alternate" type_="application/json" href=href/> });
    view! { {json}{feeds(frame)} }.into_any()
}

fn feeds(frame: &Frame) -> Option<AnyView> {
    let address = feed_address(&frame.path)?;
    let (atom, rss) = (frame.href(&address.replace("{}", "atom")), frame.href(&address.replace("{}", "rss")));
    // A correction is no date, and nobody knows when the site will be disturbed.
    let is_dated = !["/corrections", "/status"].iter().any(|of_others| address.starts_with(of_others));
    let calendar = is_dated.then(|| {
        let href = frame.href(&address.replace("{}", "ics"));
        view! { <Link rel="alternate" type_="text/calendar" title="iCalendar" href=href/> }
    });
    let title = t(frame.lang, "feed-title");
    Some(
        view! {
            <Link rel="alternate" type_="application/atom+xml" title=format!("{title} (Atom)") href=atom/>
            <Link rel="alternate" type_="application/rss+xml" title=format!("{title} (RSS)") href=rss/>
            {calendar}
        }
        .into_any(),
    )
}

/// The address at which programs read what the page at `path` shows; pages of datasets name their own.
fn json_address(path: &str) -> Option<String> {
    let bare = path.split('?').next().unwrap_or("");
    let words: Vec<&str> = bare.trim_matches('/').split('/').collect();
    let listed = matches!(words.as_slice(), ["topics" | "releases", ..] | ["publication-log"]) && words.len() <= 2;
    listed.then(|| format!("/v1/{}", words.join("/")))
}

/// The address of the feeds of the page at `path`, without the language's prefix, with `{}` for the format.
#[must_use]
pub fn feed_address(path: &str) -> Option<String> {
    let (bare, query) = path.split_once('?').map_or((path, ""), |(bare, query)| (bare, query));
    // A feed has pages of its own.
    let kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("page=")).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let words: Vec<&str> = bare.trim_matches('/').split('/').collect();
    Some(match words.as_slice() {
        [""] => "/search/feed.{}".to_owned(),
        ["search"] => format!("/search/feed.{{}}{query}"),
        ["releases"] => format!("/releases.{{}}{query}"),
        ["corrections"] => format!("/corrections.{{}}{query}"),
        ["status"] => "/status.{}".to_owned(),
        ["topics", id] => format!("/topics/{id}/feed.{{}}"),
        ["catalogue", id, ..] => format!("/catalogue/{id}/feed.{{}}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{card_path, feed_address, json_address, known_as};

    #[test]
    fn what_chooses_nothing_makes_no_other_address() {
        for (path, known) in [
            ("/?utm_source=x", "/"),
            ("/topics?x=1", "/topics"),
            ("/help?fbclid=a&page=2", "/help"),
            ("/topics/prices?page=2&gclid=a", "/topics/prices?page=2"),
            ("/search?q=a%20b&utm_source=x&topics=c&page=1&years=&sort", "/search?q=a%20b&topics=c"),
            ("/releases?view=month&q=&month=2026-12&utm_medium=x", "/releases?view=month&month=2026-12"),
            ("/catalogue?letter=X&dataset=a", "/catalogue?letter=X"),
            ("/catalogue/cpi?letter=X", "/catalogue/cpi"),
            ("/catalogue/cpi/quality?page=2", "/catalogue/cpi/quality"),
            ("/catalogue/cpi/editions/a/compare?from=1&to=2&x=3", "/catalogue/cpi/editions/a/compare?from=1&to=2"),
            (
                "/catalogue/cpi/editions/a/versions/1/explore?dim.Area=Wales,Bath&utm.x=1&%64im.Sex=f&chart=bar",
                "/catalogue/cpi/editions/a/versions/1/explore?dim.Area=Wales,Bath&%64im.Sex=f&chart=bar",
            ),
        ] {
            assert_eq!(known_as(path), known, "{path}");
        }
    }

    #[test]
    fn every_filter_of_a_search_makes_another_address() {
        for filter in domain::catalogue::FILTERS {
            let path = format!("/search?{filter}=a");
            assert_eq!(known_as(&path), path);
        }
    }

    #[test]
    fn pages_of_data_and_releases_have_pictures_of_their_own() {
        for (path, picture) in [
            ("/catalogue/cpi", Some("/catalogue/cpi/card.png")),
            ("/catalogue/cpi/quality", Some("/catalogue/cpi/card.png")),
            ("/catalogue/cpi/editions/a/compare?from=1&to=2", Some("/catalogue/cpi/editions/a/card.png")),
            ("/catalogue/cpi/editions/a/versions/1", Some("/catalogue/cpi/editions/a/versions/1/card.png")),
            ("/catalogue/cpi/editions/a/versions/1/explore", Some("/catalogue/cpi/editions/a/versions/1/card.png")),
            ("/releases/gdp", Some("/releases/gdp/card.png")),
            ("/catalogue?letter=A", None),
            ("/releases", None),
            ("/search?q=a", None),
            ("/", None),
        ] {
            assert_eq!(card_path(path).as_deref(), picture, "{path}");
        }
    }

    #[test]
    fn pages_name_the_same_for_programs() {
        assert_eq!(json_address("/releases/gdp?x=1").as_deref(), Some("/v1/releases/gdp"));
        assert_eq!(json_address("/topics").as_deref(), Some("/v1/topics"));
        assert_eq!((json_address("/help"), json_address("/catalogue/cpi"), json_address("/")), (None, None, None));
    }

    #[test]
    fn each_list_has_a_feed_of_the_same_choice() {
        let feed = |path| feed_address(path).unwrap_or_default();
        assert_eq!(feed("/"), "/search/feed.{}");
        assert_eq!(feed("/search?q=a%20b&topics=c&page=3"), "/search/feed.{}?q=a%20b&topics=c");
        assert_eq!(feed("/releases?page=2"), "/releases.{}");
        assert_eq!(feed("/status?x=1"), "/status.{}");
        assert_eq!(feed("/topics/prices"), "/topics/prices/feed.{}");
        assert_eq!(feed("/catalogue/cpi/editions/a/versions/1"), "/catalogue/cpi/feed.{}");
        assert_eq!((feed_address("/topics"), feed_address("/catalogue"), feed_address("/help")), (None, None, None));
    }
}
