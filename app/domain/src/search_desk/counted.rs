//! Which questions are counted: none that may tell of a person.

use super::MAX_LENGTH;
use crate::month;

/// From so many digits that stand together on, they are counted only where they are years.
const TELLING_DIGITS: usize = 6;
/// The most digits that may stand together at all, also as years.
const MOST_DIGITS: usize = 8;
/// What parts day, month and year of a date that is written in numbers.
const STROKES: &str = "-‐‑–—./\\";
/// Welsh names of months whose first letter changes after a day, as in `12 o Fawrth`.
const AFTER_A_DAY: [&str; 7] = ["Fawrth", "Fai", "Fehefin", "Orffennaf", "Fedi", "Dachwedd", "Ragfyr"];
/// What may stand between a day and its month: the ends of `12th` and `12fed`, and what joins the two.
const JOINING: [&str; 16] =
    ["st", "nd", "rd", "th", "of", "the", "af", "ail", "il", "ydd", "edd", "ed", "fed", "eg", "ain", "o"];

/// Whether what was typed may be counted, given its normalised words: not what may tell of a person, and nothing long.
#[must_use]
pub fn may_be_counted(typed: &str, words: &str) -> bool {
    let short = (2..=MAX_LENGTH).contains(&words.chars().count()) && words.split(' ').count() <= 8;
    let mut together = typed.split(|c: char| !(c.is_numeric() || stands_between_digits(c)));
    short && !typed.contains('@') && !together.any(tells_of_a_person) && !is_dated(typed) && !names_a_day(typed)
}

/// Numbers are written with blanks and strokes between their parts.
fn stands_between_digits(c: char) -> bool {
    c.is_whitespace() || "-‐‑–—./\\+(),_:".contains(c)
}

/// Whether digits that stand together may be a telephone number, a date of birth or a National Insurance number; years are not.
fn tells_of_a_person(together: &str) -> bool {
    let parts = || together.split(|c: char| !c.is_numeric()).filter(|part| !part.is_empty());
    let digits: usize = parts().map(|part| part.chars().count()).sum();
    digits > MOST_DIGITS || (digits >= TELLING_DIGITS && !are_years(parts()))
}

/// Whether numbers are years, beside one short number at most, such as 2020/21; a day of a month has two.
fn are_years<'a>(parts: impl Iterator<Item = &'a str>) -> bool {
    let is_year = |part: &&str| part.len() == 4 && part.parse().is_ok_and(|year: u16| (1800..2100).contains(&year));
    let mut others = parts.filter(|part| !is_year(part));
    others.next().is_none_or(|other| other.len() <= 2) && others.next().is_none()
}

/// Whether three short numbers with strokes between them may be a date, as `1/3/80` has too few digits to tell by; the last, a
/// year, has up to four.
fn is_dated(typed: &str) -> bool {
    let is_stroke = |c: char| STROKES.contains(c);
    let mut runs = typed.split(|c: char| !(c.is_numeric() || c.is_whitespace() || is_stroke(c)));
    runs.any(|run| {
        let parts: Vec<&str> = run.split(is_stroke).map(str::trim).filter(|part| !part.is_empty()).collect();
        parts.windows(3).any(|three| matches!(three, [day, month, year] if is_date(day, month, year)))
    })
}

/// Whether these may be the numbers of a date; others may stand before the day and after the year, with a blank between them.
fn is_date(day: &str, month: &str, year: &str) -> bool {
    let day = day.split_whitespace().next_back().unwrap_or_default();
    let year = year.split_whitespace().next().unwrap_or_default();
    day.chars().count() <= 2 && month.chars().count() <= 2 && year.chars().count() <= 4
}

/// Whether a day, or a year of two digits, stands beside a month's name, as in `12 March 1980`, `12fed o Fawrth` or `Mar 80`.
fn names_a_day(typed: &str) -> bool {
    let letters: Vec<char> = typed.to_lowercase().chars().collect();
    // `12mar80` and `12th` are parted, too.
    let runs = letters.chunk_by(|one, next| kind_of(*one) == kind_of(*next));
    let words = runs.map(|run| run.iter().collect::<String>()).filter(|word| word.chars().all(char::is_alphanumeric));
    let told: Vec<String> = words.filter(|word| !JOINING.contains(&word.as_str())).collect();
    told.windows(2).any(|two| {
        let [one, other] = two else { return false };
        (is_short_number(one) && is_month(other)) || (is_month(one) && is_short_number(other))
    })
}

/// Of digits, of letters, or of neither.
fn kind_of(c: char) -> (bool, bool) {
    (c.is_numeric(), c.is_alphabetic())
}

fn is_short_number(word: &str) -> bool {
    word.chars().count() <= 2 && word.chars().all(char::is_numeric)
}

/// Whether it is the name of a month in either language, or the beginning of one by which it is known.
fn is_month(word: &str) -> bool {
    let mut names = month::ENGLISH.iter().chain(&month::WELSH).chain(&AFTER_A_DAY);
    word.len() >= 3
        && names.any(|name| name.get(..word.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_tell_of_a_person_is_not_counted() {
        for (typed, words) in [
            ("CPI 2011 2021", "cpi 2011 2021"),
            ("2011 2021", "2011 2021"),
            ("births 1999-2000", "births 1999 2000"),
            ("pay 2020/21", "pay 2020 21"),
            ("Covid-19 2020", "covid 19 2020"),
            ("SIC 01.11", "sic 01 11"),
            ("K02000", "k02000"),
            ("ages 16-64", "ages 16 64"),
            ("ardal leol", "ardal leol"),
        ] {
            assert!(may_be_counted(typed, words), "{typed}");
        }
        for (typed, words) in [
            ("a.b@example.org", "a b example org"),
            ("01632 960 001", "01632 960 001"),
            ("960 001", "960 001"),
            ("QQ 12 34 56 C", "qq 12 34 56 c"),
            ("qq123456c", "qq123456c"),
            ("QQ-12-34-56", "qq 12 34 56"),
            ("QQ 201234 C", "qq 201234 c"),
            ("QQ 20 12 34 C", "qq 20 12 34 c"),
            ("ann 12031980", "ann 12031980"),
            ("12/03/1980", "12 03 1980"),
            ("12-03-1980", "12 03 1980"),
            ("1980\u{2013}03\u{2013}12", "1980 03 12"),
            ("12 03 1980", "12 03 1980"),
            ("1.3.1980", "1 3 1980"),
            ("12, 03, 80", "12 03 80"),
            ("born 1203 1980", "born 1203 1980"),
            ("2001 2011 2021", "2001 2011 2021"),
            ("ann １２３４５６", "ann １２３４５６"),
            ("x", "x"),
            ("", ""),
            ("a b c d e f g h i", "a b c d e f g h i"),
        ] {
            assert!(!may_be_counted(typed, words), "{typed}");
        }
        let long = "x".repeat(MAX_LENGTH + 1);
        assert!(!may_be_counted(&long, &long));
    }

    #[test]
    fn a_date_of_birth_is_not_counted_however_short_it_is_written() {
        for typed in [
            "ann smith 12/3/80",
            "1/3/80",
            "1.3.80",
            "1-3-80",
            "1\u{2013}3\u{2013}80",
            "12 / 3 / 80",
            "12. 3. 80",
            "1/3/980",
            "2 1/3/80 5",
            "80/3/1",
        ] {
            assert!(is_dated(typed) && !may_be_counted(typed, typed), "{typed}");
        }
        for typed in ["2011 2021", "2020/21", "2019-20/21", "ages 16-64", "SIC 01.11", "1/3 4/80", "a1/b3/c80"] {
            assert!(!is_dated(typed), "{typed}");
        }
    }

    #[test]
    fn a_day_beside_the_name_of_its_month_is_not_counted() {
        for typed in [
            "12 March 1980",
            "ann 12th of march",
            "March 12, 1980",
            "may the 1st",
            "12-Mar-80",
            "12mar80",
            "born Sept 80",
            "12 Mawrth 1980",
            "1af o Fai",
            "12fed o Ragfyr 1980",
            "3 Tach",
        ] {
            assert!(names_a_day(typed) && !may_be_counted(typed, typed), "{typed}");
        }
        for typed in [
            "March 2021",
            "may 2011 2021",
            "Mawrth 2021",
            "prices in March",
            "maximum 10",
            "marriages 20",
            "ma 20",
            "ages 16 and 64",
        ] {
            assert!(!names_a_day(typed) && may_be_counted(typed, typed), "{typed}");
        }
    }
}
