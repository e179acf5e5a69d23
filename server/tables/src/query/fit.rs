//! Whether a selection means something in a table.

use std::collections::HashSet;

use domain::refusal::FieldProblem;
use domain::selection::{MAX_TOLD, Misfit, Place, Selection, near_matches, quoted};
use domain::table::ColumnKind;

use super::times;
use crate::cells;
use crate::table::{Table, TableError};

impl Table {
    /// What of a selection this table does not allow, as an address is told it; see [`Self::misfits`].
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check(&self, selection: &Selection) -> Result<Vec<FieldProblem>, TableError> {
        Ok(self.misfits(selection)?.into_iter().map(|misfit| misfit.in_address(selection)).collect())
    }

    /// What of a selection this table does not allow: more than one may say, or else names, options that no row has, and bounds that
    /// cannot be read, all at once; the first of them, where they are many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn misfits(&self, selection: &Selection) -> Result<Vec<Misfit>, TableError> {
        let mut misfits = selection.misfits(self.columns());
        // What is too much is not looked through as well.
        if misfits.iter().any(|misfit| matches!(misfit.place, Place::Whole(_))) {
            return Ok(misfits);
        }
        let by_name: Vec<Place> = misfits.iter().map(|misfit| misfit.place.clone()).collect();
        for (at, filter) in selection.dimensions.iter().enumerate() {
            if misfits.len() >= MAX_TOLD {
                break;
            }
            let column = self.find(&filter.name).filter(|_| !by_name.contains(&Place::Dimension(at)));
            if let Some(column) = column {
                self.check_options((at, column), &filter.options, &mut misfits)?;
            }
        }
        for (at, range) in selection.ranges.iter().enumerate() {
            let column = self.find(&range.name).filter(|_| !by_name.contains(&Place::Range(at)));
            let Some(column) = column else { continue };
            for (place, text) in [(Place::From(at), &range.from), (Place::To(at), &range.to)] {
                let Some(text) = text else { continue };
                let time = self.columns()[column].kind == ColumnKind::Time;
                if time && times::bound(text, times::form_of(self.forms(column)?)).is_none() {
                    let advice = "Give a year, quarter, month or day such as 2019, 2019 Q1, 2019-03 or 2019-03-04.";
                    misfits.push(Misfit::new(place, "not_a_period", format!("“{text}” is no period. {advice}")));
                } else if !time && cells::number(text).is_none() {
                    let advice = "Give a number with a decimal point, such as 12.5.";
                    misfits.push(Misfit::new(place, "not_a_number", format!("“{text}” is no number. {advice}")));
                }
            }
        }
        misfits.truncate(MAX_TOLD);
        Ok(misfits)
    }

    fn check_options(
        &self,
        (dimension, column): (usize, usize),
        options: &[String],
        misfits: &mut Vec<Misfit>,
    ) -> Result<(), TableError> {
        let Some(known) = self.known(&[column])?.pop() else { return Ok(()) };
        let names: HashSet<&str> = known.options.iter().flat_map(|o| [o.code.as_str(), o.label.as_str()]).collect();
        let mut unknown: HashSet<&str> = options.iter().map(String::as_str).filter(|o| !names.contains(o)).collect();
        if unknown.iter().any(|option| option.trim().is_empty()) {
            let has_blank = names.contains("") || (!known.complete && self.has_blank(column)?);
            unknown.retain(|option| !option.trim().is_empty() || !has_blank);
        }
        if unknown.is_empty() {
            return Ok(());
        }
        // A code may have several labels, of which the first is kept.
        let named: HashSet<&str> = unknown.iter().copied().filter(|option| !option.trim().is_empty()).collect();
        if !named.is_empty() {
            let present = self.present(column, named)?;
            unknown.retain(|option| !present.contains(option));
        }
        let name = &self.columns()[column].name;
        let strange = options.iter().enumerate().filter(|(_, option)| unknown.contains(option.as_str()));
        for (at, option) in strange.take(MAX_TOLD) {
            if option.trim().is_empty() {
                let message = format!("“{name}” has no blank cells, which an empty option means. Leave it out.");
                misfits.push(Misfit::new(Place::Option(dimension, at), "unknown_option", message));
                continue;
            }
            let near = near_matches(option, names_in_order(&known.options), 3);
            let advice = match near.is_empty() {
                true => "See its options for what it holds.".to_owned(),
                false => format!("Did you mean {}?", quoted(&near)),
            };
            let message = format!("“{name}” has no option “{option}”. {advice}");
            misfits.push(Misfit::new(Place::Option(dimension, at), "unknown_option", message));
        }
        Ok(())
    }
}

fn names_in_order(options: &[domain::table::OptionCount]) -> impl Iterator<Item = &str> {
    options.iter().filter(|option| !option.code.is_empty()).flat_map(|option| {
        let label = (option.label != option.code).then_some(option.label.as_str());
        std::iter::once(option.code.as_str()).chain(label)
    })
}
