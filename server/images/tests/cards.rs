//! Pictures that stand for pages elsewhere: of one size, alike for the same words, and with nothing beyond their edges.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use image::{Rgb, RgbImage};
use images::{CARD_HEIGHT, CARD_WIDTH, Card, Figure, draw};

fn card() -> Card {
    Card {
        site: "Dataset Catalogue".into(),
        title: "Prices in Ynys Môn and Tŷ Gwyn".into(),
        about: vec!["Time series, version 2".into(), "Released 4 December 2026".into()],
        figure: Some(Figure { value: "135.3".into(), unit: "Index".into(), period: "October 2026".into() }),
        course: vec![(0, Some(0)), (250, Some(400)), (500, None), (750, Some(600)), (1000, Some(1000))],
    }
}

fn picture(card: &Card) -> RgbImage {
    image::load_from_memory(&draw(card).unwrap()).unwrap().to_rgb8()
}

/// How many pixels of a part are not paper.
fn drawn(picture: &RgbImage, (left, top): (u32, u32), (right, bottom): (u32, u32)) -> usize {
    let paper: Rgb<u8> = *picture.get_pixel(1199, 0);
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    places.filter(|(x, y)| *picture.get_pixel(*x, *y) != paper).count()
}

#[test]
fn a_card_has_its_title_figure_and_course() {
    let picture = picture(&card());
    assert_eq!(picture.dimensions(), (CARD_WIDTH, CARD_HEIGHT));
    for (part, corners) in [
        ("site", ((80, 56), (500, 110))),
        ("title", ((80, 150), (1120, 260))),
        ("figure", ((80, 390), (620, 446))),
        ("told", ((80, 500), (620, 580))),
        ("course", ((680, 390), (1130, 560))),
    ] {
        assert!(drawn(&picture, corners.0, corners.1) > 300, "{part}");
    }
    // Between the points around what is missing there is no line.
    assert_eq!(drawn(&picture, (880, 390), (920, 560)), 0);
}

#[test]
fn a_card_is_alike_for_the_same_words_alone() {
    let (one, other) = (draw(&card()).unwrap(), draw(&Card { title: "Prices".into(), ..card() }).unwrap());
    assert_eq!(one, draw(&card()).unwrap());
    assert_ne!(one, other);
    assert!(one.len() < 100_000, "{}", one.len());
}

#[test]
fn letters_of_both_languages_are_drawn_and_none_as_another() {
    let draw = |title: &str| draw(&Card { title: title.into(), ..card() }).unwrap();
    let titles = ["Ty Gwyn", "Tŷ Gwyn", "T? Gwyn"].map(draw);
    assert!(titles[0] != titles[1] && titles[1] != titles[2]);
    // What the font does not have is asked about.
    assert!(draw("T統 Gwyn") == titles[2]);
}

#[test]
fn nothing_is_drawn_beyond_the_margins_however_long_words_are() {
    let long = "Transactions of households, ".repeat(40);
    for title in [long.clone(), "w".repeat(500), "統計 ".repeat(300)] {
        let figure = Some(Figure { value: "9".repeat(60), unit: long.clone(), period: long.clone() });
        for card in [
            Card { title: title.clone(), site: long.clone(), about: vec![long.clone(); 9], figure, ..card() },
            Card { title, site: long.clone(), about: vec![long.clone(); 9], figure: None, course: Vec::new() },
        ] {
            let picture = picture(&card);
            assert_eq!(drawn(&picture, (1135, 0), (1200, 630)), 0);
            assert_eq!(drawn(&picture, (16, 0), (70, 630)), 0);
            assert_eq!(drawn(&picture, (16, 590), (1200, 630)), 0);
        }
    }
}

#[test]
fn a_card_of_nothing_is_drawn_too() {
    assert_eq!(picture(&Card::default()).dimensions(), (CARD_WIDTH, CARD_HEIGHT));
}
