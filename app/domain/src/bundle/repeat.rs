//! Repeating a past bundle: what the next one is called.

use crate::month;

/// The title of the one after: the one month or quarter with a year in it goes on by one. A title that names none, or several,
/// such as those of a span, stays as it is.
#[must_use]
pub fn title_of_next(title: &str) -> String {
    let words: Vec<&str> = title.split(' ').collect();
    if words.iter().filter(|word| is_period(word)).count() != 1 {
        return title.to_owned();
    }
    for (i, pair) in words.windows(2).enumerate() {
        let [period, year] = pair else { continue };
        let Some((digits, rest)) = year.split_at_checked(4) else { continue };
        let is_year = digits.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with(char::is_alphanumeric);
        let Some(year) = digits.parse::<u32>().ok().filter(|_| is_year) else { continue };
        if let Some(next) = next_period(period, year) {
            let before = words.iter().take(i).map(|word| (*word).to_owned());
            let after = words.iter().skip(i + 2).map(|word| (*word).to_owned());
            return before.chain([format!("{next}{rest}")]).chain(after).collect::<Vec<String>>().join(" ");
        }
    }
    title.to_owned()
}

/// Whether a word is or holds a month or a quarter, with a year or without, such as both ends of `January–March`.
fn is_period(word: &str) -> bool {
    let mut parts = word.split(|letter: char| !letter.is_alphanumeric());
    parts.any(|part| next_period(part, 0).is_some())
}

fn next_period(period: &str, year: u32) -> Option<String> {
    let quarter = period.strip_prefix('Q').and_then(|number| number.parse::<u32>().ok());
    if let Some(quarter) = quarter.filter(|quarter| (1..=4).contains(quarter)) {
        return Some(if quarter == 4 { format!("Q1 {}", year + 1) } else { format!("Q{} {year}", quarter + 1) });
    }
    let number = month::ENGLISH.iter().position(|month| *month == period)?;
    Some(match month::ENGLISH.get(number + 1) {
        Some(month) => format!("{month} {year}"),
        None => format!("January {}", year + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_of_a_title_goes_on_by_one() {
        for (title, next) in [
            ("Prices, November 2026", "Prices, December 2026"),
            ("Prices, December 2026 (first)", "Prices, January 2027 (first)"),
            ("GDP Q3 2026: first estimate", "GDP Q4 2026: first estimate"),
            ("GDP Q4 2026", "GDP Q1 2027"),
            ("May I have 2026 cakes", "May I have 2026 cakes"),
            ("May 20261", "May 20261"),
            ("Trade, January to March 2026", "Trade, January to March 2026"),
            ("Trade, January–March 2026", "Trade, January–March 2026"),
            ("Q1 2026 to Q2 2026", "Q1 2026 to Q2 2026"),
            ("Monthly", "Monthly"),
        ] {
            assert_eq!(title_of_next(title), next);
        }
    }
}
