//! Months and days that the catalogue wrote in English when it read a table, in the language of the page.

use domain::language::Language;
use domain::month;

/// Short names of months, as the axes of charts have them.
const SHORT_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SHORT_CY: [&str; 12] =
    ["Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"];

/// A month or a day that the catalogue wrote in English, such as `September 2021`, `14 August 2026` or `Apr 2020`, in Welsh;
/// nothing for any other period, and on pages in English.
#[must_use]
pub fn named_period(language: Language, english: &str) -> Option<String> {
    if language == Language::En {
        return None;
    }
    let (before, name, year) = parts_of_period(english)?;
    let named = |known: &[&str; 12], names: &[&'static str; 12]| {
        known.iter().position(|one| *one == name).and_then(|at| names.get(at).copied())
    };
    let name = named(&month::ENGLISH, &month::WELSH).or_else(|| named(&SHORT_EN, &SHORT_CY))?;
    Some(format!("{before}{name} {year}"))
}

/// Whether a text is a month or a day as `period` writes it.
#[must_use]
pub fn is_period(language: Language, text: &str) -> bool {
    let known = |name: &str| month::WELSH.contains(&name) || SHORT_CY.contains(&name);
    language == Language::Cy && parts_of_period(text).is_some_and(|(_, name, _)| known(name))
}

/// The day with the space behind it, where there is one, the name of the month, and the year.
fn parts_of_period(text: &str) -> Option<(&str, &str, &str)> {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (start, year) = text.rsplit_once(' ')?;
    if year.len() != 4 || !is_number(year) {
        return None;
    }
    let Some(gap) = start.find(' ') else { return Some(("", start, year)) };
    let (day, name) = start.split_at(gap + 1);
    is_number(day.trim_end()).then_some((day, name, year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_that_the_catalogue_wrote_follow_the_language() {
        for (english, welsh) in [
            ("September 2021", Some("Medi 2021")),
            ("14 August 2026", Some("14 Awst 2026")),
            ("May 2020", Some("Mai 2020")),
            ("Apr 2020", Some("Ebr 2020")),
            ("2021", None),
            ("2021 Q3", None),
            ("2020 to 2021", None),
            ("Wales 2021", None),
            ("early May 2020", None),
        ] {
            assert_eq!(named_period(Language::Cy, english).as_deref(), welsh, "{english}");
            assert_eq!(named_period(Language::En, english), None, "{english}");
            assert!(welsh.is_none_or(|welsh| is_period(Language::Cy, welsh)), "{english}");
            assert!(!is_period(Language::En, english), "{english}");
        }
        assert!(!is_period(Language::Cy, "September 2021") && !is_period(Language::Cy, "Cymru 2021"));
    }
}
