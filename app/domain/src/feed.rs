//! Feeds that readers' programs follow: Atom (RFC 4287) and RSS 2.0, page by page where they are long (RFC 5005).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::language::Language;

/// The form of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// Atom, RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
}

impl FeedFormat {
    /// The form that the end of a path names.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        if path.ends_with(".rss") { Self::Rss } else { Self::Atom }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
        }
    }
}

/// A feed, newest entry first; every address is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What it is called.
    pub title: String,
    /// A sentence about it.
    pub about: String,
    /// The page that shows the same.
    pub page: String,
    /// The address of its first page, which names all of it.
    pub name: String,
    /// Its own address.
    pub own: String,
    /// Where its other pages are, by what they are to this one (RFC 5005, section 3); none where this is all of it.
    pub pages: Vec<(&'static str, String)>,
    /// Who speaks.
    pub author: String,
    /// In which language.
    pub language: Language,
    /// What is new.
    pub entries: Vec<Entry>,
}

/// The other pages of a list that is read page by page, by what they are to this one: `address` gives that of each, from 1.
/// Beyond the last page the way back leads to the last.
#[must_use]
pub fn other_pages(page: u32, pages: u32, address: impl Fn(u32) -> String) -> Vec<(&'static str, String)> {
    if pages < 2 && page < 2 {
        return Vec::new();
    }
    let last = pages.max(1);
    let before = (page > 1).then(|| ("previous", (page - 1).min(last)));
    let after = (page < last).then(|| ("next", page + 1));
    let all = [Some(("first", 1)), before, after, Some(("last", last))];
    all.into_iter().flatten().map(|(what, number)| (what, address(number))).collect()
}

/// When a feed without entries last changed: one instant for all, so that it stays the same document until something comes, and
/// none at which nothing could have been said. It is the day on which the catalogue's first tables were made, 23 November 2026.
fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_392_000, 0).unwrap_or_default()
}

/// One entry of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// An address that names it for ever.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where to read on.
    pub href: String,
    /// A sentence or two, plain text.
    pub summary: String,
    /// When it was published.
    pub published: DateTime<Utc>,
    /// When it last changed.
    pub updated: DateTime<Utc>,
    /// What it is about.
    pub categories: Vec<String>,
}

impl Feed {
    /// When anything in it last changed; the day on which there first was a catalogue where there is nothing.
    #[must_use]
    pub fn updated(&self) -> DateTime<Utc> {
        self.entries.iter().map(|entry| entry.updated).max().unwrap_or_else(beginning)
    }

    /// The feed as a document.
    #[must_use]
    pub fn write(&self, format: FeedFormat) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        match format {
            FeedFormat::Atom => self.atom(&mut out),
            FeedFormat::Rss => self.rss(&mut out),
        }
        out
    }

    fn atom(&self, out: &mut String) {
        let _ = writeln!(out, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">", self.language);
        element(out, "id", &self.name);
        element(out, "title", &self.title);
        element(out, "subtitle", &self.about);
        element(out, "updated", &self.updated().to_rfc3339());
        let _ = writeln!(out, "<author><name>{}</name></author>", xml(&self.author));
        let _ = writeln!(out, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", xml(&self.own));
        for (what, address) in &self.pages {
            let address = xml(address);
            let _ = writeln!(out, "<link rel=\"{what}\" type=\"application/atom+xml\" href=\"{address}\"/>");
        }
        let _ = writeln!(out, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", xml(&self.page));
        for entry in &self.entries {
            out.push_str("<entry>\n");
            element(out, "id", &entry.id);
            element(out, "title", &entry.title);
            let _ = writeln!(out, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", xml(&entry.href));
            element(out, "published", &entry.published.to_rfc3339());
            element(out, "updated", &entry.updated.to_rfc3339());
            for category in &entry.categories {
                let _ = writeln!(out, "<category term=\"{}\"/>", xml(category));
            }
            element(out, "summary", &entry.summary);
            out.push_str("</entry>\n");
        }
        out.push_str("</feed>\n");
    }

    fn rss(&self, out: &mut String) {
        out.push_str("<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n");
        element(out, "title", &self.title);
        element(out, "link", &self.page);
        element(out, "description", if self.about.is_empty() { &self.title } else { &self.about });
        element(out, "language", self.language.as_str());
        element(out, "lastBuildDate", &self.updated().to_rfc2822());
        let own = xml(&self.own);
        let _ = writeln!(out, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{own}\"/>");
        for (what, address) in &self.pages {
            let address = xml(address);
            let _ = writeln!(out, "<atom:link rel=\"{what}\" type=\"application/rss+xml\" href=\"{address}\"/>");
        }
        for entry in &self.entries {
            out.push_str("<item>\n");
            element(out, "title", &entry.title);
            element(out, "link", &entry.href);
            let _ = writeln!(out, "<guid isPermaLink=\"false\">{}</guid>", xml(&entry.id));
            element(out, "pubDate", &entry.published.to_rfc2822());
            for category in &entry.categories {
                element(out, "category", category);
            }
            element(out, "description", &entry.summary);
            out.push_str("</item>\n");
        }
        out.push_str("</channel>\n</rss>\n");
    }
}

fn element(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "<{name}>{}</{name}>", xml(text));
}

/// Text as it may stand in XML 1.0, in an element or an attribute.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> Feed {
        let at: DateTime<Utc> = "2026-11-28T09:30:00Z".parse().unwrap();
        Feed {
            title: "Prices & \"wages\"".into(),
            about: "What is <new>\u{0}\u{ffff}".into(),
            page: "https://data.example.org/search?q=a&sort=newest".into(),
            name: "https://data.example.org/search/feed.atom?q=a&sort=newest".into(),
            own: "https://data.example.org/search/feed.atom?q=a&sort=newest".into(),
            pages: Vec::new(),
            author: "The office".into(),
            language: Language::Cy,
            entries: vec![Entry {
                id: "https://data.example.org/catalogue/cpi#released-1".into(),
                title: "Ynys Môn".into(),
                href: "https://data.example.org/catalogue/cpi".into(),
                summary: "One\ntwo".into(),
                published: at,
                updated: at,
                categories: vec!["Prices".into()],
            }],
        }
    }

    #[test]
    fn atom_says_what_the_rfc_wants() {
        let text = feed().write(FeedFormat::Atom);
        for part in [
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"cy\">",
            "<title>Prices &amp; &quot;wages&quot;</title>",
            "<subtitle>What is &lt;new&gt;</subtitle>",
            "<updated>2026-11-28T09:30:00+00:00</updated>",
            "href=\"https://data.example.org/search?q=a&amp;sort=newest\"",
            "<summary>One two</summary>",
            "<author><name>The office</name></author>",
        ] {
            assert!(text.contains(part), "{part} {text}");
        }
    }

    #[test]
    fn rss_has_its_own_dates_and_names() {
        let text = feed().write(FeedFormat::Rss);
        assert!(text.contains("<pubDate>Sat, 28 Nov 2026 09:30:00 +0000</pubDate>"), "{text}");
        assert!(text.contains("<guid isPermaLink=\"false\">") && text.ends_with("</channel>\n</rss>\n"));
        let empty = Feed { entries: Vec::new(), ..feed() };
        assert!(
            empty.write(FeedFormat::Rss).contains("<lastBuildDate>Mon, 23 Nov 2026 00:00:00 +0000</lastBuildDate>")
        );
        assert!(empty.write(FeedFormat::Atom).contains("<updated>2026-11-23T00:00:00+00:00</updated>"));
    }

    #[test]
    fn each_page_leads_to_the_others_and_all_have_one_name() {
        let ways = |page, pages| other_pages(page, pages, |number| number.to_string());
        let to =
            |ways: &[(&'static str, &str)]| ways.iter().map(|(what, n)| (*what, (*n).to_owned())).collect::<Vec<_>>();
        assert!(ways(1, 1).is_empty() && ways(1, 0).is_empty());
        assert_eq!(ways(1, 3), to(&[("first", "1"), ("next", "2"), ("last", "3")]));
        assert_eq!(ways(2, 3), to(&[("first", "1"), ("previous", "1"), ("next", "3"), ("last", "3")]));
        assert_eq!(ways(3, 3), to(&[("first", "1"), ("previous", "2"), ("last", "3")]));
        assert_eq!(ways(9, 3), to(&[("first", "1"), ("previous", "3"), ("last", "3")]), "beyond the last");
        assert_eq!(ways(2, 1), to(&[("first", "1"), ("previous", "1"), ("last", "1")]));

        let own = format!("{}&page=2", feed().own);
        let pages = vec![("previous", feed().own), ("next", format!("{}&page=3", feed().own))];
        let second = Feed { own, pages, ..feed() };
        let atom = second.write(FeedFormat::Atom);
        for part in [
            "<id>https://data.example.org/search/feed.atom?q=a&amp;sort=newest</id>",
            "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://data.example.org/search/feed.atom?q=a&amp;sort=newest&amp;page=2\"/>",
            "<link rel=\"next\" type=\"application/atom+xml\" href=\"https://data.example.org/search/feed.atom?q=a&amp;sort=newest&amp;page=3\"/>",
        ] {
            assert!(atom.contains(part), "{part} {atom}");
        }
        let rss = second.write(FeedFormat::Rss);
        assert!(rss.contains("<atom:link rel=\"previous\" type=\"application/rss+xml\" href=\""), "{rss}");
        assert!(!feed().write(FeedFormat::Atom).contains("rel=\"next\""));
    }

    #[test]
    fn the_path_names_the_form() {
        assert_eq!(FeedFormat::of_path("/corrections.rss"), FeedFormat::Rss);
        assert_eq!(FeedFormat::of_path("/cy/search/feed.atom"), FeedFormat::Atom);
    }
}
