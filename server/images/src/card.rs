//! The picture that other sites show beside a link: a title, what it is about, and a figure with its course.

use image::Rgb;
use image::error::{LimitError, LimitErrorKind};

use crate::canvas::{Canvas, Point};
use crate::encode::encode;
use crate::error::ImageError;
use crate::letters::{Face, Weight, width};
use crate::variant::Form;

/// The width of a card in pixels; other sites ask for about twice as much as the height.
pub const CARD_WIDTH: u32 = 1200;
/// The height of a card in pixels.
pub const CARD_HEIGHT: u32 = 630;

// The colours of the light site (style/tokens.css), as pictures have them.
const PAPER: Rgb<u8> = Rgb([251, 249, 245]);
const INK: Rgb<u8> = Rgb([27, 37, 48]);
const MUTED: Rgb<u8> = Rgb([79, 89, 97]);
const ACCENT: Rgb<u8> = Rgb([29, 85, 96]);
const HAIRLINE: Rgb<u8> = Rgb([222, 219, 213]);

const LEFT: f32 = 80.0;
const RIGHT: f32 = 1120.0;
/// Where the left half ends, beside a drawing.
const MIDDLE: f32 = 620.0;
/// From here on a drawing lies.
const DRAWN_FROM: f32 = 680.0;
/// The line on which the last of what is told stands.
const LAST_LINE: f32 = 566.0;
/// From line to line of what is told.
const STEP: f32 = 38.0;
/// The lower edge, as `CARD_HEIGHT` says.
const BOTTOM: f32 = 630.0;
/// So many things are told at most.
const MOST_TOLD: usize = 3;
/// From line to line of what is told in small letters, which have room for one line more.
const SMALL_STEP: f32 = 30.0;
/// So many lines those have at most.
const MOST_SMALL: usize = 4;
/// More letters of a line have room nowhere. To cut a text is to measure it anew with each letter less, and the cells of a table, of which
/// figures are made, are bounded by little else.
const MOST_LETTERS: usize = 300;
/// The sizes that a title may have, with how many lines of it there is room for, without a figure and with one.
const TITLES: [(f32, usize, usize); 4] = [(76.0, 3, 2), (64.0, 4, 3), (54.0, 5, 3), (46.0, 5, 4)];

/// What a card shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What the site is called.
    pub site: String,
    /// The title.
    pub title: String,
    /// What is told of it, a line each.
    pub about: Vec<String>,
    /// A figure to open with.
    pub figure: Option<Figure>,
    /// Its course from left to right and upwards, in thousandths; a missing height leaves a gap.
    pub course: Vec<(u32, Option<u32>)>,
}

/// A figure on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The figure itself.
    pub value: String,
    /// Its unit; nothing where that is not known.
    pub unit: String,
    /// The period that it is of.
    pub period: String,
}

/// Draws a card as PNG, alike for the same words.
///
/// # Errors
/// `Encoding`, which no words cause.
pub fn draw(card: &Card) -> Result<Vec<u8>, ImageError> {
    let mut canvas = Canvas::new(CARD_WIDTH, CARD_HEIGHT, PAPER).ok_or_else(no_pixels)?;
    canvas.block((0.0, 0.0), (16.0, BOTTOM), ACCENT);
    mark(&mut canvas, (LEFT, 56.0));
    let site = fitting((Weight::Title, 30.0), &card.site, RIGHT - LEFT - 68.0);
    canvas.write((Weight::Title, 30.0), &site, (LEFT + 68.0, 92.0), INK);
    title(&mut canvas, card);
    let has_drawing = card.course.iter().filter(|(_, height)| height.is_some()).count() > 1;
    let end = if has_drawing { MIDDLE } else { RIGHT };
    let (face, step, lines) = told(&card.about, end - LEFT);
    let mut line = LAST_LINE;
    for words in lines.iter().rev() {
        canvas.write(face, &fitting(face, words, end - LEFT), (LEFT, line), MUTED);
        line -= step;
    }
    if let Some(shown) = &card.figure {
        figure(&mut canvas, shown, end);
    }
    if has_drawing {
        course(&mut canvas, &card.course);
    }
    encode(&canvas.done(), Form::Png)
}

/// What there is to say of a picture without a size.
fn no_pixels() -> ImageError {
    ImageError::Encoding(image::ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)))
}

/// The site's mark, as in `public/mark.svg`.
fn mark(canvas: &mut Canvas, corner: Point) {
    // A tenth of the mark's units is a sixth of a pixel.
    let placed = |(x, y): &(u16, u16)| (corner.0 + f32::from(*x) / 6.0, corner.1 + f32::from(*y) / 6.0);
    let page =
        [(30, 65), (60, 56), (90, 55), (120, 60), (152, 74), (152, 276), (120, 262), (90, 257), (60, 258), (30, 267)];
    canvas.fill(&page.iter().map(placed).collect::<Vec<Point>>(), ACCENT);
    let other = [
        (177, 80),
        (200, 68),
        (230, 61),
        (260, 63),
        (281, 69),
        (281, 254),
        (250, 247),
        (220, 249),
        (200, 254),
        (177, 264),
        (177, 80),
    ];
    let lines: [&[(u16, u16)]; 4] =
        [&other, &[(206, 116), (230, 116)], &[(206, 156), (252, 156)], &[(206, 196), (240, 196)]];
    for line in lines {
        let points: Vec<Point> = line.iter().map(placed).collect();
        canvas.stroke(&points, 3.0, ACCENT);
    }
}

/// The title, as large as there is room for.
fn title(canvas: &mut Canvas, card: &Card) {
    let room = |(size, alone, beside): (f32, usize, usize)| (size, if card.figure.is_some() { beside } else { alone });
    let is_fit = |(size, most): &(f32, usize)| {
        let lines = wrapped((Weight::Title, *size), &card.title, RIGHT - LEFT);
        lines.len() <= *most && lines.iter().all(|line| width((Weight::Title, *size), line) <= RIGHT - LEFT)
    };
    let sizes = || TITLES.into_iter().map(room);
    let Some((size, most)) = sizes().find(is_fit).or_else(|| sizes().next_back()) else { return };
    let lines = wrapped((Weight::Title, size), &card.title, RIGHT - LEFT);
    let is_cut = lines.len() > most;
    let mut at = 150.0 + size * 0.8;
    for (number, line) in lines.iter().take(most).enumerate() {
        let is_last = is_cut && number + 1 == most;
        let words = if is_last { format!("{line}…") } else { line.clone() };
        let words = fitting((Weight::Title, size), &words, RIGHT - LEFT);
        canvas.write((Weight::Title, size), &words, (LEFT, at), INK);
        at += size * 1.12;
    }
}

/// The lines of what is told, with their letters and the step from one to the next. Where one has no room, such as the long name of a
/// publisher, all are in small letters, and the last that has none even so goes on in a second line.
fn told(about: &[String], room: f32) -> (Face, f32, Vec<String>) {
    let told: Vec<&String> = about.iter().take(MOST_TOLD).collect();
    let (large, small) = ((Weight::Text, 28.0), (Weight::Text, 24.0));
    if told.iter().all(|words| width(large, words) <= room) {
        return (large, STEP, told.into_iter().cloned().collect());
    }
    let mut spare = MOST_SMALL.saturating_sub(told.len());
    // From the last upwards.
    let mut lines: Vec<String> = Vec::new();
    for words in told.into_iter().rev() {
        let parts = in_two(small, words, room);
        if parts.len() > 1 && spare > 0 {
            spare -= 1;
            lines.extend(parts.into_iter().rev());
        } else {
            lines.push(words.clone());
        }
    }
    lines.reverse();
    (small, SMALL_STEP, lines)
}

/// The figure, with its unit and period in small beside it.
fn figure(canvas: &mut Canvas, figure: &Figure, end: f32) {
    let (large, small) = ((Weight::Title, 64.0), (Weight::Text, 24.0));
    let value = fitting(large, &figure.value, end - LEFT);
    canvas.write(large, &value, (LEFT, 440.0), ACCENT);
    let from = LEFT + width(large, &value) + 16.0;
    let mut lines = in_two(small, &figure.unit, end - from);
    lines.push(figure.period.clone());
    let mut line = 440.0;
    for words in lines.iter().rev() {
        canvas.write(small, &fitting(small, words, end - from), (from, line), MUTED);
        line -= 32.0;
    }
}

/// The course of a figure as a line above a base, with a dot at its end.
fn course(canvas: &mut Canvas, points: &[(u32, Option<u32>)]) {
    let (top, bottom) = (396.0, LAST_LINE - 12.0);
    canvas.block((DRAWN_FROM, LAST_LINE), (RIGHT, LAST_LINE + 2.0), HAIRLINE);
    let placed = |x: u32, height: u32| {
        let across = (RIGHT - DRAWN_FROM - 24.0) * part(x);
        (DRAWN_FROM + 12.0 + across, bottom - (bottom - top) * part(height))
    };
    for run in points.split(|(_, height)| height.is_none()) {
        let run: Vec<Point> = run.iter().filter_map(|(x, height)| height.map(|height| placed(*x, height))).collect();
        canvas.stroke(&run, 5.0, ACCENT);
    }
    let end = points.iter().rev().find_map(|(x, height)| height.map(|height| placed(*x, height)));
    if let Some(end) = end {
        canvas.disc(end, 9.0, ACCENT);
    }
}

/// Thousandths as a part of one, and no more than all of it.
fn part(thousandths: u32) -> f32 {
    u16::try_from(thousandths).map_or(1.0, |thousandths| (f32::from(thousandths) / 1000.0).min(1.0))
}

/// The text, or as much of it as there is room for.
fn fitting(face: Face, text: &str, room: f32) -> String {
    let bounded: String = text.chars().take(MOST_LETTERS).collect();
    if bounded.len() == text.len() && width(face, text) <= room {
        return bounded;
    }
    let mut kept = bounded.trim_end_matches('…').to_owned();
    while kept.pop().is_some() {
        let cut = format!("{}…", kept.trim_end());
        if width(face, &cut) <= room {
            return cut;
        }
    }
    String::new()
}

/// The text in one line or two, of which the second holds all that is left.
fn in_two(face: Face, text: &str, room: f32) -> Vec<String> {
    let bounded: String = text.chars().take(MOST_LETTERS).collect();
    let mut lines = wrapped(face, &bounded, room).into_iter();
    let first = lines.next();
    let rest = lines.collect::<Vec<String>>().join(" ");
    first.into_iter().chain(Some(rest).filter(|rest| !rest.is_empty())).collect()
}

/// The lines of a text where each has this room; a word that is wider than a line has one of its own.
fn wrapped(face: Face, text: &str, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(face, &format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_there_is_no_room() {
        let face = (Weight::Text, 28.0);
        assert_eq!(fitting(face, "Wales", 900.0), "Wales");
        let cut = fitting(face, "Prices of houses in Wales", 200.0);
        assert!(cut.starts_with("Prices") && cut.ends_with('…') && width(face, &cut) <= 200.0, "{cut}");
        assert!(!cut.contains(" …"), "{cut}");
        assert_eq!(fitting(face, "Wales", 0.0), "");
    }

    #[test]
    fn a_unit_that_has_no_room_in_one_line_goes_on_in_a_second() {
        let face = (Weight::Text, 24.0);
        assert_eq!(in_two(face, "Index", 300.0), ["Index"]);
        assert_eq!(in_two(face, "", 300.0), Vec::<String>::new());
        let unit = "Seasonally adjusted, millions of pounds at prices of 2023";
        let lines = in_two(face, unit, 300.0);
        assert!(lines.len() == 2 && lines.join(" ") == unit, "{lines:?}");
    }

    #[test]
    fn a_publisher_with_a_long_name_is_told_whole() {
        let about = |publisher: &str| ["2026, version 2", "Released 4 December 2026", publisher].map(str::to_owned);
        let short = about("Office for National Statistics");
        assert_eq!(told(&short, MIDDLE - LEFT), ((Weight::Text, 28.0), STEP, short.to_vec()));
        let name = "Department for Environment, Food and Rural Affairs and its agencies";
        let (face, step, lines) = told(&about(name), MIDDLE - LEFT);
        assert_eq!((lines.len(), lines[2..].join(" ").as_str()), (MOST_SMALL, name), "{lines:?}");
        assert!(lines.iter().all(|line| width(face, line) <= MIDDLE - LEFT), "{lines:?}");
        // The first of them stays below the figure, which stands on 440.
        assert!(LAST_LINE - step * 3.0 - face.1 > 440.0);
        let endless = about(&"Transactions of households, ".repeat(40)).map(|words| words.repeat(9));
        assert_eq!(told(&endless, MIDDLE - LEFT).2.len(), MOST_SMALL);
    }

    #[test]
    fn no_more_is_measured_of_a_text_than_could_have_room() {
        let face = (Weight::Text, 28.0);
        let most = "w".repeat(MOST_LETTERS);
        assert_eq!(fitting(face, &most, f32::MAX), most);
        let cut = fitting(face, &"ŵ".repeat(MOST_LETTERS + 1), f32::MAX);
        assert!(cut.chars().count() == MOST_LETTERS && cut.ends_with("ŵ…"), "{cut}");
    }

    #[test]
    fn a_course_stays_between_its_ends() {
        assert_eq!([0, 250, 1000, 1001, u32::MAX].map(part), [0.0, 0.25, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn a_title_goes_on_in_further_lines_and_loses_no_word() {
        let title = "Consumer prices and what households pay for housing, water, electricity, gas and other fuels";
        let wrapped = |title: &str, size: f32| super::wrapped((Weight::Title, size), title, RIGHT - LEFT);
        let lines = wrapped(title, 64.0);
        assert!(lines.len() > 1 && lines.join(" ") == title, "{lines:?}");
        assert_eq!(wrapped("  ", 64.0), Vec::<String>::new());
        assert_eq!(wrapped(&"w".repeat(200), 46.0).len(), 1);
    }
}
