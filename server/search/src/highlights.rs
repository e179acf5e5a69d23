//! Summaries, and the fragment of a description that shows the searched words.

use std::borrow::Cow;
use std::ops::Range;

use domain::catalogue::{Highlight, Segment};

use crate::matching::Marks;
use crate::words::{Word, stem, words};

/// The length of a summary, in letters.
const SUMMARY: usize = 240;
/// The length of a highlighted fragment, in bytes.
const FRAGMENT: usize = 220;
/// How much of the text before the first match a fragment shows, in bytes.
const LEAD: usize = 40;

/// The beginning of a description, cut between words.
pub fn summary(description: &str) -> String {
    let description = description.trim();
    let Some((end, _)) = description.char_indices().nth(SUMMARY) else {
        return description.to_owned();
    };
    let cut = description[..end].rfind(char::is_whitespace).unwrap_or(end);
    let kept = description[..cut].trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '”' | '"'));
    format!("{kept}…")
}

/// The fragment with the most different matches, cut into pieces; `None` if nothing matches.
pub fn highlights(description: &str, marks: &Marks) -> Option<Highlight> {
    let found = words(description);
    let matches = matches(&found, marks);
    let (_, best) = matches
        .iter()
        .map(|(_, first)| {
            let inside = matches
                .iter()
                .filter(|(_, range)| range.start >= first.start && range.end <= first.start + FRAGMENT - LEAD);
            let mut kinds: Vec<usize> = inside.map(|(kind, _)| *kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            (kinds.len(), first.start)
        })
        .max_by_key(|(kinds, start)| (*kinds, std::cmp::Reverse(*start)))?;
    let shown = fragment(description, &found, best);
    let ranges: Vec<Range<usize>> = matches.into_iter().map(|(_, range)| range).collect();
    Some(Highlight { segments: segments(description, &shown, &ranges) })
}

/// Where the marked words stand, in order and without overlaps, with the number of the mark that they match.
fn matches(found: &[Word], marks: &Marks) -> Vec<(usize, Range<usize>)> {
    if marks.stems.is_empty() && marks.beginnings.is_empty() {
        return Vec::new();
    }
    // Stemming leaves the first letter, so that most words need not be stemmed.
    let starts: Vec<char> = marks.stems.iter().flatten().filter_map(|stem| stem.chars().next()).collect();
    let stems: Vec<Cow<'_, str>> = found
        .iter()
        .map(|word| match word.text.starts_with(starts.as_slice()) {
            true => stem(&word.text).into(),
            false => word.text.as_str().into(),
        })
        .collect();
    let stands = |at: usize, mark: &[String]| {
        stems.get(at..at + mark.len()).is_some_and(|stems| stems.iter().zip(mark).all(|(stem, marked)| stem == marked))
    };
    let mut matches = Vec::new();
    let mut at = 0;
    while at < found.len() {
        let longest = marks
            .stems
            .iter()
            .enumerate()
            .filter(|(_, mark)| !mark.is_empty() && stands(at, mark))
            .max_by_key(|(_, mark)| mark.len())
            .map(|(kind, mark)| (kind, mark.len()));
        let beginning = marks.beginnings.iter().position(|start| found[at].text.starts_with(start.as_str()));
        match longest.or(beginning.map(|kind| (marks.stems.len() + kind, 1))) {
            Some((kind, length)) => {
                matches.push((kind, found[at].range.start..found[at + length - 1].range.end));
                at += length;
            }
            None => at += 1,
        }
    }
    matches
}

/// Whole words around the match that begins at `best`.
fn fragment(description: &str, found: &[Word], best: usize) -> Range<usize> {
    let from = best.saturating_sub(LEAD);
    let (mut start, mut end) = (best, best);
    for word in found {
        if word.range.start >= from && word.range.start < start {
            start = word.range.start;
        }
        if word.range.start >= best && (word.range.end <= start + FRAGMENT || end == best) {
            end = word.range.end;
        }
    }
    let is_first = found.first().is_none_or(|word| word.range.start == start);
    let is_last = found.last().is_none_or(|word| word.range.end == end);
    let start = if is_first { 0 } else { start };
    start..if is_last { description.len() } else { end }
}

fn segments(description: &str, shown: &Range<usize>, matches: &[Range<usize>]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut push = |text: &str, is_match: bool| {
        if text.is_empty() {
            return;
        }
        match segments.last_mut() {
            Some(last) if !last.is_match && !is_match => last.text.push_str(text),
            _ => segments.push(Segment { text: text.to_owned(), is_match }),
        }
    };
    if shown.start > 0 {
        push("… ", false);
    }
    let mut at = shown.start;
    for range in matches.iter().filter(|range| range.start >= shown.start && range.end <= shown.end) {
        push(&description[at..range.start], false);
        push(&description[range.clone()], true);
        at = range.end;
    }
    push(&description[at..shown.end], false);
    if shown.end < description.len() {
        push("…", false);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::{FRAGMENT, highlights, summary};
    use crate::matching::Marks;
    use crate::words::stem;

    fn marks(words: &[&str]) -> Marks {
        Marks { stems: words.iter().map(|word| vec![stem(word)]).collect(), beginnings: Vec::new() }
    }

    fn shown(text: &str, marks: &Marks) -> (String, Vec<String>) {
        let highlight = highlights(text, marks).expect("something matches");
        let whole = highlight.segments.iter().map(|segment| segment.text.as_str()).collect();
        let marked = highlight.segments.into_iter().filter(|segment| segment.is_match).map(|s| s.text).collect();
        (whole, marked)
    }

    #[test]
    fn short_texts_are_shown_whole_and_unescaped() {
        let text = "Prices & <b>wages</b> of Môn.";
        let (whole, marked) = shown(text, &marks(&["price", "mon"]));
        assert_eq!(whole, text);
        assert_eq!(marked, ["Prices", "Môn"]);
    }

    #[test]
    fn the_fragment_with_more_different_words_wins() {
        let filler = "Words that nobody looks for stand here. ".repeat(12);
        let text = format!("Rain. {filler}Monthly rain and snow of Wales. {filler}");
        let (whole, marked) = shown(&text, &marks(&["rain", "snow"]));
        assert_eq!(marked, ["rain", "snow"]);
        assert!(whole.starts_with("… ") && whole.ends_with('…') && whole.len() < FRAGMENT + 60, "{whole}");
    }

    #[test]
    fn beginnings_and_phrases_are_marked() {
        let marks = Marks { stems: vec![vec![stem("carbon"), stem("dioxide")]], beginnings: vec!["atmo".into()] };
        let (_, marked) = shown("Carbon tax, carbon dioxide in the atmosphere", &marks);
        assert_eq!(marked, ["carbon dioxide", "atmosphere"]);
    }

    #[test]
    fn nothing_is_shown_where_nothing_matches() {
        assert!(highlights("Rainfall", &marks(&["snow"])).is_none());
        assert!(highlights("", &marks(&["snow"])).is_none());
    }

    #[test]
    fn summaries_end_between_words() {
        assert_eq!(summary(" Short. "), "Short.");
        let long = summary(&"Ŵyn a defaid, ".repeat(40));
        assert!(long.chars().count() <= 241 && long.ends_with("defaid…"), "{long}");
        assert_eq!(summary(&"ŵ".repeat(400)).chars().count(), 241);
    }
}
