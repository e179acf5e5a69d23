//! The letters of pictures: the site's own font in two weights (docs/adr/0039).

use std::sync::LazyLock;

use skrifa::raw::TableProvider;
use skrifa::raw::tables::kern::{Subtable0, SubtableKind};
use skrifa::{DrawMemory, Font, GlyphId, PathSink, ScalerFont};
use tiny_skia::{Path, PathBuilder};

use crate::canvas::Point;

static TEXT: LazyLock<Option<ScalerFont>> =
    LazyLock::new(|| read(include_bytes!("../fonts/catalogue-serif-400.ttf").as_slice()));
static TITLE: LazyLock<Option<ScalerFont>> =
    LazyLock::new(|| read(include_bytes!("../fonts/catalogue-serif-600.ttf").as_slice()));

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// For what is read.
    Text,
    /// For titles and figures.
    Title,
}

/// A weight, and a size in pixels.
pub(crate) type Face = (Weight, f32);

/// How wide a text is, in pixels.
pub(crate) fn width((weight, size): Face, text: &str) -> f32 {
    letters(weight).map_or(0.0, |letters| set(letters.font(), text).1 * size / units(letters.font()))
}

/// What is filled to write a text whose first letter begins at this place of the line on which it stands; none where nothing is.
pub(crate) fn path((weight, size): Face, text: &str, (x, y): Point) -> Option<Path> {
    let letters = letters(weight)?;
    let scale = size / units(letters.font());
    let mut pen = Pen { path: PathBuilder::new(), scale, from: (x, y) };
    for (at, letter) in set(letters.font(), text).0 {
        pen.from = (x + at * scale, y);
        if let Some(outline) = letters.outline(letter) {
            outline.draw(DrawMemory::Scratch, &mut pen).ok()?;
        }
    }
    pen.path.finish()
}

/// The font of a weight, which draws in its own units. That both are read is held by the tests.
fn letters(weight: Weight) -> Option<&'static ScalerFont> {
    match weight {
        Weight::Text => LazyLock::force(&TEXT).as_ref(),
        Weight::Title => LazyLock::force(&TITLE).as_ref(),
    }
}

fn read(file: &'static [u8]) -> Option<ScalerFont> {
    Font::new(file, 0).map(|font| ScalerFont::unhinted(font, None))
}

/// Letters are drawn in a square of so many units.
fn units(font: &Font) -> f32 {
    f32::from(font.units_per_em())
}

/// The letters of a text with the place of each, and where the text ends, in units; one that the font does not have is a question
/// mark.
fn set(font: &Font, text: &str) -> (Vec<(f32, GlyphId)>, f32) {
    let (named, metrics, pairs) = (font.charmap(), font.glyph_metrics(), pairs(font));
    let (mut placed, mut at, mut before) = (Vec::new(), 0.0, None);
    for letter in text.chars() {
        let Some(letter) = named.map_unicode(letter).or_else(|| named.map_unicode('?')) else { continue };
        let moved = pairs.as_ref().zip(before).and_then(|(pairs, before)| pairs.kerning(before, letter));
        at += moved.and_then(|moved| i16::try_from(moved).ok()).map_or(0.0, f32::from);
        placed.push((at, letter));
        at += metrics.h_advance(letter);
        before = Some(letter);
    }
    (placed, at)
}

/// How neighbours are moved: the fonts have one table of pairs, which `scripts/letters.py` makes.
fn pairs(font: &Font) -> Option<Subtable0<'_>> {
    let tables = font.tables().kern().ok()?.subtables();
    tables.filter_map(Result::ok).find_map(|table| match table.kind() {
        Ok(SubtableKind::Format0(pairs)) => Some(pairs),
        _ => None,
    })
}

/// Takes outlines down in pixels: they go up from the line in units, pictures go down.
struct Pen {
    path: PathBuilder,
    scale: f32,
    from: Point,
}

impl Pen {
    fn placed(&self, right: f32, up: f32) -> Point {
        (self.from.0 + right * self.scale, self.from.1 - up * self.scale)
    }
}

impl PathSink for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.placed(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.placed(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, by_x: f32, by_y: f32, x: f32, y: f32) {
        let ((by_x, by_y), (x, y)) = (self.placed(by_x, by_y), self.placed(x, y));
        self.path.quad_to(by_x, by_y, x, y);
    }

    fn curve_to(&mut self, by_x: f32, by_y: f32, then_x: f32, then_y: f32, x: f32, y: f32) {
        let ((by_x, by_y), (then_x, then_y)) = (self.placed(by_x, by_y), self.placed(then_x, then_y));
        let (x, y) = self.placed(x, y);
        self.path.cubic_to(by_x, by_y, then_x, then_y, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: [Weight; 2] = [Weight::Text, Weight::Title];
    const USED: &str = "AZaz09ŵŷâêîôûŴŶÂÊÎÔÛïëéàẁẃẅỳ£€%“”‘’–—…·−";

    #[test]
    fn both_fonts_have_the_letters_of_both_languages() {
        for weight in WEIGHTS {
            let font = letters(weight).expect("a font").font();
            let asked = font.charmap().map_unicode('?');
            for letter in USED.chars() {
                let glyph = font.charmap().map_unicode(letter);
                assert!(glyph.is_some() && glyph != asked, "{letter}");
                assert!(path((weight, 40.0), &letter.to_string(), (0.0, 0.0)).is_some(), "{letter}");
            }
        }
    }

    #[test]
    fn letters_stand_on_their_line_and_begin_at_their_place() {
        for weight in WEIGHTS {
            let bounds = path((weight, 100.0), "H", (300.0, 200.0)).expect("a letter").bounds();
            assert!((bounds.bottom() - 200.0).abs() < 1.0 && (120.0..150.0).contains(&bounds.top()), "{bounds:?}");
            assert!(bounds.left() >= 300.0 && bounds.right() <= 300.0 + width((weight, 100.0), "H"), "{bounds:?}");
        }
    }

    #[test]
    fn neighbours_stand_closer_and_strangers_are_asked_about() {
        let width = |text| width((Weight::Title, 100.0), text);
        assert!(width("AV") < width("A") + width("V") - 5.0);
        assert!(width("Wales") > width("Wale"));
        assert!((width("統") - width("?")).abs() < f32::EPSILON);
        assert!(width("").abs() < f32::EPSILON);
        assert!(width("Wales") > super::width((Weight::Text, 100.0), "Wales"));
    }

    #[test]
    fn what_has_no_ink_takes_its_room_all_the_same() {
        let right = |text| path((Weight::Text, 100.0), text, (0.0, 0.0)).map(|path| path.bounds().right());
        assert!(right("a b") > right("ab") && right("ab").is_some());
        assert_eq!((right(" "), right("")), (None, None));
    }
}
