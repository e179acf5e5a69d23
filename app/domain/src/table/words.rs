//! The names in a chart as people read them: tables may have codes where they have no names.

use super::Chart;

/// Currencies whose codes stand in units, with how their names begin.
const CURRENCIES: [(&str, &str); 3] = [("gbp", "pound"), ("usd", "dollar"), ("eur", "euro")];
/// Words that say nothing by themselves in a unit.
const JOINING: [&str; 3] = ["of", "a", "per"];
/// Hyphens from which on they stand for spaces: one may be that of a word, such as `part-time`.
const HYPHENS: usize = 2;

impl Chart {
    /// The unit of the figures: that of the table, as its dataset says it where the table has a code for it, or else that of the whole
    /// dataset.
    #[must_use]
    pub fn unit_in_words(&self, of_dataset: Option<&str>) -> Option<String> {
        let of_dataset = of_dataset.map(str::trim).filter(|unit| !unit.is_empty());
        match self.unit.as_deref().filter(|unit| !unit.trim().is_empty()) {
            Some(unit) => Some(unit_in_words(unit, of_dataset)),
            None => of_dataset.map(str::to_owned),
        }
    }

    /// The same chart in the words of people: codes without their hyphens, and its unit as it is said.
    #[must_use]
    pub fn in_words(mut self, of_dataset: Option<&str>) -> Self {
        self.unit = self.unit_in_words(of_dataset);
        self.title = spaced(&self.title);
        for part in &mut self.selection {
            if let Some((heading, option)) = part.split_once(": ") {
                *part = format!("{heading}: {}", spaced(option));
            }
        }
        // All of them, or those with one hyphen would stand between others without any.
        let mut names = self.series.iter().map(|one| one.label.trim());
        let are_codes = names.clone().all(|name| name.is_empty() || is_code(name));
        if are_codes && names.any(|name| name.matches('-').count() >= HYPHENS) {
            for series in &mut self.series {
                series.label = series.label.replace('-', " ");
            }
        }
        self
    }
}

/// A name, without hyphens where it is a code.
fn spaced(name: &str) -> String {
    let is_joined = is_code(name) && name.matches('-').count() >= HYPHENS;
    if is_joined { name.replace('-', " ") } else { name.to_owned() }
}

/// Whether a name is made of small letters and digits that hyphens join, as programs name things.
fn is_code(name: &str) -> bool {
    let is_of_code = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let is_word = name.chars().any(|letter| letter.is_ascii_lowercase());
    is_word && name.chars().all(is_of_code) && !name.starts_with('-') && !name.ends_with('-')
}

/// A unit as its dataset says it or, where it says nothing like it, without hyphens.
fn unit_in_words(unit: &str, of_dataset: Option<&str>) -> String {
    if !is_code(unit) || !unit.contains('-') {
        return unit.to_owned();
    }
    let words: Vec<&str> = unit.split('-').collect();
    let said = of_dataset.iter().flat_map(|units| units.split([',', ';'])).flat_map(|units| units.split(" and "));
    if let Some(same) = said.map(str::trim).find(|one| says(one, &words)) {
        return capitalised(same);
    }
    let currency = |word: &&str| CURRENCIES.iter().any(|(code, _)| code == word);
    let read = |word: &&str| if currency(word) { word.to_uppercase() } else { (*word).to_owned() };
    words.iter().map(read).collect::<Vec<_>>().join(" ")
}

/// Whether a unit in words says what a code says, no more and no less: thousands of something are not the thing.
fn says(unit: &str, code: &[&str]) -> bool {
    let unit = unit.to_lowercase();
    let said: Vec<&str> = unit.split_whitespace().filter(|word| !JOINING.contains(word)).collect();
    let meant = code.iter().filter(|word| !JOINING.contains(word));
    let meant: Vec<&str> =
        meant.map(|word| CURRENCIES.iter().find(|(of, _)| of == word).map_or(*word, |(_, name)| *name)).collect();
    let is_same = |said: &str, meant: &str| said.starts_with(meant);
    !said.is_empty()
        && said.iter().all(|said| meant.iter().any(|meant| is_same(said, meant)))
        && meant.iter().all(|meant| said.iter().any(|said| is_same(said, meant)))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::table::{Chart, ChartKind, Series};

    fn chart(unit: Option<&str>, names: &[&str]) -> Chart {
        Chart {
            title: "Value".into(),
            unit: unit.map(str::to_owned),
            kind: ChartKind::Line,
            x_label: "Year".into(),
            x: Vec::new(),
            positions: Vec::new(),
            selection: Vec::new(),
            series: names.iter().map(|name| Series { label: (*name).to_owned(), ..Series::default() }).collect(),
            panels: None,
            ghost: None,
        }
    }

    #[test]
    fn the_unit_is_that_of_the_table_in_the_words_of_the_dataset() {
        let both = Some("Hectolitres and millions of pounds");
        for (of_table, of_dataset, unit) in [
            (Some("gbp-million"), both, Some("Millions of pounds")),
            (Some("gbp-million"), Some("Hectolitres"), Some("GBP million")),
            (Some("gbp-million"), None, Some("GBP million")),
            (Some("thousand-hectolitres"), both, Some("thousand hectolitres")),
            (Some("hectolitres-of-alcohol"), both, Some("hectolitres of alcohol")),
            (Some("Percentage (%)"), Some("Percentage"), Some("Percentage (%)")),
            (Some(" "), Some(" Millimetres"), Some("Millimetres")),
            (None, Some("US dollars per barrel"), Some("US dollars per barrel")),
            (None, Some(" "), None),
            (None, None, None),
        ] {
            let read = chart(of_table, &[]).in_words(of_dataset);
            assert_eq!(read.unit.as_deref(), unit, "{of_table:?} {of_dataset:?}");
        }
    }

    #[test]
    fn codes_are_read_without_hyphens_and_names_as_they_are() {
        let names = |names: &[&str]| -> Vec<String> {
            chart(None, names).in_words(None).series.into_iter().map(|one| one.label).collect()
        };
        assert_eq!(names(&["wine", "made-wine", "beer-and-cider"]), ["wine", "made wine", "beer and cider"]);
        assert_eq!(names(&["part-time", "full-time"]), ["part-time", "full-time"]);
        assert_eq!(names(&["up-to-15-abv", "Made-to-measure"]), ["up-to-15-abv", "Made-to-measure"]);
        let mut chosen = chart(None, &["wine-duty-receipts"]);
        chosen.title = "wine-duty-receipts".into();
        chosen.selection = vec!["Measure Type: wine-duty-receipts".into(), "Year: 2021-10-01".into()];
        let chosen = chosen.in_words(None);
        assert_eq!(
            (chosen.title.as_str(), chosen.series[0].label.as_str()),
            ("wine duty receipts", "wine duty receipts")
        );
        assert_eq!(chosen.selection, ["Measure Type: wine duty receipts", "Year: 2021-10-01"]);
    }
}
