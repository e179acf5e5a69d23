//! The versions beside one, by which programs go through the history of an edition (RFC 5829).

/// The numbers of the versions beside one within its edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// The latest of all.
    pub latest: u32,
    /// The one before.
    pub predecessor: Option<u32>,
    /// The one after.
    pub successor: Option<u32>,
}

impl Neighbours {
    /// Finds the neighbours of a version among the numbers that the reader may know, in any order.
    #[must_use]
    pub fn of(number: u32, known: impl Iterator<Item = u32>) -> Self {
        let alone = Self { latest: number, predecessor: None, successor: None };
        known.fold(alone, |found, other| Self {
            latest: found.latest.max(other),
            predecessor: found.predecessor.max(Some(other).filter(|other| *other < number)),
            successor: match found.successor {
                Some(nearer) if nearer <= other => Some(nearer),
                before => Some(other).filter(|other| *other > number).or(before),
            },
        })
    }

    /// The relations by their registered names, each with the address that `address` makes of a number.
    #[must_use]
    pub fn links(self, address: impl Fn(u32) -> String) -> Vec<(&'static str, String)> {
        let named = [
            ("latest-version", Some(self.latest)),
            ("predecessor-version", self.predecessor),
            ("successor-version", self.successor),
        ];
        named.into_iter().filter_map(|(name, number)| Some((name, address(number?)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Neighbours;

    #[test]
    fn the_nearest_on_each_side_are_found_in_any_order() {
        let of = |number, known: &[u32]| Neighbours::of(number, known.iter().copied());
        let between = Neighbours { latest: 9, predecessor: Some(3), successor: Some(5) };
        assert_eq!(of(4, &[9, 5, 4, 3, 1]), between);
        assert_eq!(of(4, &[1, 3, 4, 5, 9]), between);
        assert_eq!(of(1, &[1]), Neighbours { latest: 1, predecessor: None, successor: None });
        assert_eq!(of(9, &[5, 9, 1]), Neighbours { latest: 9, predecessor: Some(5), successor: None });
    }

    #[test]
    fn what_is_not_there_has_no_link() {
        let links = Neighbours::of(1, [2, 1].into_iter()).links(|number| format!("/{number}"));
        assert_eq!(links, [("latest-version", "/2".to_owned()), ("successor-version", "/2".to_owned())]);
    }
}
