//! Receivers that a publication which is still to come is not to be told to, or is to be told to after all.

use domain::bundle::BundleStage;
use domain::delivery::Sink;
use domain::progress::PublicationProgress;
use domain::views::Step;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};

/// A line for each receiver that can be left out, and for each that was; none once the bundle is public, and for who may not.
#[must_use]
pub fn leave_out_ahead(progress: &PublicationProgress, visit: &Visit) -> Vec<AnyView> {
    if !progress.can_operate || progress.bundle.stage() == BundleStage::Published {
        return Vec::new();
    }
    let left_out = progress.steps.iter().filter_map(|step| Some((step, left_out_of(step)?)));
    let after_all = left_out.map(|(step, sink)| after_all(step, sink, progress, visit));
    let ahead = progress.ahead.iter().map(|sink| ahead(*sink, progress, visit));
    after_all.chain(ahead).collect()
}

/// The receiver that a step says is left out altogether.
fn left_out_of(step: &Step) -> Option<Sink> {
    step.skip_reason.as_ref()?;
    Sink::parse(&step.name)
}

fn ahead(sink: Sink, progress: &PublicationProgress, visit: &Visit) -> AnyView {
    let id = &progress.bundle.id;
    let form = Form::of(visit, "bundles/skip-step").where_is("id", id).where_is("step", sink.as_str());
    let (open, words) = (form.was_refused(), format!("Leave out for this bundle: {}", sink.title()));
    let hint = "This publication does not wait for it and is not told to it. The reason is kept in the history.";
    view! {
        <li><details class="details" open=open>
            <summary>{words}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", id)}{hidden("step", sink)}
                {form.field("reason", "Reason").hint(hint).input()}
                <button class="button button--warning">"Leave it out"</button>
            </form>
        </details></li>
    }
    .into_any()
}

fn after_all(step: &Step, sink: Sink, progress: &PublicationProgress, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "bundles/replay-step").where_is("step", &step.id);
    let title = sink.title();
    let said = format!("{title} is left out: {}", step.skip_reason.as_deref().unwrap_or_default());
    view! {
        <li>
            {said}
            <form method="post" action=form.action()>
                {hidden("id", &progress.bundle.id)}{hidden("step", &step.id)}
                <button class="link-button">"Tell it after all"<span class="visually-hidden">": "{title}</span></button>
            </form>
        </li>
    }
    .into_any()
}
