//! Images: who sees them, and what becomes of them with their version.

use domain::image::{Image, ImageTexts, ImageVariant};
use domain::policy::Reach;
use domain::version::{Version, VersionState};
use persistence::{images, versions};
use testkit::builders::{at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_version, publish};

fn variant(name: &str, width: u32) -> ImageVariant {
    ImageVariant {
        variant: name.into(),
        media_type: "image/png".into(),
        width,
        height: width / 2,
        size: 5_000_000_000,
        sha256: format!("digest of {name}"),
    }
}

async fn add_image(db: &TestDatabase, version: &Version, id: &str) -> Image {
    let image = Image {
        id: id.into(),
        dataset_id: version.dataset_id.clone(),
        edition: version.edition.clone(),
        version: version.version,
        texts: ImageTexts { alt: format!("What {id} shows"), caption: None, title: Some("Siart".into()) },
        variants: vec![variant("small", 320), variant("original", 800)],
        created_at: at(7),
        revision: 1,
        withdrawn: false,
    };
    images::insert(db.pool(), &version.id, &image).await.unwrap();
    image
}

on_both_databases! {
    async fn images_are_seen_with_their_version(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let image = add_image(&db, &version, "one").await;
        for (reach, sees) in [
            (Reach::PublishedOnly, false),
            (limited(&["health"], &["gdp"]), false),
            (limited(&["economy"], &[]), true),
            (limited(&[], &["cpi"]), true),
            (Reach::All, true),
        ] {
            let found = images::find_visible_to(db.pool(), &reach, "one").await.unwrap();
            assert_eq!(found.map(|stored| stored.image), sees.then(|| image.clone()), "{reach:?}");
            assert!(images::find_visible_to(db.pool(), &reach, "missing").await.unwrap().is_none());
        }
        publish(&db, &version, at(9)).await;
        let found = images::find_visible_to(db.pool(), &Reach::PublishedOnly, "one").await.unwrap().unwrap();
        assert!(found.is_public);
        assert_eq!((found.image, found.version_id), (image, version.id));
    }

    async fn images_are_listed_in_their_order_with_their_sizes(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let other = add_version(&db, "cpi", "all", 2, VersionState::Created).await;
        assert!(images::list_of_version(db.pool(), &version).await.unwrap().is_empty());
        let second = add_image(&db, &version, "b").await;
        let first = add_image(&db, &version, "a").await;
        add_image(&db, &other, "c").await;
        let listed = images::list_of_version(db.pool(), &version).await.unwrap();
        assert_eq!(listed.into_iter().map(|stored| stored.image).collect::<Vec<_>>(), [second, first]);
    }

    async fn a_recalled_image_is_in_no_list_until_it_is_given_out_again(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let one = add_image(&db, &version, "one").await;
        let two = add_image(&db, &version, "two").await;
        let set = async |id: &str, withdrawn: bool| images::set_withdrawn(db.pool(), id, withdrawn).await.unwrap();
        let listed = async || {
            let listed = images::list_of_version(db.pool(), &version).await.unwrap();
            listed.into_iter().map(|stored| stored.image).collect::<Vec<_>>()
        };
        assert!(!set("one", false).await && !set("missing", true).await);
        assert!(set("one", true).await && !set("one", true).await);
        assert_eq!(listed().await, std::slice::from_ref(&two));
        let all = images::list_with_withdrawn(db.pool(), &version).await.unwrap();
        let recalled = Image { withdrawn: true, ..one.clone() };
        assert_eq!(all.into_iter().map(|stored| stored.image).collect::<Vec<_>>(), [recalled.clone(), two.clone()]);
        let found = images::find_visible_to(db.pool(), &Reach::All, "one").await.unwrap().unwrap();
        assert_eq!(found.image, recalled);
        assert!(set("one", false).await);
        assert_eq!(listed().await, [one, two]);
    }

    async fn a_text_is_saved_once_for_each_revision(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let image = add_image(&db, &version, "one").await;
        let texts = ImageTexts { alt: "Llinell".into(), caption: Some("Below".into()), title: None };
        let changed = Image { texts, ..image };
        assert!(images::save_texts(db.pool(), &changed).await.unwrap());
        assert!(!images::save_texts(db.pool(), &changed).await.unwrap());
        let found = images::find_visible_to(db.pool(), &Reach::All, "one").await.unwrap().unwrap();
        assert_eq!(found.image, Image { revision: 2, ..changed });
    }

    async fn an_image_goes_alone_or_with_its_version(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        add_image(&db, &version, "one").await;
        add_image(&db, &version, "two").await;
        assert!(images::delete(db.pool(), "one").await.unwrap());
        assert!(!images::delete(db.pool(), "one").await.unwrap());
        assert!(versions::delete(db.pool(), &version.id).await.unwrap());
        assert!(images::find_visible_to(db.pool(), &Reach::All, "two").await.unwrap().is_none());
    }
}
