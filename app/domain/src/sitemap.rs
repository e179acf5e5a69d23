//! Sitemaps: every public page for search engines, in files of a size that they take (sitemaps.org, 50,000 addresses each).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::feed::xml;

/// The most addresses of one file that search engines read.
pub const MAX_ADDRESSES: u64 = 50_000;
/// Datasets in one file; each has two pages in either language, so that a file stays far below the limit and is sent soon.
pub const DATASETS: u64 = 5_000;

/// One page, which has an address in either language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path in English.
    pub path: String,
    /// When it last changed, where that is known.
    pub changed: Option<DateTime<Utc>>,
}

/// The pages of a dataset: its newest figures, and how they are made. To its earlier versions and other editions these lead
/// themselves; who searches is to find what holds now.
#[must_use]
pub fn places_of(dataset: &str, changed: DateTime<Utc>) -> [Place; 2] {
    ["", "/quality"].map(|page| Place { path: format!("/catalogue/{dataset}{page}"), changed: Some(changed) })
}

/// How many files the datasets fill, `size` in each.
#[must_use]
pub const fn files(datasets: u64, size: u64) -> u64 {
    datasets.div_ceil(size)
}

/// The list of all files: the site's own pages, and the datasets, `size` in each file.
#[must_use]
pub fn index(site: &str, datasets: u64, size: u64) -> String {
    let mut out = head("sitemapindex", "");
    let names = (1..=files(datasets, size)).map(|n| format!("datasets-{n}"));
    let names = std::iter::once("pages".to_owned()).chain(names);
    for name in names {
        let _ = writeln!(out, "<sitemap><loc>{}/sitemaps/{name}.xml</loc></sitemap>", xml(site));
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// One file.
#[must_use]
pub fn file(site: &str, places: &[Place]) -> String {
    let mut out = head("urlset", " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"");
    let site = xml(site);
    for place in places {
        let path = xml(&place.path);
        let (english, welsh) =
            (format!("{site}{path}"), if path == "/" { format!("{site}/cy") } else { format!("{site}/cy{path}") });
        let changed = place.changed.map(|at| format!("<lastmod>{}</lastmod>", at.format("%Y-%m-%dT%H:%M:%SZ")));
        let changed = changed.unwrap_or_default();
        for own in [&english, &welsh] {
            let _ = writeln!(
                out,
                "<url><loc>{own}</loc>{changed}<xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"{english}\"/>\
                 <xhtml:link rel=\"alternate\" hreflang=\"cy\" href=\"{welsh}\"/></url>"
            );
        }
    }
    out.push_str("</urlset>\n");
    out
}

fn head(name: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{name} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"{more}>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_many_addresses_is_in_a_file_that_is_not_too_long() {
        // 120,000 addresses of 30,000 datasets.
        let datasets = 30_000;
        let index = index("https://data.example.org", datasets, DATASETS);
        assert_eq!(index.matches("<sitemap>").count() as u64, files(datasets, DATASETS) + 1);
        let mut addresses = 0;
        for n in 0..files(datasets, DATASETS) {
            let first = n * DATASETS;
            let ids = first..(first + DATASETS).min(datasets);
            let places: Vec<Place> = ids.flat_map(|id| places_of(&id.to_string(), DateTime::UNIX_EPOCH)).collect();
            let text = file("https://data.example.org", &places);
            let held = text.matches("<loc>").count() as u64;
            assert!(held <= MAX_ADDRESSES && text.len() < 50 << 20, "{held}");
            assert!(index.contains(&format!("/sitemaps/datasets-{}.xml<", n + 1)));
            addresses += held;
        }
        assert_eq!(addresses, 120_000);
        assert_eq!([0, 1, DATASETS, DATASETS + 1].map(|datasets| files(datasets, DATASETS)), [0, 1, 1, 2]);
    }

    #[test]
    fn an_address_names_itself_in_both_languages() {
        let place = Place { path: "/".into(), changed: DateTime::from_timestamp(1_795_000_000, 0) };
        let text = file("https://x.example", &[place]);
        assert!(text.contains("<loc>https://x.example/cy</loc><lastmod>2026-11-18T11:06:40Z</lastmod>"), "{text}");
        assert!(text.contains("hreflang=\"en\" href=\"https://x.example/\""));
    }
}
