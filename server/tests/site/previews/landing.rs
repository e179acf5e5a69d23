//! Where the browser of somebody lands who opens an address of the API, and knows what it is of a shared bundle alone.

use super::*;

/// Where a browser is led from an address.
async fn led(who: &Caller, path: &str) -> String {
    let request = who.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
    who.send(request).await.must_be(303).header("location")
}

on_both_databases! {
    async fn who_previews_lands_on_the_preview_of_what_is_shared(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let (site, press, editor) = (&release.site, &release.press, &release.editor);
        let (gdp, cpi) = (release.ahead(0, "page"), release.ahead(1, "page"));
        let (coming, new) = (VERSION.replace("/1", "/2"), VERSION.replace("gdp", "cpi"));
        for (path, expected) in [
            (format!("/files/{}", release.file), gdp.clone()),
            (format!("/v1/files/{}/status", release.file), gdp.clone()),
            (coming.clone(), gdp.clone()),
            (format!("/v1{coming}/metadata"), gdp),
            (format!("{coming}/data?dim.Year=2026"), release.ahead(0, "explore?dim.Year=2026")),
            (format!("{coming}/changes?from=1"), release.ahead(0, "compare?from=1&to=2")),
            (new, cpi.clone()),
            ("/datasets/cpi".to_owned(), cpi.clone()),
            ("/v1/datasets/cpi/editions/time-series".to_owned(), cpi),
        ] {
            assert_eq!(led(press, &path).await, expected, "{path}");
            press.get(&expected).await.must_be(200);
        }
        // What has a public page is shown there; who works on it, and who sees nothing of it, is led as ever.
        assert_eq!(led(press, "/datasets/gdp").await, "/catalogue/gdp");
        assert_eq!(led(press, VERSION).await, format!("/catalogue{}", VERSION.trim_start_matches("/datasets")));
        let (stranger, _) = site.person("stranger@example.org", &[Grant::of(Role::Previewer)]).await;
        for who in [&stranger, editor, &site.public()] {
            assert_eq!(led(who, &coming).await, COMING);
        }
        let portal = format!("/admin{coming}#file-{}", release.file);
        assert_eq!(led(editor, &format!("/files/{}", release.file)).await, portal);
        // Once it is public, its public page is what everybody is led to.
        site.advance(TimeDelta::minutes(30));
        site.run_tasks().await;
        for path in [coming, format!("/files/{}", release.file)] {
            assert_eq!(led(press, &path).await, COMING, "{path}");
        }
    }

    async fn the_portals_page_of_a_shared_version_leads_back_to_the_bundle(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let portal = format!("/admin{}", VERSION.replace("/1", "/2"));
        let (bundle, dataset) = (format!("href=\"/admin/bundles/{}\"", release.bundle), "href=\"/admin/datasets/gdp\"");
        let page = release.press.get(&portal).await.must_be(200).text;
        assert!(page.contains(&bundle) && !page.contains(dataset), "{page}");
        let (editor, _) = release.site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        assert!(editor.get(&portal).await.must_be(200).text.contains(dataset));
    }
}
