//! What one cell is, and how many cells of each sort a column has.

/// What was found out about a cell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Class {
    bits: u16,
    /// The forms of period that it could be read in.
    pub forms: u16,
}

impl Class {
    pub(super) const MISSING: u16 = 1;
    pub(super) const POINT: u16 = 1 << 1;
    pub(super) const COMMA: u16 = 1 << 2;
    pub(super) const WHOLE: u16 = 1 << 3;
    pub(super) const CODE: u16 = 1 << 4;
    pub(super) const PERIOD: u16 = 1 << 5;
    pub(super) const BARE: u16 = 1 << 6;
    pub(super) const FORMULA: u16 = 1 << 7;
    pub(super) const PLACE: u16 = 1 << 8;
    /// The whole number read from it is written differently.
    pub(super) const NOT_AS_WHOLE: u16 = 1 << 9;
    /// The number read from it is written differently.
    pub(super) const NOT_AS_DECIMAL: u16 = 1 << 10;

    pub(super) const fn missing(cell: &str) -> Self {
        let marker = if cell.is_empty() { 0 } else { Self::NOT_AS_WHOLE | Self::NOT_AS_DECIMAL };
        Self { bits: Self::MISSING | marker, forms: 0 }
    }

    pub(super) const fn set(&mut self, bit: u16, on: bool) {
        if on {
            self.bits |= bit;
        }
    }

    pub(super) const fn is(self, bit: u16) -> bool {
        self.bits & bit != 0
    }
}

/// How many cells of each sort there are; all but `missing` and the last two among those that hold something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub filled: u64,
    pub missing: u64,
    pub numbers: u64,
    pub comma_numbers: u64,
    pub whole: u64,
    pub codes: u64,
    pub periods: u64,
    pub bare: u64,
    pub formulas: u64,
    pub places: u64,
    pub not_as_whole: u64,
    pub not_as_decimal: u64,
}

impl Counts {
    pub(super) fn add(&mut self, class: Class, cells: u64) {
        let of = |bit: u16| if class.is(bit) { cells } else { 0 };
        self.missing += of(Class::MISSING);
        self.filled += cells - of(Class::MISSING);
        self.numbers += of(Class::POINT);
        self.comma_numbers += of(Class::COMMA);
        self.whole += of(Class::WHOLE);
        self.codes += of(Class::CODE);
        self.periods += of(Class::PERIOD);
        self.bare += of(Class::BARE);
        self.formulas += of(Class::FORMULA);
        self.places += of(Class::PLACE);
        self.not_as_whole += of(Class::NOT_AS_WHOLE);
        self.not_as_decimal += of(Class::NOT_AS_DECIMAL);
    }
}
