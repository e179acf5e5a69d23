//! The figure, the downloads, the drawing and the first rows of a version.

use chrono::{DateTime, Utc};
use domain::file::{File, FileSight};
use domain::table::{Headline, Layout, Preview, figure, figure_at, latest, shared_places};
use leptos::prelude::*;

use super::metadata::next_release;
use super::{escaped, laid_out};
use crate::chart::{Sparkline, in_language, meaning_of};
use crate::components::portal::{grouped, size_words};
use crate::components::written::{Written, around, joined, of_tables};
use crate::i18n::{date, t, ta, text};
use crate::layout::site::Frame;

/// The latest figure of a series with its change, or nothing where there is no series; large where it stands alone.
pub fn figure_card(
    frame: &Frame,
    large: bool,
    sight: &FileSight,
    (title, href): (Written, Option<String>),
    unit: Option<String>,
    (released, next): (Option<DateTime<Utc>>, Option<String>),
) -> Option<AnyView> {
    let lang = frame.lang;
    let mut chart = in_language(sight.chart.clone()?.in_words(unit.as_deref()), lang);
    let headline = latest(&chart)?;
    let unit = chart.unit.clone();
    // The line beside the figure is that of its series.
    chart.series = chart.series.into_iter().skip(headline.at).take(1).collect();
    let places = headline.previous_value.map(|before| shared_places(headline.value, before, 0));
    let value = places.map_or_else(|| figure(headline.value), |places| figure_at(headline.value, places));
    let change = change(frame, &headline, places.unwrap_or_default());
    let marking = headline.marking.map(|marking| format!("({})", meaning_of(lang, marking)));
    let marking = marking.map(|words| view! { <span class="figure-card__unit">{words}</span> });
    let title_lang = title.lang;
    let mut name = vec![title];
    if let Some(series) = headline.series.clone() {
        // Tables leave the name of the whole blank.
        let is_blank = series.trim().is_empty();
        let series = if is_blank { Written::own(t(lang, "chart-whole")) } else { Written::english(lang, series) };
        name.extend([Written::own(": "), series]);
    }
    let label = Written { text: name.iter().map(|piece| piece.text.as_str()).collect(), lang: title_lang };
    let heading = match href {
        Some(href) => view! { <a href=href>{joined(name)}</a> }.into_any(),
        None => joined(name),
    };
    let unit = unit.map(|unit| format!("{unit}, ")).unwrap_or_default();
    let unit = vec![Written::english(lang, unit), Written::period(lang, &headline.period)];
    let dates = (released.is_some() || next.is_some()).then(|| {
        let released = released.map(|at| view! { <div><dt>{t(lang, "released")}</dt><dd>{date(lang, at)}</dd></div> });
        let next = next
            .map(|words| view! { <div><dt>{t(lang, "next-release")}</dt><dd>{next_release(frame, &words)}</dd></div> });
        view! { <dl class="figure-card__dates">{released}{next}</dl> }
    });
    let class = if large { "figure-card figure-card--lead" } else { "figure-card" };
    Some(
        view! {
            <section class=class>
                <h2 class="figure-card__label">{heading}</h2>
                <p class="figure-card__value">
                    <span class="figure-card__number">{value}</span>
                    <span class="figure-card__unit">{joined(unit)}</span>
                    {marking}
                </p>
                {change}
                <div class="figure-card__spark"><Sparkline chart=chart label=label/></div>
                {dates}
            </section>
        }
        .into_any(),
    )
}

/// How much the figure is up or down since the period before, with as many decimals as it has itself.
fn change(frame: &Frame, headline: &Headline, places: usize) -> Option<AnyView> {
    let (change, before) = headline.change.zip(headline.previous_period.clone())?;
    let (class, size) = if change > 0.0 {
        ("figure-card__change figure-card__change--up", Some(change))
    } else if change < 0.0 {
        ("figure-card__change figure-card__change--down", Some(-change))
    } else {
        ("figure-card__change figure-card__change--same", None)
    };
    let sentence = match size {
        Some(size) => {
            let words = text(figure_at(size, places));
            ta(frame.lang, "change-on", &[("change", words), ("period", text(before))])
        }
        None => ta(frame.lang, "change-none", &[("period", text(before))]),
    };
    Some(view! { <p class=class><span>{sentence}</span></p> }.into_any())
}

/// Where the bytes of a file are.
pub fn download_href(frame: &Frame, file: &File, is_newest: bool) -> String {
    if frame.holds_back(file) {
        return format!("/files/{}/content", file.id);
    }
    let path = format!("/files/downloads/{}/{}", file.dataset_id, escaped(&file.filename));
    if is_newest { path } else { format!("{path}?edition={}&version={}", file.edition, file.version) }
}

/// The first file among the dates of a version, where the list of files is further down.
pub fn at_hand(frame: &Frame, files: &[(File, FileSight)], is_newest: bool) -> Option<AnyView> {
    let (file, _) = files.first()?;
    let href = download_href(frame, file, is_newest);
    let label = ta(frame.lang, "download", &[("format", text(file.format.to_uppercase()))]);
    Some(view! { <span class="dataset-head__at-hand"><a href=href download="">{label}</a></span> }.into_any())
}

/// The files of a version, the first one as the primary download.
pub fn downloads(frame: &Frame, files: &[(File, FileSight)], is_newest: bool) -> AnyView {
    let items: Vec<AnyView> =
        files.iter().enumerate().map(|(i, (file, _))| download(frame, file, i == 0, is_newest)).collect();
    let whole = files.first().map(|(file, _)| {
        let File { dataset_id, edition, version, .. } = file;
        let href = format!("/v1/datasets/{dataset_id}/editions/{edition}/versions/{version}/files.zip");
        let words =
            view! { <span class="download__meta meta"><span>{t(frame.lang, "download-whole-holds")}</span></span> };
        view! {
            <li class="download">
                <span class="download__format">"ZIP"</span>
                <a class="download__link" href=href download="">{t(frame.lang, "download-whole")}</a>
                {words}
            </li>
        }
    });
    view! { <ul class="download-list">{items}{whole}</ul> }.into_any()
}

fn download(frame: &Frame, file: &File, first: bool, is_newest: bool) -> AnyView {
    let lang = frame.lang;
    let href = download_href(frame, file, is_newest);
    let format = file.format.to_uppercase();
    let rows =
        file.profile.as_ref().map(|p| view! { <span>{ta(lang, "rows", &[("n", text(grouped(p.rows)))])}</span> });
    let columns = file.profile.as_ref().map(|p| {
        let n = u64::try_from(p.columns.len()).unwrap_or_default();
        view! { <span>{ta(lang, "columns", &[("n", text(grouped(n)))])}</span> }
    });
    let meta = view! { <span class="download__meta meta"><span>{size_words(file.size)}</span>{rows}{columns}</span> };
    if first {
        let label = ta(lang, "download", &[("format", text(format))]);
        let hidden = Written::english(lang, format!(" {}", file.title));
        return view! {
            <li class="download download--primary">
                <a class="download__link button" href=href download="">{label}<span class="visually-hidden" lang=hidden.lang>{hidden.text}</span></a>
                {meta}
            </li>
        }
        .into_any();
    }
    let title = Written::english(lang, &file.title);
    view! {
        <li class="download">
            <span class="download__format">{format}</span>
            <a class="download__link" href=href download="" lang=title.lang>{title.text}</a>
            {meta}
        </li>
    }
    .into_any()
}

/// The first rows of a table, without what all of them say alike; `whole` is where all of its columns are.
pub fn preview_table(frame: &Frame, title: &Written, preview: &Preview, whole: &str) -> AnyView {
    let lang = frame.lang;
    let shown = preview.rows.len();
    let layout = Layout::of(&preview.columns, &preview.rows, &[]);
    let columns = laid_out::shown(&preview.columns, &layout);
    let head = columns.iter().map(|(_, column)| {
        let class = column.kind.is_numeric().then_some("num");
        view! { <th scope="col" class=class>{column.heading().to_owned()}</th> }
    });
    let head: Vec<_> = head.collect();
    let rows: Vec<AnyView> = preview
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<_> = columns
                .iter()
                .map(|(at, column)| {
                    let class = column.kind.is_numeric().then_some("num");
                    view! { <td class=class>{row.get(*at).cloned().unwrap_or_default()}</td> }
                })
                .collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    let total = grouped(preview.total_rows);
    let caption = around(
        lang,
        "table-caption",
        &[("title", title.clone())],
        &[("shown", text(shown.to_string())), ("rows", text(total.clone()))],
    );
    let more = (preview.total_rows > u64::try_from(shown).unwrap_or(u64::MAX))
        .then(|| view! { <p class="small muted">{ta(lang, "table-more", &[("rows", text(total))])}</p> });
    let way = (!layout.is_as_published()).then(|| {
        let words = laid_out::to_published(lang, &layout);
        view! { <a class="table__all" href=whole.to_owned()>{words}</a> }.into_any()
    });
    let first = preview.rows.first().map(Vec::as_slice).unwrap_or_default();
    let told = laid_out::told(frame, &preview.columns, first, &layout, way);
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby="table-caption">
            <table class="table table--dense table--data" aria-labelledby="table-caption">
                {laid_out::caption("table-caption", caption, told)}
                <thead lang=of_tables(lang)><tr>{head}</tr></thead>
                <tbody lang=of_tables(lang)>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::file::FileSight;
    use domain::language::Language;
    use domain::table::{Chart, ChartKind, Column, ColumnKind, ColumnRole, Marking, Preview, Series};
    use leptos::prelude::*;

    use super::{figure_card, preview_table};
    use crate::components::written::Written;
    use crate::layout::site::Frame;

    /// Receipts of two duties and of both together, of which the latest are provisional.
    fn receipts(names: [&str; 3]) -> Chart {
        let values = [[387.6, 406.35], [1107.92, 1194.06], [720.32, 787.71]];
        let of = |(name, values): (&str, [f64; 2])| Series {
            label: name.to_owned(),
            values: values.map(Some).to_vec(),
            markings: vec![(1, Marking::Provisional)],
            ..Series::default()
        };
        Chart {
            title: "Value".into(),
            unit: Some("gbp-million".into()),
            kind: ChartKind::Line,
            x_label: "Period".into(),
            x: vec!["September 2021".into(), "October 2021".into()],
            positions: vec![0.0, 1.0],
            selection: Vec::new(),
            series: names.into_iter().zip(values).map(of).collect(),
            panels: None,
            ghost: None,
        }
    }

    fn frame(lang: Language) -> Frame {
        let (path, site_name, site) = ("/".to_owned(), String::new(), String::new());
        Frame { lang, path, site_name, site, with_search: false, ahead: None }
    }

    fn card(lang: Language, chart: Chart) -> Option<String> {
        let frame = frame(lang);
        let (sight, title) = (FileSight { preview: None, chart: Some(chart) }, Written::own("Duties"));
        let unit = Some("Hectolitres and millions of pounds".to_owned());
        figure_card(&frame, true, &sight, (title, None), unit, (None, None)).map(|card| card.to_html())
    }

    #[test]
    fn the_total_is_told_in_words_with_its_marking_and_a_change_of_as_many_decimals() {
        let names = ["wine-duty-receipts", "alcohol-duty-receipts", "spirits-duty-receipts"];
        let english = card(Language::En, receipts(names)).expect("a figure");
        for part in [
            "Duties: alcohol duty receipts",
            ">1,194.1<",
            "Millions of pounds, October 2021",
            "(provisional)",
            ">86.1 on September 2021<",
            "September 2021 1,107.9, October 2021 1,194.1",
        ] {
            assert!(english.contains(part), "{part} {english}");
        }
        assert!(!english.contains("wine") && !english.contains("gbp"), "{english}");
        let welsh = card(Language::Cy, receipts(names)).expect("a figure");
        for part in ["(dros dro)", "Hydref 2021", "Medi 2021 1,107.9, Hydref 2021 1,194.1"] {
            assert!(welsh.contains(part), "{part} {welsh}");
        }
        assert!(!welsh.contains("October") && !welsh.contains("September"), "{welsh}");
    }

    #[test]
    fn a_whole_without_a_name_is_called_so() {
        let named = |lang| card(lang, receipts(["wine", " ", "spirits"])).unwrap_or_default();
        let (english, welsh) = (named(Language::En), named(Language::Cy));
        assert!(english.contains("Duties: All<") && english.contains(">1,194.1<"), "{english}");
        assert!(welsh.contains("Duties: Y cyfan<"), "{welsh}");
    }

    #[test]
    fn a_table_is_called_by_its_title_and_not_by_what_is_told_above_it() {
        let column = |name: &str| Column {
            name: name.to_owned(),
            label: name.to_owned(),
            kind: ColumnKind::Text,
            role: ColumnRole::Dimension,
        };
        let rows = [["Wales", ""], ["Bath", ""]].map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let preview = Preview { columns: ["Area", "Age"].map(column).to_vec(), rows, total_rows: 2 };
        let html = preview_table(&frame(Language::En), &Written::own("Areas"), &preview, "/").to_html();
        let table = html.split("<table").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
        assert!(table.contains("aria-labelledby=\"table-caption\""), "{html}");
        let name = html.split("id=\"table-caption\">").nth(1).and_then(|rest| rest.split("</span>").next());
        assert!(name.is_some_and(|name| name.contains("Areas") && !name.contains("Age")), "{html}");
    }

    #[test]
    fn no_part_stands_for_the_whole() {
        let mut parts = receipts(["wine", "all", "spirits"]);
        parts.series.remove(1);
        assert_eq!(card(Language::En, parts), None);
    }
}
