//! Long lists page by page: which page an address asks for, the way to the others, and what is said beyond the last.

use leptos::prelude::*;

use crate::i18n::{Argument, t, ta};
use crate::layout::site::Frame;

/// The page that an address asks for, from 1; what makes no sense is the first, and no offset of `size` entries a page overflows.
#[must_use]
pub fn number(pairs: &[(String, String)], size: u32) -> u32 {
    let asked = pairs.iter().find(|(name, _)| name == "page").and_then(|(_, text)| text.parse::<u32>().ok());
    asked.unwrap_or(1).clamp(1, u32::MAX / size.max(1))
}

/// How many pages of `size` entries each a list of `total` entries has.
#[must_use]
pub fn count(total: u64, size: u32) -> u32 {
    u32::try_from(total.div_ceil(u64::from(size.max(1)))).unwrap_or(u32::MAX)
}

/// The way to the other pages of a list; nothing where there is one page. Beyond the last page it leads back to the last.
pub fn pagination(frame: &Frame, page: u32, pages: u32, href: impl Fn(u32) -> String) -> Option<AnyView> {
    if pages < 2 {
        return None;
    }
    let lang = frame.lang;
    let before = (page > 1).then(|| {
        let before = href((page - 1).min(pages));
        view! { <a rel="prev" href=before>{t(lang, "previous")}</a> }
    });
    let after = (page < pages).then(|| view! { <a rel="next" href=href(page + 1)>{t(lang, "next")}</a> });
    let mut items: Vec<AnyView> = Vec::new();
    let mut last = 0;
    for n in near(page, pages) {
        if n > last + 1 {
            items.push(view! { <li class="pagination__gap">"…"</li> }.into_any());
        }
        let current = (n == page).then_some("page");
        items.push(view! { <li><a href=href(n) aria-current=current>{n}</a></li> }.into_any());
        last = n;
    }
    Some(view! { <nav class="pagination" aria-label=t(lang, "pages")>{before}<ol>{items}</ol>{after}</nav> }.into_any())
}

/// The first page, the last one, and those around the page shown.
fn near(page: u32, pages: u32) -> Vec<u32> {
    let page = page.min(pages);
    let around = page.saturating_sub(2).max(1)..=page.saturating_add(2).min(pages);
    let mut shown: Vec<u32> = around.chain([1, pages]).collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

/// What is said on a page beyond the end of a list that has entries: that there are no more, and where the last ones are.
pub fn beyond(frame: &Frame, page: u32, pages: u32, href: impl Fn(u32) -> String) -> Option<AnyView> {
    let lang = frame.lang;
    (pages > 0 && page > pages).then(|| {
        let words = ta(lang, "page-beyond", &[("n", Argument::Count(u64::from(pages)))]);
        view! {
            <div class="empty-state">
                <h2>{t(lang, "page-beyond-title")}</h2>
                <p>{words}</p>
                <p><a class="button button--secondary" href=href(pages)>{t(lang, "page-beyond-last")}</a></p>
            </div>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use domain::language::Language;

    use super::*;

    fn frame() -> Frame {
        let text = String::new;
        Frame { lang: Language::En, path: text(), site_name: text(), site: text(), with_search: false, ahead: None }
    }

    fn html(page: u32, pages: u32) -> String {
        pagination(&frame(), page, pages, |n| format!("/list?page={n}")).map(|view| view.to_html()).unwrap_or_default()
    }

    #[test]
    fn each_page_leads_to_its_neighbours_and_none_leads_back_to_itself() {
        let middle = html(5, 9);
        for part in
            ["rel=\"prev\" href=\"/list?page=4\"", "rel=\"next\" href=\"/list?page=6\"", "aria-current=\"page\""]
        {
            assert!(middle.contains(part), "{part} is missing in {middle}");
        }
        assert!(!html(1, 9).contains("rel=\"prev\"") && !html(9, 9).contains("rel=\"next\""));
        assert!(html(1, 1).is_empty());
    }

    #[test]
    fn beyond_the_end_every_way_leads_back_into_the_list() {
        let page = html(99, 3);
        assert!(page.contains("rel=\"prev\" href=\"/list?page=3\"") && !page.contains("rel=\"next\""), "{page}");
        assert!(!page.contains("aria-current"), "{page}");
        let said = beyond(&frame(), 99, 3, |n| format!("/list?page={n}")).expect("words").to_html();
        assert!(said.contains("href=\"/list?page=3\"") && said.contains("3 pages"), "{said}");
        assert!(beyond(&frame(), 3, 3, |_| String::new()).is_none());
        assert!(beyond(&frame(), 2, 0, |_| String::new()).is_none(), "an empty list has words of its own");
    }

    #[test]
    fn the_last_of_very_many_pages_is_reached() {
        let asked = |text: &str| number(&[("page".to_owned(), text.to_owned())], 20);
        assert_eq!((asked("1001"), asked("0"), asked("-3"), asked("soon")), (1001, 1, 1, 1));
        assert!((asked("4294967295") - 1).checked_mul(20).is_some());
        assert_eq!((count(0, 20), count(20, 20), count(21, 20)), (0, 1, 2));
    }
}
