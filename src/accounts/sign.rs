//! Signing up, in and out, and the links that come by mail.
//!
//! One answer for known and unknown addresses, at one price. Signing up hashes one password and queues one mail either
//! way; signing in compares one password, with nobody's where there is no account; a forgotten password is looked into
//! after the answer. What is left is small beside a hash and can be seen once at most: the statements that make an account
//! (the address is known from then on), and a hash that is older than the parameters in force (until its owner signs in).

use leptos_axum::redirect;

use super::{
    password::{self, Checked},
    quotas, session, setup,
    shown_for::ShownFor,
    store,
    store::{Link, NewAccount},
    throttle,
};
use crate::{
    audit, email,
    fault::{Answer, Complaints, Fault},
    ids::Id,
    names, privacy,
    server::{
        mail::{self, Mail},
        time::zone_exists,
        visit::{Visit, visit},
    },
};

/// The sign-up form as it was posted.
pub(super) struct SignUpForm {
    pub name: String,
    pub email: String,
    pub organisation: String,
    pub password: String,
    pub adult: String,
    pub policy: String,
    pub time_zone: String,
    pub setup_token: String,
}

/// Failed attempts from one network before it has to wait.
fn network_free(visit: &Visit) -> i64 {
    i64::from(visit.state.config.limits.attempts_per_prefix)
}

pub(super) async fn sign_up(form: SignUpForm) -> Answer<()> {
    let visit = visit()?;
    let bucket = throttle::network_bucket(&visit, "sign-up");
    throttle::admit(&visit, &bucket).await?;
    let setup_token = form.setup_token.clone();
    let (new, organisation, zone) = parse_sign_up(&visit, form).await?;
    throttle::failed(&visit, &bucket, network_free(&visit)).await?;
    quotas::found_from_here(&visit).await?;
    let email = new.email.clone();
    let mut tx = visit.state.db.begin().await?;
    let first = store::is_first(&mut tx).await?;
    if first {
        setup::admit(&visit, &setup_token)?;
    }
    let made = store::create_account(&visit.state, &mut tx, new).await?;
    if let Some(user) = made {
        store::create_organisation(&visit.state, &mut tx, Id::fresh(), user, &organisation, &zone).await?;
        store::send_link(&visit, &mut tx, (user, &email), Link::Verify).await?;
        if first {
            store::add_operator(&visit.state, &mut tx, user).await?;
        }
    } else {
        // Nothing of what was typed: it is a stranger's, perhaps.
        let body = format!(
            "Hello,\n\nsomebody, perhaps you, tried to sign up for CaseTrakr with this address. It has an account already: sign in, \
             or choose a new password there.\n\n{}\n\nIf it was not you, nothing has happened.",
            mail::link(&visit.state, "/login")
        );
        mail::send(&visit.state, &mut tx, &Mail { to: email, subject: "You already have a CaseTrakr account".into(), body }).await?;
    }
    tx.commit().await?;
    match made {
        // Nobody has an account here yet, so there is nobody whose existence an answer could tell. The person who sets
        // up an instance goes straight on.
        Some(user) if first => {
            session::begin(user).await?;
            redirect("/onboarding");
        }
        _ => redirect("/signup/sent"),
    }
    Ok(())
}

async fn parse_sign_up(visit: &Visit, form: SignUpForm) -> Answer<(NewAccount, String, String)> {
    let mut complaints = Complaints::default();
    let name = complaints.take("name", names::parse(&form.name, "your name"));
    let email = complaints.take("email", email::parse(&form.email));
    let organisation = complaints.take("organisation", names::parse(&form.organisation, "the name of your organisation"));
    let words = [form.organisation.as_str(), form.name.as_str(), form.email.split('@').next().unwrap_or_default()];
    complaints.take("password", password::judge(&visit.state, &form.password, &words).await?);
    if let Err(Fault::Invalid(fields)) = attested(visit, &form.adult, &form.policy).await? {
        fields.into_iter().for_each(|f| complaints.add(&f.field, f.message));
    }
    complaints.done()?;
    let zone = if zone_exists(&form.time_zone) { form.time_zone } else { "UTC".into() };
    let (Some(name), Some(email), Some(organisation)) = (name, email, organisation) else { return Err(Fault::Malformed) };
    let password_hash = password::hash(&visit.state, &form.password).await?;
    Ok((NewAccount { name, email, password_hash, verified: false }, organisation, zone))
}

/// The complaints that every form about a person shares.
pub(super) async fn attested(visit: &Visit, adult: &str, policy: &str) -> Answer<Result<(), Fault>> {
    let shown = privacy::policy::shown(&visit.db, visit.state.clock.now()).await?;
    let mut complaints = Complaints::default();
    if adult.is_empty() {
        complaints.add("adult", "CaseTrakr accounts are for people who are 18 or older.");
    }
    if policy != shown.name {
        complaints.add("policy", "Confirm that you have read the version of the privacy policy shown here.");
    }
    Ok(complaints.done())
}

pub(super) async fn sign_in(email: &str, password: &str, next: &str, here: &str) -> Answer<()> {
    let visit = visit()?;
    let folded = email::fold(email);
    let account_bucket = throttle::account_bucket(&visit, "sign-in", &folded);
    let network_bucket = throttle::network_bucket(&visit, "sign-in");
    throttle::admit(&visit, &account_bucket).await?;
    throttle::admit(&visit, &network_bucket).await?;
    let account = store::account_by_email(&visit.db, email).await?;
    let checked = password::check(&visit.state, password, account.as_ref().map(|a| a.password_hash.clone())).await?;
    let (Some(account), Checked::Right { rehash }) = (account, checked) else {
        throttle::failed(&visit, &account_bucket, 2).await?;
        throttle::failed(&visit, &network_bucket, network_free(&visit)).await?;
        return Err(Fault::field("password", "This address and password do not belong together. Check both, or choose a new password."));
    };
    throttle::forgive(&visit, &account_bucket).await?;
    let first_address = account.email_verified_at.is_none();
    if let Some(hash) = rehash {
        let mut tx = visit.state.db.begin().await?;
        if store::renew_hash(&mut tx, account.id, account.password_hash, hash).await? {
            audit::record_account(&visit.state, &mut tx, account.id, "account.password_rehashed").await?;
            tx.commit().await?;
        }
    }
    if first_address && !store::is_founder(&visit.db, account.id).await? {
        let mut tx = visit.state.db.begin().await?;
        store::send_link(&visit, &mut tx, (account.id, &account.email), Link::Verify).await?;
        tx.commit().await?;
        return Err(Fault::field("email", "Confirm your address first. A new link is on its way to you."));
    }
    // The page on which somebody signs in again was made for one organisation, and goes on in it.
    let place = ShownFor::parse(here).filter(|shown| shown.user == account.id).and_then(|shown| shown.org);
    session::begin_in(account.id, place).await?;
    if here.is_empty() {
        redirect(&local(next));
    }
    Ok(())
}

/// Where to go after signing in: a page of this instance, or home.
pub(super) fn local(next: &str) -> String {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control);
    if plain && next.is_ascii() && next.len() < 2_000 { next.to_owned() } else { "/home".to_owned() }
}

pub(super) async fn sign_out() -> Answer<()> {
    let visit = visit()?;
    if let Ok(session) = session::current() {
        let mut tx = visit.state.db.begin().await?;
        store::revoke_session(&visit.state, &mut tx, session.user_id, session.id).await?;
        tx.commit().await?;
    }
    session::forget(&visit.state.config);
    redirect("/login?notice=signed-out");
    Ok(())
}

pub(super) async fn forgot(email: &str) -> Answer<()> {
    let visit = visit()?;
    let email = email::parse(email).map_err(|message| Fault::field("email", message))?;
    let bucket = throttle::account_bucket(&visit, "forgot", &email::fold(&email));
    throttle::admit(&visit, &bucket).await?;
    throttle::failed(&visit, &bucket, 4).await?;
    // The work happens after the answer, so that the answer takes the same time for every address.
    let later = visit.clone();
    tokio::spawn(async move {
        if let Err(fault) = send_reset(&later, &email).await {
            tracing::error!(request.id = later.facts.request_id, status = fault.status(), "a reset link was not sent");
        }
    });
    redirect("/forgot/sent");
    Ok(())
}

async fn send_reset(visit: &Visit, email: &str) -> Answer<()> {
    let Some(account) = store::account_by_email(&visit.db, email).await? else { return Ok(()) };
    let mut tx = visit.state.db.begin().await?;
    store::send_link(visit, &mut tx, (account.id, &account.email), Link::Reset).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn reset_link(token: &str) -> Answer<()> {
    let visit = visit()?;
    store::token_owner(&visit, token, Link::Reset).await?.map(|_| ()).ok_or(Fault::Gone)
}

pub(super) async fn reset(token: &str, new: &str) -> Answer<()> {
    let visit = visit()?;
    let owner = store::token_owner(&visit, token, Link::Reset).await?.ok_or(Fault::Gone)?;
    let names = store::names_around(&visit.db, owner).await?;
    password::judge(&visit.state, new, &names).await?.map_err(|message| Fault::field("password", message))?;
    let hash = password::hash(&visit.state, new).await?;
    let mut tx = visit.state.db.begin().await?;
    let Some(user) = store::use_token(&visit, &mut tx, token, Link::Reset).await? else { return Err(Fault::Gone) };
    store::set_password(&mut tx, user, hash).await?;
    // Whoever can open the mail has shown that the address is theirs.
    store::set_verified(&mut tx, user, visit.state.clock.now()).await?;
    store::void_links(&mut tx, user, visit.state.clock.now()).await?;
    store::revoke_sessions(&visit, &mut tx, user, None).await?;
    audit::record_account(&visit.state, &mut tx, user, "account.password_reset").await?;
    let to = store::email_of(&mut tx, user).await?;
    mail::send(&visit.state, &mut tx, &password_changed(&visit, to)).await?;
    tx.commit().await?;
    redirect("/login?notice=password-changed");
    Ok(())
}

/// The note to the owner of an account whose password has changed.
pub(super) fn password_changed(visit: &Visit, to: String) -> Mail {
    let body = format!(
        "The password of your CaseTrakr account was changed, and other sessions were ended.\n\nIf it was not you, choose a new one at once:\n\n{}",
        mail::link(&visit.state, "/forgot")
    );
    Mail { to, subject: "Your CaseTrakr password was changed".into(), body }
}

pub(super) async fn verify_email(token: &str) -> Answer<()> {
    let visit = visit()?;
    let mut tx = visit.state.db.begin().await?;
    let (user, next) = match store::use_token(&visit, &mut tx, token, Link::Verify).await? {
        Some(user) => {
            store::set_verified(&mut tx, user, visit.state.clock.now()).await?;
            store::void_tokens(&mut tx, user, Link::Verify, visit.state.clock.now()).await?;
            audit::record_account(&visit.state, &mut tx, user, "account.address_confirmed").await?;
            (user, "&next=/onboarding")
        }
        None => (super::address::confirm(&visit, &mut tx, token).await?.ok_or(Fault::Gone)?, ""),
    };
    tx.commit().await?;
    // Whoever reads the mails need not be whoever chose the password: anybody can sign up with somebody else's address, and
    // that person must not work in an account that a stranger gets into.
    let here = session::current().is_ok_and(|s| s.user_id == user);
    redirect(&if here { "/home?notice=address-confirmed".to_owned() } else { format!("/login?notice=address-confirmed{next}") });
    Ok(())
}

pub(super) async fn resend_verification() -> Answer<()> {
    let visit = visit()?;
    let session = session::current()?;
    if session.email_verified_at.is_some() {
        return Ok(());
    }
    let bucket = throttle::account_bucket(&visit, "verify", &email::fold(&session.email));
    throttle::admit(&visit, &bucket).await?;
    throttle::failed(&visit, &bucket, 4).await?;
    let mut tx = session.begin(&visit.state).await?;
    store::send_link(&visit, &mut tx, (session.user_id, &session.email), Link::Verify).await?;
    tx.commit().await?;
    redirect("/me?notice=link-sent");
    Ok(())
}
