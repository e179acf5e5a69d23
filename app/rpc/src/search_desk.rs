//! The search desk: words that mean the same, datasets that come first, and what was asked for.

mod change;
mod read;

pub use change::{
    AddPin, RemovePin, RemoveSynonyms, SaveSynonyms, SwitchSynonyms, add_pin, remove_pin, remove_synonyms,
    save_synonyms, switch_synonyms,
};
pub use read::{SearchDeskRead, SynonymSheetRead, SynonymsRead, search_desk_read, synonym_sheet_read, synonyms_read};
