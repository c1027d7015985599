//! What a person typed into a refused form, for ten minutes.
//!
//! A form that was posted without script is answered with a redirect, and a redirect carries no text. So the text is
//! sealed, stored under a random token, and comes back with the page that the redirect leads to. Secrets are left out.

use crate::{
    fault::Answer,
    form,
    ids::{Id, kinds},
    server::{
        db::global_sql,
        secret,
        visit::{Kept, Visit},
    },
};

const KEPT_SECONDS: i64 = 600;

/// Stores the form; answers the token for the address.
pub(super) async fn keep(visit: &Visit, kept: &Kept) -> Answer<String> {
    let (token, hash) = secret::token();
    let sealed = visit.state.key.derive("kept-form").seal(&hash, &serde_json::to_vec(kept).unwrap_or_default());
    let now = visit.state.clock.now();
    let mut tx = visit.state.db.begin().await?;
    tx.global(global_sql!("delete from kept_forms where expires_at < $1")).bind(now).execute().await?;
    tx.global(global_sql!("insert into kept_forms (token_hash, sealed, expires_at) values ($1, $2, $3)"))
        .bind(hash)
        .bind(sealed)
        .bind(now.plus_seconds(KEPT_SECONDS))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// Finds the form again. A member's form comes back to the same account only, also after the session in which it was made:
/// whoever sits at this device next does not read it.
pub(super) async fn find(visit: &Visit, token: &str, viewer: Option<Id<kinds::User>>, session: Option<&[u8]>) -> Option<Kept> {
    let hash = secret::token_hash(token);
    let sealed: Vec<u8> = visit
        .db
        .global(global_sql!("select sealed from kept_forms where token_hash = $1 and expires_at > $2"))
        .bind(hash.clone())
        .bind(visit.state.clock.now())
        .optional_scalar()
        .await
        .ok()??;
    let plain = visit.state.key.derive("kept-form").open(&hash, &sealed)?;
    let kept: Kept = serde_json::from_slice(&plain).ok()?;
    let same = match (kept.person, &kept.session) {
        (Some(person), _) => viewer == Some(person),
        (None, Some(hash)) => session == Some(hash.as_slice()),
        (None, None) => true,
    };
    same.then_some(kept)
}

/// The fields of a posted form that may be kept.
pub(super) fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_pairs(body).into_iter().filter(|(name, _)| !name.contains("password") && !name.contains("token")).collect()
}

/// One field of a posted form.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    form::pairs(&text).find(|(known, _)| *known == name).map(|(_, value)| form::decode(value))
}

/// The page on which a form with a single-use token stands.
pub(super) fn token_page(body: &[u8]) -> Option<String> {
    let (_, page) = form_pairs(body).into_iter().find(|(name, _)| name == "token_page")?;
    let plain = page.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
    (plain && super::headers::is_token_page(&page)).then_some(page)
}

fn form_pairs(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    form::pairs(&text).map(|(name, value)| (form::decode(name), form::decode(value))).collect()
}

/// Whether a form is text in the encoding that it claims, without the one character that no database keeps. The bytes say
/// so: a text may hold U+FFFD of its own, as pasted ones do.
pub(super) fn is_text(body: &[u8]) -> bool {
    let Ok(body) = std::str::from_utf8(body) else { return false };
    let text = |piece: &str| std::str::from_utf8(&form::decoded(piece)).is_ok_and(|text| !text.contains('\0'));
    form::pairs(body).all(|(name, value)| text(name) && text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_kept() {
        let kept = fields(b"email=a%40b.example&password=x&new_password=y&name=J%C3%BCrgen+M&token=t");
        assert_eq!(kept, [("email".into(), "a@b.example".into()), ("name".into(), "Jürgen M".into())]);
    }

    #[test]
    fn only_a_token_page_is_gone_back_to() {
        assert_eq!(token_page(b"token_page=%2Freset%2Fa_B-9&token=a_B-9").as_deref(), Some("/reset/a_B-9"));
        for bad in [
            &b"token=a"[..],
            b"token_page=%2Fcases",
            b"token_page=%2F%2Fevil.example",
            b"token_page=%2Freset%2Fa%3Fx%3D1",
            b"token_page=%2Freset%2Fa%0D%0A",
        ] {
            assert_eq!(token_page(bad), None);
        }
    }

    #[test]
    fn broken_text_is_told_from_text() {
        assert!(!is_text(b"a=%E4") && !is_text(b"a=x%00") && !is_text(b"%E4=a") && !is_text(b"a=\xE4"));
        assert!(is_text(b"a=%EF%BF%BD") && is_text("a=\u{fffd}\u{feff}\u{2028}".as_bytes()));
        assert!(is_text(b"a=%C3%A4&b=%zz&c=%"));
    }
}
