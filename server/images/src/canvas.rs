//! A picture on which shapes are filled, with edges between the pixels drawn in shades.

use image::{DynamicImage, Rgb, RgbImage};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Stroke, Transform,
};

use crate::letters::{Face, path};

/// A place in pixels: to the right, and down from the upper edge.
pub(crate) type Point = (f32, f32);

/// The picture while it is drawn; all of it is opaque.
pub(crate) struct Canvas(Pixmap);

impl Canvas {
    /// Nothing but paper; none without a pixel.
    pub(crate) fn new(width: u32, height: u32, paper: Rgb<u8>) -> Option<Self> {
        let mut pixels = Pixmap::new(width, height)?;
        pixels.fill(colour(paper));
        Some(Self(pixels))
    }

    /// The picture as it is by now.
    pub(crate) fn done(&self) -> DynamicImage {
        let colours = |pixel: PremultipliedColorU8| Rgb([pixel.red(), pixel.green(), pixel.blue()]);
        let pixel = |x, y| self.0.pixel(x, y).map_or(Rgb([0; 3]), colours);
        RgbImage::from_fn(self.0.width(), self.0.height(), pixel).into()
    }

    /// Fills what lies within a line that is closed from its last point to its first.
    pub(crate) fn fill(&mut self, points: &[Point], ink: Rgb<u8>) {
        let mut line = through(points);
        line.close();
        self.cover(line.finish(), ink);
    }

    /// A rectangle.
    pub(crate) fn block(&mut self, (left, top): Point, (right, bottom): Point, ink: Rgb<u8>) {
        if let Some(block) = Rect::from_ltrb(left, top, right, bottom) {
            self.0.fill_rect(block, &paint(ink), Transform::identity(), None);
        }
    }

    /// A line through points, with round ends and corners; a dot where there is but one.
    pub(crate) fn stroke(&mut self, points: &[Point], width: f32, ink: Rgb<u8>) {
        let pen = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(line) = through(points).finish() {
            self.0.stroke_path(&line, &paint(ink), &pen, Transform::identity(), None);
        }
    }

    /// A disc.
    pub(crate) fn disc(&mut self, (x, y): Point, radius: f32, ink: Rgb<u8>) {
        self.cover(PathBuilder::from_circle(x, y, radius), ink);
    }

    /// A text whose first letter begins at this place of the line on which it stands.
    pub(crate) fn write(&mut self, face: Face, text: &str, place: Point, ink: Rgb<u8>) {
        self.cover(path(face, text, place), ink);
    }

    fn cover(&mut self, shape: Option<Path>, ink: Rgb<u8>) {
        if let Some(shape) = shape {
            self.0.fill_path(&shape, &paint(ink), FillRule::Winding, Transform::identity(), None);
        }
    }
}

fn colour(Rgb([red, green, blue]): Rgb<u8>) -> Color {
    Color::from_rgba8(red, green, blue, u8::MAX)
}

fn paint(ink: Rgb<u8>) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour(ink));
    paint
}

fn through(points: &[Point]) -> PathBuilder {
    let mut line = PathBuilder::new();
    if let Some((x, y)) = points.first() {
        line.move_to(*x, *y);
    }
    // The first point once more: what has but one is a line of no length then, whose round ends are a dot.
    for (x, y) in points {
        line.line_to(*x, *y);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::Weight;

    const PAPER: Rgb<u8> = Rgb([200, 200, 200]);
    const INK: Rgb<u8> = Rgb([0, 100, 200]);

    fn canvas(width: u32, height: u32) -> Canvas {
        Canvas::new(width, height, PAPER).expect("a picture")
    }

    fn pixel(canvas: &Canvas, x: u32, y: u32) -> Rgb<u8> {
        *canvas.done().to_rgb8().get_pixel(x, y)
    }

    #[test]
    fn what_lies_within_is_ink_and_edges_are_between() {
        let mut canvas = canvas(8, 8);
        canvas.fill(&[(1.5, 2.0), (4.0, 2.0), (4.0, 4.0), (1.5, 4.0)], INK);
        let row: Vec<Rgb<u8>> = [0, 2, 3, 4].map(|x| pixel(&canvas, x, 2)).to_vec();
        assert_eq!(row, [PAPER, INK, INK, PAPER]);
        let Rgb([red, green, blue]) = pixel(&canvas, 1, 2);
        assert!((90..=110).contains(&red) && (140..=160).contains(&green) && blue == 200, "{red} {green} {blue}");
        assert_eq!((pixel(&canvas, 2, 1), pixel(&canvas, 2, 4)), (PAPER, PAPER));
    }

    #[test]
    fn letters_stand_upright_and_their_holes_stay_paper() {
        let mut canvas = canvas(100, 100);
        canvas.write((Weight::Title, 100.0), "o", (10.0, 80.0), INK);
        // The middle of the letter is half as high as small letters are, and half as far as the next one would stand.
        assert_eq!((pixel(&canvas, 38, 56), pixel(&canvas, 38, 20), pixel(&canvas, 38, 95)), (PAPER, PAPER, PAPER));
        assert!((10..38).any(|x| pixel(&canvas, x, 56) == INK));
        assert!((38..70).any(|x| pixel(&canvas, x, 56) == INK));
    }

    #[test]
    fn a_line_is_whole_at_its_corners_whichever_way_it_goes() {
        for points in [[(2_u8, 2_u8), (8, 8), (14, 2)], [(14, 14), (8, 2), (2, 14)]] {
            let mut canvas = canvas(16, 16);
            canvas.stroke(&points.map(|(x, y)| (f32::from(x) + 0.5, f32::from(y) + 0.5)), 4.0, INK);
            for (x, y) in [(2, 2), (8, 8), (14, 14), (14, 2), (2, 14), (8, 2)] {
                let is_point = points.contains(&(x, y));
                assert_eq!(pixel(&canvas, x.into(), y.into()) == INK, is_point, "{points:?} {x} {y}");
            }
        }
    }

    #[test]
    fn one_point_is_a_dot_and_none_is_nothing() {
        let mut canvas = canvas(16, 16);
        canvas.stroke(&[], 4.0, INK);
        canvas.fill(&[], INK);
        assert_eq!(pixel(&canvas, 0, 0), PAPER);
        canvas.stroke(&[(8.5, 8.5)], 4.0, INK);
        canvas.disc((2.5, 2.5), 2.0, INK);
        assert_eq!((pixel(&canvas, 8, 8), pixel(&canvas, 2, 2)), (INK, INK));
        assert_eq!((pixel(&canvas, 8, 12), pixel(&canvas, 2, 6)), (PAPER, PAPER));
    }

    #[test]
    fn what_lies_beyond_the_picture_is_left_out() {
        let mut canvas = canvas(4, 4);
        canvas.block((-10.0, -10.0), (2.0, 90.0), INK);
        canvas.write((Weight::Title, 40.0), "Wales", (-500.0, 900.0), INK);
        assert_eq!((pixel(&canvas, 1, 3), pixel(&canvas, 2, 3)), (INK, PAPER));
        assert!(Canvas::new(0, 4, PAPER).is_none());
    }
}
