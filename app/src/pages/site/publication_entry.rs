//! One publication of the public log.

use domain::language::Language;
use domain::publication_log::{LoggedFile, LoggedVersion, Publication};
use domain::text::escaped;
use leptos::prelude::*;

use crate::components::portal::size_words;
use crate::components::written::Written;
use crate::i18n::{Argument, date_time, t, ta, text};
use crate::layout::site::Frame;

/// How many datasets stand for a publication that is of no release.
const NAMED: usize = 3;

/// The rows of a publication: what and when, and below it, folded away, the files and the hashes.
pub fn entry(frame: &Frame, publication: &Publication) -> AnyView {
    let lang = frame.lang;
    let scheduled = match publication.scheduled_at {
        Some(at) => view! { <time datetime=at.to_rfc3339()>{date_time(lang, at)}</time> }.into_any(),
        None => t(lang, "log-by-hand").into_any(),
    };
    let published = publication.published_at;
    let delay = publication.delay_ms().map_or_else(|| "–".to_owned(), delay_words);
    let versions: Vec<AnyView> = publication.versions.iter().map(|item| version(frame, item)).collect();
    let number = ta(lang, "log-record", &[("n", text(publication.sequence.to_string()))]);
    view! {
        <tbody>
            <tr>
                <th scope="row" class="publication-log__what">{name(frame, publication)}</th>
                <td>{scheduled}</td>
                <td><time datetime=published.to_rfc3339()>{date_time(lang, published)}</time></td>
                <td class="num">{delay}</td>
            </tr>
            <tr>
                <td colspan="4">
                    <details class="details">
                        <summary>{t(lang, "log-details")}<span class="visually-hidden">", "{number.clone()}</span></summary>
                        <div class="details__body">
                            <ul class="plain stack stack--tight">{versions}</ul>
                            <dl class="publication-log__hashes">
                                <div><dt>{number}</dt><dd class="mono">{publication.hash.clone()}</dd></div>
                                <div><dt>{t(lang, "log-previous")}</dt><dd class="mono">{publication.previous_hash.clone()}</dd></div>
                            </dl>
                        </div>
                    </details>
                </td>
            </tr>
        </tbody>
    }
    .into_any()
}

/// The release, or where there was none the datasets.
fn name(frame: &Frame, publication: &Publication) -> AnyView {
    let lang = frame.lang;
    if let Some(release) = &publication.release {
        let title = Written::of(lang, &release.title, release.title_cy.as_deref());
        let href = frame.href(&format!("/releases/{}", escaped(&release.id)));
        return view! { <a href=href lang=title.lang>{title.text}</a> }.into_any();
    }
    let mut titles: Vec<&str> = publication.versions.iter().map(|version| version.title.as_str()).collect();
    titles.dedup();
    let more = titles.len().saturating_sub(NAMED);
    let named = titles.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    let more = (more > 0).then(|| format!(" {}", ta(lang, "log-more", &[("n", Argument::Count(more as u64))])));
    view! { <span lang="en">{named}</span>{more} }.into_any()
}

fn version(frame: &Frame, item: &LoggedVersion) -> AnyView {
    let lang = frame.lang;
    let (id, edition, number) = (escaped(&item.dataset_id), escaped(&item.edition), item.version);
    let href = frame.href(&format!("/catalogue/{id}/editions/{edition}/versions/{number}"));
    let which = [("edition", text(&item.edition)), ("version", text(number.to_string()))];
    let files: Vec<AnyView> = item.files.iter().map(|item| file(lang, item)).collect();
    view! {
        <li>
            <a href=href lang="en">{item.title.clone()}</a>
            <span class="table__sub">{ta(lang, "release-version", &which)}</span>
            <dl class="publication-log__hashes">{files}</dl>
        </li>
    }
    .into_any()
}

fn file(lang: Language, item: &LoggedFile) -> AnyView {
    let size = size_words(item.size);
    let size = if lang == Language::Cy { size.replace("bytes", "beit") } else { size };
    view! {
        <div><dt>{item.filename.clone()}", "{size}</dt><dd class="mono">{item.sha256.clone()}</dd></div>
    }
    .into_any()
}

/// A delay in a few signs: `0.08 s`, `3 min 20 s`, `2 h 5 min`.
fn delay_words(ms: i64) -> String {
    let size = ms.unsigned_abs();
    match size {
        0..60_000 => format!("{}.{:02} s", size / 1_000, size % 1_000 / 10),
        60_000..3_600_000 => format!("{} min {} s", size / 60_000, size / 1_000 % 60),
        3_600_000..86_400_000 => format!("{} h {} min", size / 3_600_000, size / 60_000 % 60),
        _ => format!("{} d {} h", size / 86_400_000, size / 3_600_000 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::delay_words;

    #[test]
    fn delays_read_well() {
        let told =
            [(0, "0.00 s"), (84, "0.08 s"), (12_345, "12.34 s"), (200_000, "3 min 20 s"), (7_500_000, "2 h 5 min")];
        for (ms, words) in told {
            assert_eq!(delay_words(ms), words);
        }
        assert_eq!(delay_words(90_000_000), "1 d 1 h");
    }
}
