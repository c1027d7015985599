//! Signing up, in and out, and the links that come by mail.
//!
//! One answer for known and unknown addresses, at one price. Signing up hashes one password and queues one mail either
//! way; signing in compares one password, with nobody's where there is no account; a forgotten password is looked into
//! after the answer. What is left is small beside a hash and can be seen once at most: the statements that make an account
//! (the address is known from then on), and a hash that is older than the parameters in force (until its owner signs in).

use leptos_axum::redirect;

use super::{
    device,
    password::{self, Checked},
    quotas, session, setup,
    shown_for::ShownFor,
    store,
    store::{Link, NewAccount},
    throttle,
    throttle::{Bucket, Letter},
};
use crate::{
    audit, email,
    fault::{Answer, Complaints, Fault},
    ids::{Id, kinds},
    names, privacy,
    server::{
        mail::{self, Mail},
        time::zone_exists,
        visit::{Visit, visit},
    },
};

type UserId = Id<kinds::User>;

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

pub(super) async fn sign_up(form: SignUpForm) -> Answer<()> {
    let visit = visit()?;
    let setup_token = form.setup_token.clone();
    let (who, password) = (visit.facts.prefix(), form.password.clone());
    let words = known_words(&form);
    let (mut new, organisation, zone) = parse_sign_up(&visit, form).await?;
    // What costs little has been looked at. What costs more is counted first.
    throttle::reserve(&visit, &throttle::network(&visit, "sign-up")).await?;
    password::judge(&visit.state, &who, &password, &words).await?;
    quotas::found_from_here(&visit).await?;
    new.password_hash = password::hash(&visit.state, &who, &password).await?;
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
        // Nothing of what was typed: it is a stranger's, perhaps. It goes to the address that the account has.
        let to = match store::account_of(&mut tx, &email).await? {
            Some(user) => store::email_of(&mut tx, user).await?,
            None => email.clone(),
        };
        let body = format!(
            "Hello,\n\nsomebody, perhaps you, tried to sign up for CaseTrakr with this address. It has an account already: sign in, \
             or choose a new password there.\n\n{}\n\nIf it was not you, nothing has happened.",
            mail::link(&visit.state, "/login")
        );
        if throttle::may_write_to(&visit.state, &mut tx, &email::fold(&to), Letter::Other).await? {
            mail::send(&visit.state, &mut tx, &Mail { to, subject: "You already have a CaseTrakr account".into(), body }).await?;
        }
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
    complaints.take("password", password::look_at(&form.password, &known_words(&form)));
    if let Err(Fault::Invalid(fields)) = attested(visit, &form.adult, &form.policy).await? {
        fields.into_iter().for_each(|f| complaints.add(&f.field, f.message));
    }
    complaints.done()?;
    let zone = if zone_exists(&form.time_zone) { form.time_zone } else { "UTC".into() };
    let (Some(name), Some(email), Some(organisation)) = (name, email, organisation) else { return Err(Fault::Malformed) };
    Ok((NewAccount { name, email, password_hash: String::new(), verified: false }, organisation, zone))
}

/// What of a form is no secret, and so no part of a password.
fn known_words(form: &SignUpForm) -> [String; 3] {
    [form.organisation.clone(), form.name.clone(), form.email.split('@').next().unwrap_or_default().to_owned()]
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

/// One try at signing in, which has taken its places.
struct Attempt {
    /// Forgotten once the password was right.
    near: Bucket,
    /// Given back then.
    shared: Vec<Bucket>,
}

impl Attempt {
    async fn reserve(visit: &Visit, folded: &str, account: Option<UserId>) -> Answer<Self> {
        let device = account.and_then(|user| device::of(visit, user)).map(|device| format!("device {device}"));
        // Asked for whoever it is, so that the answer takes as long.
        let address = store::knows_address(visit, account).await?.then(|| format!("address {}", visit.facts.address));
        let who = device.or(address);
        let (near, shared) = match &who {
            Some(who) => (Bucket::new(&visit.state, &["sign-in", folded, who], 2).for_a_day(), Vec::new()),
            None => {
                let mut shared = throttle::strangers(visit, "sign-in", folded, 2);
                let near = shared.remove(0);
                shared.extend(throttle::network(visit, "sign-in"));
                (near, shared)
            }
        };
        // Right ones cost as much as wrong ones.
        let most = i64::from(visit.state.config.limits.sign_ins_per_account);
        let every = Bucket::new(&visit.state, &["signed-in", folded, &who.unwrap_or_else(|| visit.facts.prefix())], most);
        let all: Vec<Bucket> = shared.iter().chain([&near, &every]).cloned().collect();
        throttle::reserve(visit, &all).await?;
        Ok(Self { near, shared })
    }

    async fn was_right(self, visit: &Visit) -> Answer<()> {
        throttle::forgive(visit, &self.near).await?;
        throttle::give_back(visit, &self.shared).await
    }
}

pub(super) async fn sign_in(email: &str, password: &str, next: &str, here: &str) -> Answer<()> {
    let visit = visit()?;
    let account = store::account_by_email(&visit.db, email).await?;
    let attempt = Attempt::reserve(&visit, &email::fold(email), account.as_ref().map(|a| a.id)).await?;
    let stored = account.as_ref().map(|a| a.password_hash.clone());
    let checked = password::check(&visit.state, &visit.facts.prefix(), password, stored).await?;
    let (Some(account), Checked::Right { rehash }) = (account, checked) else {
        return Err(Fault::field("password", "This address and password do not belong together. Check both, or choose a new password."));
    };
    attempt.was_right(&visit).await?;
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
        return Err(Fault::field("email", "Confirm your address first: open the link in the newest message that you got from here."));
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
    let mut buckets = throttle::network(&visit, "forgot");
    buckets.push(Bucket::new(&visit.state, &["forgot", &email::fold(&email), &visit.facts.prefix()], 4));
    throttle::reserve(&visit, &buckets).await?;
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
    password::look_at(new, &names).map_err(|message| Fault::field("password", message))?;
    throttle::reserve(&visit, &throttle::network(&visit, "link")).await?;
    let who = visit.facts.prefix();
    password::judge(&visit.state, &who, new, &names).await?;
    let hash = password::hash(&visit.state, &who, new).await?;
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
    // Whoever was kept out by others who guess comes in with the new password from here.
    device::remember(&visit, user);
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
    throttle::reserve(&visit, &[Bucket::new(&visit.state, &["verify", &session.user_id.to_string()], 4)]).await?;
    let mut tx = session.begin(&visit.state).await?;
    store::send_link(&visit, &mut tx, (session.user_id, &session.email), Link::Verify).await?;
    tx.commit().await?;
    redirect("/me?notice=link-sent");
    Ok(())
}
