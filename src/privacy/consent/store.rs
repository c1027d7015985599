//! Where receipts, the choices of accounts, and counts live.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    cookie::Held,
    events::Event,
    model::{CHOICE_DAYS, Choice},
    notice::{LANGUAGE, NOTICE_VERSION, UI_VERSION},
    receipt::{NOTICE, Receipt},
};
use crate::{
    audit,
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, global_sql},
        secret::{hex, random, sha256},
        state::State,
        time::iso,
        visit::Visit,
    },
};

/// Stores a choice that somebody has just made: the receipt, the event in the operator's chain and, signed in, the
/// account's choice, all of it or nothing. Answers what the cookie will hold.
pub(super) async fn choose(visit: &Visit, choice: Choice, method: &str) -> Answer<Held> {
    let now = visit.state.clock.now();
    let mut tx = visit.state.db.begin().await?;
    let receipt = insert(visit, &mut tx, choice, method, now).await?;
    if let Some(user) = receipt.user_id {
        let _: Option<i64> = set_account(&mut tx, user, &receipt, true).await?;
    }
    tx.commit().await?;
    Ok(Held {
        choice,
        notice: NOTICE_VERSION,
        at: Instant(now.0 / 1_000_000 * 1_000_000),
        receipt: receipt.id,
        owner: visit.facts.consent.owner(),
    })
}

/// The account learns what its browser chose before signing in, or what its signal says. What another request has
/// stored meanwhile stays.
pub(super) async fn tell_account(visit: &Visit, choice: Choice, method: &str, at: Instant) -> Answer<()> {
    let mut tx = visit.state.db.begin().await?;
    let receipt = insert(visit, &mut tx, choice, method, at).await?;
    let Some(user) = receipt.user_id else { return Ok(()) };
    // Without a commit nothing was written, the receipt included.
    if set_account(&mut tx, user, &receipt, false).await?.is_some() {
        tx.commit().await?;
    }
    Ok(())
}

async fn insert(visit: &Visit, tx: &mut Tx, choice: Choice, method: &str, at: Instant) -> Answer<Receipt> {
    let consent = &visit.facts.consent;
    let giver = Giver { user: consent.user(), before: consent.last().map(|held| held.receipt), signal: consent.has_signal() };
    issue(&visit.state, tx, giver, choice, method, at).await
}

/// Takes back every consent of an account, as its person asked without signing in; answers whether there was one. Every
/// device on which they are signed in heeds it with its next request.
///
/// # Errors
/// When the database is away.
pub async fn withdraw_for(state: &State, tx: &mut Tx, user: Id<kinds::User>) -> Answer<bool> {
    let given: Option<Uuid> = tx
        .global(global_sql!("select receipt_id from account_consents where user_id = $1 and (preferences = 1 or analytics = 1)"))
        .bind(user)
        .optional_scalar()
        .await?;
    if given.is_none() {
        return Ok(false);
    }
    let giver = Giver { user: Some(user.uuid()), before: given, signal: false };
    let receipt = issue(state, tx, giver, Choice::NOTHING, "withdraw", state.clock.now()).await?;
    let _: Option<i64> = set_account(tx, user.uuid(), &receipt, true).await?;
    Ok(true)
}

/// Whose choice it is: the account, the receipt that it replaces, and whether the browser sent a signal.
struct Giver {
    user: Option<Uuid>,
    before: Option<Uuid>,
    signal: bool,
}

/// The choice of a browser becomes that of an account.
pub(super) const MERGE: &str = "account_merge";

/// What was asked, and how it looked.
#[derive(FromRow)]
struct Asked {
    notice_version: i64,
    notice_sha256: String,
    ui_version: i64,
    language: String,
}

impl Asked {
    fn now() -> Self {
        Self {
            notice_version: i64::from(NOTICE_VERSION),
            notice_sha256: hex(&sha256(&[NOTICE.as_bytes()])),
            ui_version: i64::from(UI_VERSION),
            language: LANGUAGE.to_owned(),
        }
    }
}

/// The receipt before: the browser that it hangs on, and what it answered.
#[derive(FromRow)]
struct Before {
    device_id: Uuid,
    #[sqlx(flatten)]
    asked: Asked,
}

/// Writes the receipt of a choice, and its event.
async fn issue(state: &State, tx: &mut Tx, giver: Giver, choice: Choice, method: &str, at: Instant) -> Answer<Receipt> {
    let before: Option<Before> = match giver.before {
        Some(before) => {
            let found =
                global_sql!("select device_id, notice_version, notice_sha256, ui_version, language from consent_receipts where id = $1");
            tx.global(found).bind(before).optional().await?
        }
        None => None,
    };
    let device = before.as_ref().map(|before| before.device_id);
    // The account learns what was chosen before, so what was asked is what was asked then.
    let asked = before.filter(|_| method == MERGE).map_or_else(Asked::now, |before| before.asked);
    let mut receipt = Receipt {
        id: Uuid::now_v7(),
        device_id: device.unwrap_or_else(random_id),
        user_id: giver.user,
        replaces: giver.before,
        notice_version: asked.notice_version,
        notice_sha256: asked.notice_sha256,
        ui_version: asked.ui_version,
        language: asked.language,
        preferences: i64::from(choice.preferences),
        analytics: i64::from(choice.analytics),
        method: method.to_owned(),
        opt_out_signal: i64::from(giver.signal),
        chosen_at: at,
        expires_at: at.plus_seconds(CHOICE_DAYS * 86_400),
        sha256: Vec::new(),
    };
    receipt.sha256 = receipt.hash();
    tx.global(global_sql!(
        "insert into consent_receipts
           (id, device_id, user_id, replaces, notice_version, notice_sha256, ui_version, language, preferences, analytics,
            method, opt_out_signal, chosen_at, expires_at, sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    ))
    .bind(receipt.id)
    .bind(receipt.device_id)
    .bind(receipt.user_id)
    .bind(receipt.replaces)
    .bind(receipt.notice_version)
    .bind(receipt.notice_sha256.clone())
    .bind(receipt.ui_version)
    .bind(receipt.language.clone())
    .bind(receipt.preferences)
    .bind(receipt.analytics)
    .bind(receipt.method.clone())
    .bind(receipt.opt_out_signal)
    .bind(receipt.chosen_at)
    .bind(receipt.expires_at)
    .bind(receipt.sha256.clone())
    .execute()
    .await?;
    record(state, tx, &receipt).await?;
    Ok(receipt)
}

/// The event in the operator's chain names the receipt and its hash: a receipt that is changed or missing shows.
async fn record(state: &State, tx: &mut Tx, receipt: &Receipt) -> Answer<()> {
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let event = audit::Event {
        action: "consent.recorded",
        subject_kind: "consent",
        subject: receipt.id,
        // From when it runs out the days until it is deleted are counted, which may be long before this event's own.
        facts: serde_json::json!({ "method": receipt.method, "sha256": receipt.seal(), "expires_at": receipt.expires_at.0 }),
        values: Vec::new(),
    };
    audit::record_in(state, tx, receipt.user_id.map(Id::from_uuid), event).await
}

/// Answers nothing where an account's own newer choice stays.
async fn set_account(tx: &mut Tx, user: Uuid, receipt: &Receipt, certainly: bool) -> Answer<Option<i64>> {
    let query = tx.global(global_sql!(
        "insert into account_consents (user_id, receipt_id, notice_version, preferences, analytics, method, chosen_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (user_id) do update set
           receipt_id = excluded.receipt_id, notice_version = excluded.notice_version, preferences = excluded.preferences,
           analytics = excluded.analytics, method = excluded.method, chosen_at = excluded.chosen_at
         where $8 = 1 or (excluded.method <> 'gpc' and (account_consents.method = 'gpc' or account_consents.chosen_at < excluded.chosen_at))
         returning preferences"
    ));
    Ok(query
        .bind(user)
        .bind(receipt.id)
        .bind(receipt.notice_version)
        .bind(receipt.preferences)
        .bind(receipt.analytics)
        .bind(receipt.method.clone())
        .bind(receipt.chosen_at)
        .bind(i64::from(certainly))
        .optional_scalar()
        .await?)
}

/// The receipts that a request may see, newest first: those of the account that is signed in, and those that nobody
/// signed in made on this browser.
pub(super) async fn receipts(visit: &Visit) -> Answer<Vec<Receipt>> {
    let consent = &visit.facts.consent;
    Ok(visit
        .db
        .global(global_sql!(
            "select id, device_id, user_id, replaces, notice_version, notice_sha256, ui_version, language, preferences, analytics,
                    method, opt_out_signal, chosen_at, expires_at, sha256
             from consent_receipts
             where user_id = $1
                or (user_id is null and device_id = (select device_id from consent_receipts where id = $2))
             order by chosen_at desc, id desc
             limit 200"
        ))
        .bind(consent.user())
        .bind(consent.last().map(|held| held.receipt))
        .all()
        .await?)
}

/// An id that says nothing, not even when it was made.
pub(super) fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// Rows of one event that a day adds at most.
const MOST_ROWS_A_DAY: i64 = 50_000;

/// Counts one event.
pub(super) async fn count(visit: &Visit, browser: Uuid, event: Event) -> Answer<()> {
    let now = visit.state.clock.now();
    // The hour is enough to see what is used, and too coarse to follow a person by.
    let hour = Instant(now.0 - now.0.rem_euclid(3_600_000_000));
    let mut tx = visit.state.db.begin().await?;
    let today: i64 = tx
        .global(global_sql!(
            "insert into usage_counts (day, event, events) values ($1, $2, 1)
             on conflict (day, event) do update set events = usage_counts.events + 1
             returning events"
        ))
        .bind(iso(now).chars().take(10).collect::<String>())
        .bind(event.name().to_owned())
        .scalar()
        .await?;
    // A row is small, but a page can be opened without end: beyond that the number alone counts on.
    if today <= MOST_ROWS_A_DAY {
        tx.global(global_sql!("insert into usage_events (id, browser_id, event, at) values ($1, $2, $3, $4)"))
            // Not by time: the order of rows within the hour stays unknown.
            .bind(random_id())
            .bind(browser)
            .bind(event.name().to_owned())
            .bind(hour)
            .execute()
            .await?;
    }
    tx.commit().await?;
    withdrawn_meanwhile(visit, browser).await
}

/// Whoever withdraws while a page is on its way has withdrawn: what that page counted goes as well. A receipt is stored
/// before its events are deleted, and this looks for it after the event is stored, so that one of the two finds it.
async fn withdrawn_meanwhile(visit: &Visit, browser: Uuid) -> Answer<()> {
    let consent = &visit.facts.consent;
    let withdrawn: Option<i64> = visit
        .state
        .db
        .global(global_sql!(
            "select cast(1 as bigint) from consent_receipts where replaces = $1 and analytics = 0
             union all
             select cast(1 as bigint) from account_consents where user_id = $2 and analytics = 0"
        ))
        .bind(consent.last().map(|held| held.receipt))
        .bind(consent.user())
        .optional_scalar()
        .await?;
    if withdrawn.is_some() { forget(visit, browser).await } else { Ok(()) }
}

/// Deletes what was counted from one browser.
pub(super) async fn forget(visit: &Visit, browser: Uuid) -> Answer<()> {
    visit.state.db.global(global_sql!("delete from usage_events where browser_id = $1")).bind(browser).execute().await?;
    Ok(())
}

/// One counted event.
#[derive(FromRow)]
pub(super) struct Counted {
    pub browser_id: Uuid,
    pub event: String,
    pub at: Instant,
}

/// What was counted from one browser, newest first.
pub(super) async fn counted_from(visit: &Visit, browser: Uuid) -> Answer<Vec<Counted>> {
    Ok(visit
        .db
        .global(global_sql!("select browser_id, event, at from usage_events where browser_id = $1 order by at desc, event limit 100"))
        .bind(browser)
        .all()
        .await?)
}

/// The last rows as they are stored.
pub(super) async fn last_counted(visit: &Visit) -> Answer<Vec<Counted>> {
    Ok(visit.db.global(global_sql!("select browser_id, event, at from usage_events order by at desc, id limit 100")).all().await?)
}

/// How often something happened on a day.
#[derive(FromRow)]
pub(super) struct Daily {
    pub day: String,
    pub event: String,
    pub events: i64,
}

/// Counts from a day on, newest first.
pub(super) async fn daily(visit: &Visit, from: &str) -> Answer<Vec<Daily>> {
    Ok(visit
        .db
        .global(global_sql!("select day, event, events from usage_counts where day >= $1 order by day desc, events desc, event limit 1000"))
        .bind(from.to_owned())
        .all()
        .await?)
}
