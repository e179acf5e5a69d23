//! Pictures as people send them: good, broken, lying and hostile.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use images::{Form, ImageError, Limits, Variant, read, render};

fn picture(width: u32, height: u32) -> DynamicImage {
    let shade = |n: u32| u8::try_from(n % 251).unwrap();
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x), shade(y), shade(x * y)])).into()
}

fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG whose left half is red and right half blue, with an APP1 segment as cameras write it.
fn with_orientation(orientation: u8) -> Vec<u8> {
    let halves: DynamicImage =
        RgbImage::from_fn(64, 32, |x, _| if x < 32 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) }).into();
    let plain = bytes(&halves, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"51.5074N 0.1278W");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, &exif, &plain[2..]].concat()
}

/// A PNG of one pixel whose header claims this size, its checksum set right.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = bytes(&picture(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = png[12..29].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    });
    png[29..33].copy_from_slice(&(!sum).to_be_bytes());
    png
}

fn moving_gif() -> Vec<u8> {
    let mut gif = Vec::new();
    let mut encoder = GifEncoder::new(&mut gif);
    for shade in [0, 200] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(8, 8, Rgba([shade, 0, 0, 255])))).unwrap();
    }
    drop(encoder);
    gif
}

#[test]
fn every_form_is_read_by_its_content_and_written_in_a_safe_one() {
    let forms = [
        (ImageFormat::Png, Form::Png, ImageFormat::Png),
        (ImageFormat::Jpeg, Form::Jpeg, ImageFormat::Jpeg),
        (ImageFormat::WebP, Form::WebP, ImageFormat::WebP),
        (ImageFormat::Gif, Form::Png, ImageFormat::Png),
    ];
    for (sent, form, written) in forms {
        let read = read(&bytes(&picture(40, 30), sent), Limits::default()).unwrap();
        let original = render(&read).unwrap().remove(0);
        assert_eq!((original.form, original.width, original.height), (form, 40, 30), "{sent:?}");
        assert_eq!(image::guess_format(&original.bytes).unwrap(), written);
        assert_eq!(image::load_from_memory(&original.bytes).unwrap().dimensions(), (40, 30));
    }
}

#[test]
fn sizes_are_smaller_than_the_original_and_keep_its_shape() {
    let sizes = |width, height| {
        let read = read(&bytes(&picture(width, height), ImageFormat::Jpeg), Limits::default()).unwrap();
        render(&read)
            .unwrap()
            .into_iter()
            .map(|made| {
                assert_eq!(image::load_from_memory(&made.bytes).unwrap().dimensions(), (made.width, made.height));
                (made.variant, made.width, made.height)
            })
            .collect::<Vec<_>>()
    };
    let [original, small, medium, large] = Variant::ALL;
    assert_eq!(sizes(320, 200), [(original, 320, 200)]);
    assert_eq!(sizes(641, 301), [(original, 641, 301), (small, 320, 150), (medium, 640, 301)]);
    assert_eq!(sizes(1600, 900), [(original, 1600, 900), (small, 320, 180), (medium, 640, 360), (large, 1280, 720)]);
    assert_eq!(sizes(2000, 1).last(), Some(&(large, 1280, 1)));
}

#[test]
fn a_camera_held_sideways_is_turned_and_nothing_it_noted_survives() {
    let sent = with_orientation(6);
    let read = read(&sent, Limits::default()).unwrap();
    assert_eq!((read.width(), read.height()), (32, 64));
    let original = render(&read).unwrap().remove(0);
    let upright = image::load_from_memory(&original.bytes).unwrap();
    assert!(upright.get_pixel(16, 4).0[0] > 200, "what was left is on top");
    assert!(upright.get_pixel(16, 60).0[2] > 200);
    let holds = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(holds(&sent, b"51.5074N") && !holds(&original.bytes, b"51.5074N") && !holds(&original.bytes, b"Exif"));
}

#[test]
fn transparency_is_kept_and_what_follows_a_picture_is_not() {
    let clear: DynamicImage = RgbaImage::from_pixel(8, 8, Rgba([9, 9, 9, 0])).into();
    let sent = [bytes(&clear, ImageFormat::Png), b"<script>alert(1)</script>".to_vec()].concat();
    let original = render(&read(&sent, Limits::default()).unwrap()).unwrap().remove(0);
    assert_eq!(image::load_from_memory(&original.bytes).unwrap().get_pixel(3, 3).0[3], 0);
    assert!(!original.bytes.windows(8).any(|window| window == b"<script>"));
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_begins_with() {
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
    for sent in [&b""[..], b"x", svg, b"<svg/>", b"%PDF-1.7", b"BM\x3a\0\0\0", b"II*\0\x08\0\0\0", b"time,value\n1,2\n"]
    {
        assert!(matches!(read(sent, Limits::default()), Err(ImageError::NotAnImage)), "{sent:?}");
    }
    for sent in [&b"\x89PNG\r\n\x1a\n<svg/>"[..], b"\xff\xd8\xff\xe0", b"GIF89a<svg/>", b"RIFF\x10\0\0\0WEBPVP8 "] {
        assert!(matches!(read(sent, Limits::default()), Err(ImageError::Damaged)), "{sent:?}");
    }
}

#[test]
fn a_picture_cut_off_anywhere_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let whole = bytes(&picture(64, 64), format);
        for tenth in 3..10 {
            let part = &whole[..whole.len() * tenth / 10];
            assert!(matches!(read(part, Limits::default()), Err(ImageError::Damaged)), "{format:?}, {tenth} tenths");
        }
    }
}

#[test]
fn a_header_that_claims_too_much_is_refused_before_anything_is_unpacked() {
    for (width, height) in [(100_000, 100_000), (u32::MAX >> 1, 1), (1, 10_001), (9_000, 9_000)] {
        let refused = read(&claiming(width, height), Limits::default());
        assert!(matches!(refused, Err(ImageError::TooLarge { .. })), "{width} by {height}: {refused:?}");
    }
    let lying = read(&claiming(2_000, 2_000), Limits::default());
    assert!(matches!(lying, Err(ImageError::Damaged)), "{lying:?}");
}

#[test]
fn a_picture_that_unpacks_to_more_than_the_limits_is_refused_in_every_form() {
    let blank = DynamicImage::new_rgb8(500, 400);
    let enough = Limits { side: 500, pixels: 200_000, memory: 4_000_000 };
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let sent = bytes(&blank, format);
        assert!(read(&sent, enough).is_ok(), "{format:?}");
        for limits in
            [Limits { side: 499, ..enough }, Limits { pixels: 199_999, ..enough }, Limits { memory: 100_000, ..enough }]
        {
            let refused = read(&sent, limits);
            assert!(matches!(refused, Err(ImageError::TooLarge { .. })), "{format:?}, {limits:?}: {refused:?}");
        }
    }
}

#[test]
fn what_moves_is_refused_and_a_still_gif_is_not() {
    assert!(matches!(read(&moving_gif(), Limits::default()), Err(ImageError::Animated)));
    let mut png = bytes(&picture(1, 1), ImageFormat::Png);
    // acTL of one frame, played for ever, behind the header.
    png.splice(33..33, *b"\0\0\0\x08acTL\0\0\0\x01\0\0\0\0\xb4\x2d\xe9\xa0");
    assert!(matches!(read(&png, Limits::default()), Err(ImageError::Animated)));
    assert!(read(&bytes(&picture(9, 9), ImageFormat::Gif), Limits::default()).is_ok());
}
