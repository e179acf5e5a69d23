//! One field with its label, hint and problem.

use leptos::prelude::*;

use super::{Form, form_name};

/// A field being described; ends in the control that it is.
#[derive(Clone, Debug)]
pub struct Field {
    form: Form,
    path: String,
    label: String,
    hint: Option<String>,
    optional: bool,
    value: String,
    present: Option<String>,
    shown: Vec<(String, String)>,
    width: &'static str,
    kind: &'static str,
    autocomplete: Option<&'static str>,
    affix: Option<String>,
    most: Option<String>,
}

impl Field {
    pub(super) fn new(form: &Form, path: &str, label: &str) -> Self {
        Self {
            form: form.clone(),
            path: path.to_owned(),
            label: label.to_owned(),
            hint: None,
            optional: false,
            value: form.value(path, ""),
            present: None,
            shown: Vec::new(),
            width: "",
            kind: "text",
            autocomplete: None,
            affix: None,
            most: None,
        }
    }

    /// The present value.
    #[must_use]
    pub fn value(mut self, present: &str) -> Self {
        self.form.note_row(&self.path, present);
        self.value = self.form.value(&self.path, present);
        self.present = Some(present.to_owned());
        self
    }

    /// A sentence on what to give.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says that the field may be left empty.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// A narrow field.
    #[must_use]
    pub const fn short(mut self) -> Self {
        self.width = " field--short";
        self
    }

    /// Another kind of input, such as `email` or `date`.
    #[must_use]
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What browsers may fill in.
    #[must_use]
    pub const fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// Text that stands before the value, such as the beginning of an address.
    #[must_use]
    pub fn after(mut self, text: &str) -> Self {
        self.affix = Some(text.to_owned());
        self
    }

    /// How many characters several lines of text may have, which browsers see to.
    #[must_use]
    pub fn most(mut self, characters: u32) -> Self {
        self.most = Some(characters.to_string());
        self
    }

    /// A line of text.
    #[must_use]
    pub fn input(self) -> AnyView {
        let (id, name, described, invalid) = self.attributes();
        let value = if self.kind == "password" { String::new() } else { self.value.clone() };
        let class = if self.affix.is_some() { "field__input field__input--mono" } else { "field__input" };
        let step = (self.kind == "time").then_some("1");
        let input = view! {
            <input
                class=class id=id name=name type=self.kind value=value step=step
                autocomplete=self.autocomplete aria-describedby=described aria-invalid=invalid
            />
        };
        let control = match self.affix.clone() {
            Some(text) => view! { <div class="affix"><span class="affix__text">{text}</span>{input}</div> }.into_any(),
            None => input.into_any(),
        };
        self.around(control)
    }

    /// Several lines of text.
    #[must_use]
    pub fn textarea(self) -> AnyView {
        let (id, name, described, invalid) = self.attributes();
        let (value, most) = (lines(&self.value), self.most.clone());
        let control = view! {
            <textarea class="field__input" id=id name=name rows="4" maxlength=most aria-describedby=described aria-invalid=invalid>{value}</textarea>
        };
        self.around(control.into_any())
    }

    /// What others saved meanwhile, where both sides changed the field.
    pub(super) fn theirs(&self) -> Option<String> {
        let present = self.present.as_deref()?;
        self.form.differs(&self.path, present, &self.value).then(|| {
            let named = self.shown.iter().find(|(value, _)| value == present);
            named.map_or_else(|| present.to_owned(), |(_, text)| text.clone())
        })
    }

    /// One choice out of a list of values and labels.
    #[must_use]
    pub fn select(mut self, options: Vec<(String, String)>) -> AnyView {
        self.shown.clone_from(&options);
        let (id, name, described, invalid) = self.attributes();
        let chosen = self.value.clone();
        let options: Vec<AnyView> = options
            .into_iter()
            .map(|(value, text)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{text}</option> }.into_any()
            })
            .collect();
        let control = view! {
            <select class="field__input" id=id name=name aria-describedby=described aria-invalid=invalid>{options}</select>
        };
        self.around(control.into_any())
    }

    fn attributes(&self) -> (String, String, Option<String>, Option<&'static str>) {
        let id = self.form.id(&self.path);
        let problem = self.form.problem(&self.path);
        let mut described = Vec::new();
        if self.hint.is_some() {
            described.push(format!("{id}-hint"));
        }
        if problem.is_some() {
            described.push(format!("{id}-error"));
        }
        let described = (!described.is_empty()).then(|| described.join(" "));
        (id, form_name(&self.path), described, problem.map(|_| "true"))
    }

    fn around(self, control: AnyView) -> AnyView {
        let id = self.form.id(&self.path);
        let problem = self.form.problem(&self.path);
        let theirs = self.theirs();
        self.form.note_drawn(&self.path, &self.label, theirs.is_some());
        let theirs = theirs.map(saved_meanwhile);
        let stood = self.present.as_deref().and_then(|present| self.form.stood(&self.path, present));
        let error_class = if problem.is_some() { " field--error" } else { "" };
        let hint = self.hint.map(|hint| {
            let id = format!("{id}-hint");
            view! { <p class="field__hint" id=id>{hint}</p> }
        });
        let problem = problem.map(|message| {
            let id = format!("{id}-error");
            view! { <p class="field__error" id=id><span class="visually-hidden">"Error: "</span>{message}</p> }
        });
        let optional = self.optional.then(|| view! { " "<span class="field__optional">"optional"</span> });
        view! {
            <div class=format!("field{}{error_class}", self.width)>
                <label class="field__label" for=id>{self.label}{optional}</label>
                {hint}{problem}{control}{theirs}{stood}
            </div>
        }
        .into_any()
    }
}

/// What others saved meanwhile, under the field that it is about.
pub(super) fn saved_meanwhile(text: String) -> AnyView {
    let said = if text.trim().is_empty() { "nothing".to_owned() } else { text };
    view! {
        <div class="theirs"><span class="theirs__who">"Saved meanwhile: "</span><span class="theirs__text">{said}</span></div>
    }
    .into_any()
}

/// The problem of a group of choices.
pub(super) fn error(message: String) -> AnyView {
    view! { <p class="field__error"><span class="visually-hidden">"Error: "</span>{message}</p> }.into_any()
}

/// A text to stand in a `textarea`. What is put into that element is written as it is, so all that would end it or begin another is
/// written as references here; and a line feed at its very beginning, which readers of HTML leave out, is doubled.
pub(super) fn lines(text: &str) -> String {
    let first = if text.starts_with('\n') { "\n" } else { "" };
    format!("{first}{}", html_escape::encode_text(text))
}

#[cfg(test)]
mod tests {
    use leptos::prelude::RenderHtml;
    use rpc::Visit;

    use crate::components::form::Form;

    #[test]
    fn no_text_ends_the_field_that_it_stands_in() {
        let form = Form::of(&Visit::default(), "datasets/edit");
        let text = "\n</textarea><form action=\"https://example.org\"> & more";
        let html = form.field("description", "Description").value(text).textarea().to_html();
        assert!(
            html.contains(">\n\n&lt;/textarea&gt;&lt;form action=\"https://example.org\"&gt; &amp; more</textarea>"),
            "{html}"
        );
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    }
}
