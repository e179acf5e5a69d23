use proptest::prelude::*;

use crate::profile::look;
use crate::source::Refused;

/// All that reading says of the bytes.
fn told(bytes: &[u8], chunk: usize) -> String {
    match look(&bytes, "t.csv", chunk, true, None) {
        Ok(inspected) => format!("{:?} {:?}", inspected.profile, inspected.beside),
        Err(Refused::Table(problems)) => format!("{problems:?}"),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn awkward_files_read_alike_in_pieces_of_any_size() {
    let folder = "tests/awkward";
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("readable");
        let whole = told(&bytes, bytes.len() + 1);
        for chunk in [7, 64, 1000, 1001, 4096] {
            assert_eq!(told(&bytes, chunk), whole, "{} in pieces of {chunk}", path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_of_any_size_read_alike(text in "([a-c0-9ŵé\u{1F600}]{0,3}[,\"\r\n;]{0,2}){0,40}", chunk in 1_usize..40) {
        prop_assert_eq!(told(text.as_bytes(), chunk), told(text.as_bytes(), 1 << 20));
    }

    #[test]
    fn bytes_of_any_kind_read_alike(
        start in prop_oneof![Just(&b""[..]), Just(&b"\xEF\xBB\xBF"[..]), Just(&b"\xFF\xFE"[..]), Just(&b"\xFE\xFF"[..])],
        bytes in proptest::collection::vec(prop_oneof![Just(b'a'), Just(b','), Just(b'\n'), Just(0xC3), Just(0xA9), Just(0xE2), any::<u8>()], 0..60),
        chunk in 1_usize..20,
    ) {
        let bytes = [start, &bytes].concat();
        prop_assert_eq!(told(&bytes, chunk), told(&bytes, 1 << 20));
    }
}
