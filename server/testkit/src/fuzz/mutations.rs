//! What is done to the bytes of an input.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The most mutations of one input.
const MOST: usize = 8;
/// The most times that a part is repeated.
const REPEATS: usize = 20;

/// What readers of text stumble over: signs that separate, quote, escape and end, broken letters, marks of encodings, large numbers.
static ODD: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"|",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b" ",
    b"=",
    b"-",
    b"&",
    b"%",
    b"%00",
    b"%2C",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xC3",
    b"\xF0\x9F\x98\x80",
    b"-1",
    b"18446744073709551616",
    b"bytes=",
];

/// One change; places are parts of whatever length there is.
#[derive(Clone, Debug)]
enum Mutation {
    /// One bit is turned.
    Turn(Index, u32),
    /// One byte becomes another.
    Replace(Index, u8),
    /// Something odd comes in between.
    Insert(Index, &'static [u8]),
    /// What is between two places goes.
    Remove(Index, Index),
    /// What is between two places comes again and again.
    Repeat(Index, Index, usize),
    /// Everything from a place on goes.
    Cut(Index),
    /// The end of another input takes the place of what is from a place on.
    Graft(Index, Index, Index),
}

/// Inputs made of these; the fewer mutations, the simpler.
pub(super) fn of(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let place = any::<Index>;
    let mutation = prop_oneof![
        (place(), 0_u32..8).prop_map(|(at, bit)| Mutation::Turn(at, bit)),
        (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (place(), select(&ODD[..])).prop_map(|(at, odd)| Mutation::Insert(at, odd)),
        (place(), place()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        (place(), place(), 1..REPEATS).prop_map(|(from, to, times)| Mutation::Repeat(from, to, times)),
        place().prop_map(Mutation::Cut),
        (place(), place(), place()).prop_map(|(at, other, from)| Mutation::Graft(at, other, from)),
    ];
    (any::<Index>(), vec(mutation, 0..MOST)).prop_map(move |(seed, mutations)| {
        let seed = seeds.get(seed.index(seeds.len().max(1))).cloned().unwrap_or_default();
        mutations.into_iter().fold(seed, |bytes, mutation| changed(bytes, &mutation, &seeds))
    })
}

fn changed(mut bytes: Vec<u8>, mutation: &Mutation, seeds: &[Vec<u8>]) -> Vec<u8> {
    let length = bytes.len();
    // Between two bytes, or at either end.
    let between = |at: &Index| at.index(length + 1);
    let span = |from: &Index, to: &Index| {
        let (from, to) = (between(from), between(to));
        from.min(to)..from.max(to)
    };
    match mutation {
        Mutation::Turn(at, bit) => {
            if let Some(byte) = bytes.get_mut(between(at)) {
                *byte ^= 1_u8 << *bit;
            }
        }
        Mutation::Replace(at, other) => {
            if let Some(byte) = bytes.get_mut(between(at)) {
                *byte = *other;
            }
        }
        Mutation::Insert(at, odd) => {
            let at = between(at);
            bytes.splice(at..at, odd.iter().copied());
        }
        Mutation::Remove(from, to) => {
            bytes.drain(span(from, to));
        }
        Mutation::Repeat(from, to, times) => {
            let span = span(from, to);
            let more = bytes[span.clone()].repeat((*times).min(super::MOST / span.len().max(1)));
            bytes.splice(span.end..span.end, more);
        }
        Mutation::Cut(at) => bytes.truncate(between(at)),
        Mutation::Graft(at, other, from) => {
            if let Some(other) = seeds.get(other.index(seeds.len().max(1))) {
                bytes.truncate(between(at));
                bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
        }
    }
    bytes
}
