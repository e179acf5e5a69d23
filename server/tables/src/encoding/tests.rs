use super::{Text, survey};
use crate::source::Refused;

#[test]
fn utf16_is_told_with_and_without_its_mark() {
    let plain: Vec<u8> = "name,môn\nâ,1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let source = plain.as_slice();
    for chunk in [1, 2, 3, 7, 1000] {
        let encoded = survey(&source, chunk).expect("readable");
        let mut text = Text::open(&source, &encoded).expect("opened");
        text.head(usize::MAX).expect("read");
        assert_eq!((text.text.as_str(), encoded.encoding.name()), ("name,môn\nâ,1\n", "UTF-16BE"));
        assert!(!encoded.byte_order_mark);
    }
}

#[test]
fn a_broken_file_under_a_utf8_mark_is_refused_with_its_line() {
    let source = b"\xEF\xBB\xBFa\nb\n\xF4\n".as_slice();
    let Err(Refused::Table(problems)) = survey(&source, 2) else { panic!("accepted") };
    assert_eq!(problems[0].line, Some(3));
}
