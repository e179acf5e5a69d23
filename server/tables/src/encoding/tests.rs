use super::{Text, survey};
use crate::source::Refused;

#[test]
fn utf16_is_told_with_and_without_its_mark() {
    let plain: Vec<u8> = "name,môn\nâ,1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let source = plain.as_slice();
    for chunk in [1, 2, 3, 7, 1000] {
        let encoded = survey(&source, chunk, None).expect("readable");
        let mut text = Text::open(&source, &encoded).expect("opened");
        text.head(usize::MAX).expect("read");
        assert_eq!((text.text.as_str(), encoded.encoding.name()), ("name,môn\nâ,1\n", "UTF-16BE"));
        assert!(!encoded.byte_order_mark);
    }
}

#[test]
fn a_broken_file_under_a_utf8_mark_is_refused_with_its_line() {
    let source = b"\xEF\xBB\xBFa\nb\n\xF4\n".as_slice();
    let Err(Refused::Table(problems)) = survey(&source, 2, None) else { panic!("accepted") };
    assert_eq!(problems[0].line, Some(3));
}

#[test]
fn a_chosen_encoding_is_taken_where_the_bytes_and_their_mark_allow_it() {
    let told = |source: &[u8], label: &str| {
        let chosen = encoding_rs::Encoding::for_label(label.as_bytes()).expect("known");
        match survey(&source, 3, Some(chosen)) {
            Ok(encoded) => {
                let mut text = Text::open(&source, &encoded).expect("opened");
                text.head(usize::MAX).expect("read");
                text.text
            }
            Err(Refused::Table(problems)) => format!("{:?} {}", problems[0].line, problems[0].message),
            Err(other) => panic!("{other}"),
        }
    };
    let bytes = b"a\nb\n\xF0\xD0\n".as_slice();
    assert_eq!(told(bytes, "ISO-8859-14"), "a\nb\nŵŴ\n");
    assert_eq!(told(bytes, "macintosh"), "a\nb\n\u{f8ff}–\n");
    assert!(told(bytes, "UTF-8").starts_with("Some(3) The file holds bytes that are not UTF-8"));
    assert_eq!(told(b"\xEF\xBB\xBFa\n", "UTF-8"), "a\n");
    assert!(told(b"\xEF\xBB\xBFa\n", "macintosh").contains("can only be read as UTF-8"));
}
