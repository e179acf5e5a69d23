//! What the picture shows that other sites put beside a link to a page.

/// The width of such a picture in pixels.
pub const WIDTH: u32 = 1200;
/// Its height.
pub const HEIGHT: u32 = 630;

/// The words and the line of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkCard {
    /// What the site is called.
    pub site_name: String,
    /// The title of the page.
    pub title: String,
    /// What is told of it, a line each.
    pub about: Vec<String>,
    /// The latest figure, where there is one.
    pub figure: Option<CardFigure>,
}

/// A figure with its course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFigure {
    /// The figure itself.
    pub value: String,
    /// Its unit; nothing where that is not known.
    pub unit: String,
    /// The period that it is of.
    pub period: String,
    /// Its course from left to right and upwards, in thousandths; a missing height leaves a gap.
    pub course: Vec<(u32, Option<u32>)>,
}
