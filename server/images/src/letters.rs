//! The letters of pictures, as outlines (docs/adr/0041).

use std::collections::HashMap;
use std::sync::LazyLock;

/// A place: to the right, and up for letters or down for pictures.
pub(crate) type Point = (i64, i64);

/// Letters are drawn in a square of so many units.
pub(crate) const UNITS: i64 = 1000;
/// So many lines stand for a curve.
const STEPS: i64 = 6;

static FACES: LazyLock<Vec<Face>> = LazyLock::new(|| faces(include_str!("letters.txt")));

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// For what is read.
    Text,
    /// For titles and figures.
    Title,
}

/// A letter: how far the next one stands from it, and its closed lines.
#[derive(Debug)]
pub(crate) struct Letter {
    advance: i64,
    /// What is drawn, in units, upwards from the line on which letters stand.
    pub(crate) outline: Vec<Vec<Point>>,
}

#[derive(Debug, Default)]
struct Face {
    letters: HashMap<char, Letter>,
    kerning: HashMap<(char, char), i64>,
}

/// The letters of a text with the place of each, in units, and where the text ends; one that the font does not have is a question
/// mark.
pub(crate) fn set(weight: Weight, text: &str) -> (Vec<(i64, &'static Letter)>, i64) {
    let face = match weight {
        Weight::Text => FACES.first(),
        Weight::Title => FACES.last(),
    };
    let (mut placed, mut at, mut before) = (Vec::new(), 0, None);
    let Some(face) = face else { return (placed, at) };
    for letter in text.chars() {
        let Some(drawn) = face.letters.get(&letter).or_else(|| face.letters.get(&'?')) else { continue };
        at += before.and_then(|before| face.kerning.get(&(before, letter))).copied().unwrap_or_default();
        placed.push((at, drawn));
        at += drawn.advance;
        before = Some(letter);
    }
    (placed, at)
}

fn faces(text: &str) -> Vec<Face> {
    let mut faces: Vec<Face> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with("weight ") {
            faces.push(Face::default());
        } else if let Some(face) = faces.last_mut() {
            // The tests hold that every line is one of these.
            let _ = read(face, line);
        }
    }
    faces
}

fn read(face: &mut Face, line: &str) -> Option<()> {
    let mut words = line.split(' ');
    let first = words.next()?;
    if first == "kern" {
        let pair = (letter(words.next()?)?, letter(words.next()?)?);
        face.kerning.insert(pair, words.next()?.parse().ok()?);
        return Some(());
    }
    let advance = words.next()?.parse().ok()?;
    face.letters.insert(letter(first)?, Letter { advance, outline: outline(words) });
    Some(())
}

/// A letter by its number in Unicode.
fn letter(number: &str) -> Option<char> {
    u32::from_str_radix(number, 16).ok().and_then(char::from_u32)
}

/// Closed lines from path data of moves, lines and curves of one handle, as SVG has it.
fn outline<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Vec<Point>> {
    let mut lines: Vec<Vec<Point>> = Vec::new();
    let (mut command, mut numbers) = ('L', Vec::new());
    for word in words {
        command = word.chars().next().filter(char::is_ascii_alphabetic).unwrap_or(command);
        let Ok(number) = word.trim_start_matches(char::is_alphabetic).parse::<i64>() else { continue };
        numbers.push(number);
        match (command, numbers.as_slice()) {
            ('M', &[x, y]) => {
                lines.push(vec![(x, y)]);
                // What follows without a command of its own is a line.
                command = 'L';
            }
            ('L', &[x, y]) => {
                if let Some(line) = lines.last_mut() {
                    line.push((x, y));
                }
            }
            ('Q', &[by_x, by_y, x, y]) => {
                if let Some(line) = lines.last_mut() {
                    let from = line.last().copied().unwrap_or_default();
                    line.extend(curve(from, (by_x, by_y), (x, y)));
                }
            }
            _ => continue,
        }
        numbers.clear();
    }
    lines
}

/// The points of a curve after its first.
fn curve(from: Point, by: Point, to: Point) -> impl Iterator<Item = Point> {
    (1..=STEPS).map(move |after| {
        let before = STEPS - after;
        let along = |from: i64, by: i64, to: i64| {
            (before * before * from + 2 * before * after * by + after * after * to) / (STEPS * STEPS)
        };
        (along(from.0, by.0, to.0), along(from.1, by.1, to.1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_font_is_read() {
        let text = include_str!("letters.txt");
        let faces = faces(text);
        let read: usize = faces.iter().map(|face| face.letters.len() + face.kerning.len()).sum();
        let lines = text.lines().filter(|line| !line.starts_with(['#', 'w'])).count();
        assert_eq!((faces.len(), read), (2, lines));
        for face in &faces {
            for letter in "AZaz09ŵŷâêîôûŴŶé£€%“”’–…·−".chars() {
                let outline = &face.letters.get(&letter).expect("a letter").outline;
                assert!(!outline.is_empty() && outline.iter().all(|line| line.len() > 2), "{letter}");
            }
        }
    }

    #[test]
    fn path_data_makes_closed_lines() {
        assert_eq!(outline("M1 2 3 -4 L5 6".split(' ')), [vec![(1, 2), (3, -4), (5, 6)]]);
        let curved = outline("M0 0 Q50 0 100 100 M1 1".split(' '));
        assert_eq!(curved.iter().map(Vec::len).collect::<Vec<_>>(), [7, 1]);
        assert_eq!(curved.first().and_then(|line| line.last()), Some(&(100, 100)));
    }

    #[test]
    fn neighbours_stand_closer_and_strangers_are_asked_about() {
        let width = |text| set(Weight::Title, text).1;
        assert!(width("AV") < width("A") + width("V"));
        assert!(width("Wales") > width("Wale"));
        assert_eq!(width("統"), width("?"));
        assert_eq!(width(""), 0);
        assert_ne!(set(Weight::Text, "Wales").1, width("Wales"));
    }
}
