//! How lists of the public site will show a dataset, beside the form in which that is said; `public/dataset-form.js` goes on with it
//! while somebody types.

use domain::dataset::DatasetMetadata;
use domain::topic::Topic;
use leptos::prelude::*;

use crate::components::portal::panel;

/// The form of which a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CardOf {
    /// A new dataset, of which nothing is known before somebody types: without scripts there is no card.
    New,
    /// The draft of a dataset as it is saved.
    Draft,
}

/// The card with what the metadata says.
pub(super) fn as_listed(of: CardOf, metadata: &DatasetMetadata, topics: &[Topic]) -> AnyView {
    let (form, title) = match of {
        CardOf::New => ("/rpc/datasets/create", "As a search will show it"),
        CardOf::Draft => ("/rpc/datasets/edit", "As a search will show the draft"),
    };
    let first = metadata.topics.first().and_then(|id| topics.iter().find(|topic| topic.id == *id));
    let topic = first.map(|topic| topic.title.clone()).unwrap_or_default();
    let part = |name: &'static str, text: &str| {
        let (text, nothing) = (text.to_owned(), text.trim().is_empty());
        view! { <span data-shows=name hidden=nothing>{text}</span> }.into_any()
    };
    let of_new = of == CardOf::New;
    let said = of_new.then(|| view! { <p class="small" id="id-said" role="status"></p> });
    let content = view! {
        <div class="result" id="as-listed" data-form=form hidden=of_new>
            <p class="result__title">{part("title", &metadata.title)}</p>
            <p class="result__summary small">{part("description", &metadata.description)}</p>
            <p class="result__meta meta">{part("topic", &topic)}{part("release_frequency", &metadata.release_frequency)}</p>
        </div>
        {said}
        <script r#type="module" src="/assets/dataset-form.js"></script>
    };
    panel(title, false, None, content.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_shows_what_is_saved_and_nothing_of_what_is_new() {
        let metadata = DatasetMetadata { title: "Rents".into(), ..DatasetMetadata::default() };
        let html = |of| as_listed(of, &metadata, &[]).to_html().replace("<!>", "");
        let draft = html(CardOf::Draft);
        assert!(draft.contains("data-form=\"/rpc/datasets/edit\"") && draft.contains(">Rents</span>"), "{draft}");
        assert!(!draft.contains("id-said"), "what has an id keeps it: {draft}");
        let new = html(CardOf::New);
        assert!(new.contains("data-form=\"/rpc/datasets/create\"") && new.contains("id=\"id-said\""), "{new}");
        // Without scripts there is no card of what is new.
        assert_eq!(new.matches(" hidden").count(), draft.matches(" hidden").count() + 1, "{new}");
    }
}
