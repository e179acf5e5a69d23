//! A picture on which shapes are filled, with edges between the pixels drawn in shades.

use image::{DynamicImage, Rgb, RgbImage};

use crate::letters::{Point, UNITS, Weight, set};

/// A pixel has so many parts a side; shapes are in these.
pub(crate) const FINE: i64 = 64;
/// A pixel is looked at in so many rows.
const ROWS: i64 = 4;
/// What a pixel has that is covered wholly.
const WHOLE: i64 = FINE * ROWS;
/// A small circle, in thousandths, against the sun as it is seen on a picture.
const ROUND: [Point; 16] = [
    (1000, 0),
    (924, -383),
    (707, -707),
    (383, -924),
    (0, -1000),
    (-383, -924),
    (-707, -707),
    (-924, -383),
    (-1000, 0),
    (-924, 383),
    (-707, 707),
    (-383, 924),
    (0, 1000),
    (383, 924),
    (707, 707),
    (924, 383),
];

type Edge = (Point, Point);

/// The picture while it is drawn.
pub(crate) struct Canvas(RgbImage);

impl Canvas {
    /// Nothing but paper.
    pub(crate) fn new(width: u32, height: u32, paper: Rgb<u8>) -> Self {
        Self(RgbImage::from_pixel(width, height, paper))
    }

    /// The picture as it is by now.
    pub(crate) fn done(self) -> DynamicImage {
        self.0.into()
    }

    /// Fills closed lines; what lies within several of one direction is filled once.
    pub(crate) fn fill(&mut self, shape: &[Vec<Point>], ink: Rgb<u8>) {
        let edges: Vec<Edge> = shape.iter().flat_map(|line| edges(line)).collect();
        let across = || edges.iter().flat_map(|(from, to)| [from.0, to.0]);
        let down = || edges.iter().flat_map(|(from, to)| [from.1, to.1]);
        let (Some(left), Some(right)) = (across().min(), across().max()) else { return };
        let (Some(top), Some(bottom)) = (down().min(), down().max()) else { return };
        let (width, height) = (i64::from(self.0.width()), i64::from(self.0.height()));
        let pixel = |place: i64, size: i64| place.div_euclid(FINE).clamp(0, size);
        let (left, right) = (pixel(left, width), pixel(right + FINE, width));
        for y in pixel(top, height)..pixel(bottom + FINE, height) {
            for (x, part) in (left..right).zip(covered(&edges, y, left, right)) {
                self.blend(x, y, part, ink);
            }
        }
    }

    /// A rectangle of whole pixels.
    pub(crate) fn block(&mut self, (left, top): Point, (right, bottom): Point, ink: Rgb<u8>) {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        self.fill(&[corners.map(|(x, y)| (x * FINE, y * FINE)).to_vec()], ink);
    }

    /// A line through points, with round ends and corners.
    pub(crate) fn stroke(&mut self, points: &[Point], width: i64, ink: Rgb<u8>) {
        let mut shape: Vec<Vec<Point>> = points.iter().map(|point| dot(*point, width / 2)).collect();
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let (across, down) = (to.0 - from.0, to.1 - from.1);
            let length = (across * across + down * down).isqrt().max(1);
            let (x, y) = (-down * width / 2 / length, across * width / 2 / length);
            shape.push(vec![
                (from.0 + x, from.1 + y),
                (to.0 + x, to.1 + y),
                (to.0 - x, to.1 - y),
                (from.0 - x, from.1 - y),
            ]);
        }
        self.fill(&shape, ink);
    }

    /// A disc.
    pub(crate) fn disc(&mut self, middle: Point, radius: i64, ink: Rgb<u8>) {
        self.fill(&[dot(middle, radius)], ink);
    }

    /// A text whose first letter begins at this pixel of the line on which it stands.
    pub(crate) fn write(&mut self, (weight, size): (Weight, i64), text: &str, (x, y): Point, ink: Rgb<u8>) {
        for (at, letter) in set(weight, text).0 {
            let placed = |(right, up): &Point| {
                (x * FINE + (at + right) * size * FINE / UNITS, y * FINE - up * size * FINE / UNITS)
            };
            let shape: Vec<Vec<Point>> = letter.outline.iter().map(|line| line.iter().map(placed).collect()).collect();
            self.fill(&shape, ink);
        }
    }

    fn blend(&mut self, x: i64, y: i64, part: i64, ink: Rgb<u8>) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        let Some(pixel) = self.0.get_pixel_mut_checked(x, y) else { return };
        for (under, over) in pixel.0.iter_mut().zip(ink.0) {
            let mixed = (i64::from(*under) * (WHOLE - part) + i64::from(over) * part) / WHOLE;
            *under = u8::try_from(mixed).unwrap_or(over);
        }
    }
}

fn dot(middle: Point, radius: i64) -> Vec<Point> {
    ROUND.iter().map(|(x, y)| (middle.0 + x * radius / 1000, middle.1 + y * radius / 1000)).collect()
}

/// The sides of a closed line, the one back to its beginning among them.
fn edges(line: &[Point]) -> impl Iterator<Item = Edge> {
    line.iter().copied().zip(line.iter().copied().cycle().skip(1))
}

/// How much of each pixel of a row lies within.
fn covered(edges: &[Edge], y: i64, left: i64, right: i64) -> Vec<i64> {
    let mut covered: Vec<i64> = (left..right).map(|_| 0).collect();
    for row in 0..ROWS {
        let at = y * FINE + (2 * row + 1) * FINE / (2 * ROWS);
        for (from, to) in within(edges, at) {
            for (x, part) in (left..right).zip(covered.iter_mut()) {
                *part += (to.min((x + 1) * FINE) - from.max(x * FINE)).max(0);
            }
        }
    }
    covered
}

/// The runs of a row that lie within.
fn within(edges: &[Edge], at: i64) -> Vec<(i64, i64)> {
    let mut crossings: Vec<(i64, i64)> = edges.iter().filter_map(|edge| crossing(*edge, at)).collect();
    crossings.sort_unstable();
    let (mut turns, mut begun, mut runs) = (0, 0, Vec::new());
    for (x, turn) in crossings {
        if turns == 0 {
            begun = x;
        }
        turns += turn;
        if turns == 0 {
            runs.push((begun, x));
        }
    }
    runs
}

/// Where a side crosses a row, and in which direction.
fn crossing((from, to): Edge, at: i64) -> Option<(i64, i64)> {
    ((from.1 <= at) != (to.1 <= at)).then(|| {
        let x = from.0 + (at - from.1) * (to.0 - from.0) / (to.1 - from.1);
        (x, if to.1 > from.1 { 1 } else { -1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Rgb<u8> = Rgb([200, 200, 200]);
    const INK: Rgb<u8> = Rgb([0, 100, 200]);

    fn pixel(canvas: &Canvas, x: u32, y: u32) -> Rgb<u8> {
        *canvas.0.get_pixel(x, y)
    }

    #[test]
    fn what_lies_within_is_ink_and_edges_are_between() {
        let mut canvas = Canvas::new(8, 8, PAPER);
        canvas.fill(&[vec![(96, 128), (256, 128), (256, 256), (96, 256)]], INK);
        let row: Vec<Rgb<u8>> = (0..5).map(|x| pixel(&canvas, x, 2)).collect();
        assert_eq!(row, [PAPER, Rgb([100, 150, 200]), INK, INK, PAPER]);
        assert_eq!((pixel(&canvas, 2, 1), pixel(&canvas, 2, 4)), (PAPER, PAPER));
    }

    #[test]
    fn holes_stay_paper_and_what_lies_over_each_other_is_filled_once() {
        let square = |from: i64, to: i64| vec![(from, from), (to, from), (to, to), (from, to)];
        let mut canvas = Canvas::new(10, 10, PAPER);
        canvas.fill(&[square(0, 640), square(256, 384).into_iter().rev().collect()], INK);
        assert_eq!((pixel(&canvas, 1, 1), pixel(&canvas, 4, 4)), (INK, PAPER));
        let mut canvas = Canvas::new(10, 10, PAPER);
        canvas.fill(&[square(0, 640), square(256, 384)], INK);
        assert_eq!(pixel(&canvas, 4, 4), INK);
    }

    #[test]
    fn a_line_is_whole_at_its_corners_whichever_way_it_goes() {
        for points in [[(2, 2), (8, 8), (14, 2)], [(14, 14), (8, 2), (2, 14)]] {
            let mut canvas = Canvas::new(16, 16, PAPER);
            let fine = points.map(|(x, y)| (x * FINE + FINE / 2, y * FINE + FINE / 2));
            canvas.stroke(&fine, 4 * FINE, INK);
            for (x, y) in [(2, 2), (8, 8), (14, 14), (14, 2), (2, 14), (8, 2)] {
                let is_point = points.contains(&(x, y));
                let (at_x, at_y) = (u32::try_from(x).expect("a place"), u32::try_from(y).expect("a place"));
                assert_eq!(pixel(&canvas, at_x, at_y) == INK, is_point, "{points:?} {x} {y}");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_picture_is_left_out() {
        let mut canvas = Canvas::new(4, 4, PAPER);
        canvas.block((-10, -10), (2, 90), INK);
        canvas.write((Weight::Title, 40), "Wales", (-500, 900), INK);
        assert_eq!((pixel(&canvas, 1, 3), pixel(&canvas, 2, 3)), (INK, PAPER));
    }
}
