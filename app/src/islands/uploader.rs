//! Makes an upload form pleasant: dropping files, progress, and refusals beside the form.

use leptos::prelude::*;

/// Wraps a plain upload form; without scripts the form works by itself.
#[island]
pub fn Uploader(children: Children) -> impl IntoView {
    let progress = RwSignal::new(None::<u32>);
    let problems = RwSignal::new(Vec::<String>::new());
    let bar = move || {
        let percent = progress.get()?;
        let words = if percent < 100 { format!("{percent}% sent") } else { "Being looked into".to_owned() };
        Some(view! {
            <progress class="upload__bar" max="100" value=percent></progress>
            <p class="small muted">{words}</p>
        })
    };
    let refused =
        move || problems.get().into_iter().map(|text| view! { <p class="field__error">{text}</p> }).collect_view();
    view! {
        <div
            on:submit=move |event| browser::send(&event, progress, problems)
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| browser::take(&event)
        >
            {children()}
            <div role="status">{bar}</div>
            <div role="alert">{refused}</div>
        </div>
    }
}

#[cfg(not(target_family = "wasm"))]
mod browser {
    use leptos::ev::{DragEvent, SubmitEvent};
    use leptos::prelude::RwSignal;

    pub(super) const fn send(_: &SubmitEvent, _: RwSignal<Option<u32>>, _: RwSignal<Vec<String>>) {}

    pub(super) const fn take(_: &DragEvent) {}
}

#[cfg(target_family = "wasm")]
mod browser {
    use domain::refusal::Refusal;
    use leptos::prelude::{FromServerFnError, RwSignal, Set};
    use rpc::RpcError;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::prelude::Closure;
    use web_sys::{DragEvent, FormData, HtmlFormElement, HtmlInputElement, ProgressEvent, SubmitEvent, XmlHttpRequest};

    /// Sends the form with progress; the page is loaded again once the file is in.
    pub(super) fn send(event: &SubmitEvent, progress: RwSignal<Option<u32>>, problems: RwSignal<Vec<String>>) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some((form, request)) = form.zip(XmlHttpRequest::new().ok()) else {
            return;
        };
        let Some((fields, upload)) = FormData::new_with_form(&form).ok().zip(request.upload().ok()) else {
            return;
        };
        if request.open("POST", &form.action()).is_err()
            || request.set_request_header("Accept", "application/json").is_err()
        {
            return;
        }
        problems.set(Vec::new());
        progress.set(Some(0));
        let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            progress.set(Some(percent(event.loaded(), event.total())));
        });
        upload.set_onprogress(Some(moved.into_js_value().unchecked_ref()));
        let answered = request.clone();
        let ended = Closure::once_into_js(move || {
            if answered.status().is_ok_and(|status| status == 200) {
                let _ = web_sys::window().map(|window| window.location().reload());
                return;
            }
            progress.set(None);
            problems.set(words(&answered));
        });
        request.set_onloadend(Some(ended.unchecked_ref()));
        if request.send_with_opt_form_data(Some(&fields)).is_ok() {
            event.prevent_default();
        }
    }

    /// Puts dropped files into the form's file field.
    pub(super) fn take(event: &DragEvent) {
        event.prevent_default();
        let files = event.data_transfer().and_then(|transfer| transfer.files());
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("form").ok().flatten())
            .and_then(|form| form.query_selector("input[type=file]").ok().flatten())
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            input.set_files(files.as_ref());
        }
    }

    fn percent(loaded: f64, total: f64) -> u32 {
        if total > 0.0 { (loaded / total * 100.0) as u32 } else { 0 }
    }

    fn words(request: &XmlHttpRequest) -> Vec<String> {
        let text = request.response_text().ok().flatten().unwrap_or_default();
        if request.status().unwrap_or_default() == 0 {
            return vec!["The connection was lost. Check it and try again.".to_owned()];
        }
        match RpcError::de(text.into_bytes().into()) {
            RpcError::Refused(Refusal::Invalid { problems }) => {
                problems.into_iter().map(|problem| problem.message).collect()
            }
            error => vec![error.to_string()],
        }
    }
}
