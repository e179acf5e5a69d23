//! Whether a JPEG is all there; the decoder fills what is missing with grey and says nothing.

/// Whether the marker that ends the picture is reached. What follows it, such as a camera's second picture, is not looked at.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some((marker, next)) = next_marker(bytes, at) {
        if marker == 0xD9 {
            return true;
        }
        let Some(&[high, low]) = bytes.get(next..next + 2) else {
            return false;
        };
        at = next + usize::from(u16::from_be_bytes([high, low]));
    }
    false
}

/// The next marker that opens a segment or ends the picture, and where what follows it begins.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(from..)?;
    // Within the coded pixels FF 00 is a byte, FF D0 to D7 restart the decoder, and FF FF is filling.
    let at =
        rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF))?;
    Some((rest[at + 1], from + at + 2))
}
