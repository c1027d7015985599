//! The framework's markers. It puts an empty comment wherever a view could be replaced, for a browser that wakes the whole
//! page. Ours wakes islands only, and of the hundreds of nodes on a page a dozen are in them.

use memchr::memmem;

const MARKER: &[u8] = b"<!>";
const ISLAND: &[u8] = b"<leptos-island";
const ISLAND_END: &[u8] = b"</leptos-island>";

/// The same page without the markers outside of its islands.
pub fn taken_out(page: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(page.len());
    let mut rest = page;
    while let Some(start) = memmem::find(rest, ISLAND) {
        let end = memmem::find(&rest[start..], ISLAND_END).map_or(rest.len(), |length| start + length + ISLAND_END.len());
        without(&rest[..start], &mut kept);
        kept.extend_from_slice(&rest[start..end]);
        rest = &rest[end..];
    }
    without(rest, &mut kept);
    kept
}

fn without(markup: &[u8], kept: &mut Vec<u8>) {
    let mut from = 0;
    for at in memmem::find_iter(markup, MARKER) {
        kept.extend_from_slice(&markup[from..at]);
        from = at + MARKER.len();
    }
    kept.extend_from_slice(&markup[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::Role, server::testing::TestApp};

    #[test]
    fn only_those_of_islands_stay() {
        let page = "a<!><p>b<!></p><leptos-island data-x=\"1\"><i><!>c</i><!></leptos-island><!>d<leptos-island>e<!>";
        let bare = String::from_utf8(taken_out(page.as_bytes())).unwrap();
        assert_eq!(bare, "a<p>b</p><leptos-island data-x=\"1\"><i><!>c</i><!></leptos-island>d<leptos-island>e<!>");
        assert_eq!(taken_out(b""), b"");
    }

    #[tokio::test]
    async fn a_page_of_the_product_has_none_but_in_its_islands() {
        let app = TestApp::sqlite().await;
        let mut owner = app.organisation("markers").await.signed_in(&app, Role::Owner).await;
        let page = String::from_utf8(owner.get("/me").await.bytes.to_vec()).unwrap();
        let mut parts = page.split("<leptos-island");
        let outside =
            parts.next().unwrap().to_owned() + &parts.map(|part| part.split_once("</leptos-island>").unwrap().1).collect::<String>();
        assert!(page.contains("<!>") && !outside.contains("<!>"), "{outside}");
    }
}
