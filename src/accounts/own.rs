//! What a signed-in person does with their own account.

use leptos_axum::redirect;

use super::{
    api::{BelongingView, SessionView},
    namesake, password, quotas, reauthentication, session, sign, store,
};
use crate::{
    audit,
    fault::{Answer, Complaints, Fault},
    ids::{Id, kinds},
    names, privacy,
    server::{
        db::Tx,
        form_key::{self, Sent},
        mail,
        time::zone_exists,
        visit::{Visit, visit},
    },
};

pub(super) async fn my_sessions() -> Answer<Vec<SessionView>> {
    let visit = visit()?;
    let me = session::current()?;
    let zone = me.zone();
    let rows = store::sessions_of(&visit, me.user_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| SessionView {
            id: row.id,
            device: device(&row.user_agent),
            address: row.address,
            began: zone.show(row.created_at),
            seen: zone.show(row.last_seen_at),
            current: row.id == me.id,
        })
        .collect())
}

/// Browser and system in words; what a user agent says beyond that is noise.
pub fn device(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

pub(super) async fn end_session(id: Id<kinds::Session>) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let mut tx = me.begin(&visit.state).await?;
    if !store::revoke_session(&visit.state, &mut tx, me.user_id, id).await? {
        return Err(Fault::NotFound);
    }
    tx.commit().await?;
    if id == me.id {
        session::forget(&visit.state.config);
        redirect("/login?notice=signed-out");
    }
    Ok(())
}

pub(super) async fn end_other_sessions() -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let mut tx = me.begin(&visit.state).await?;
    store::revoke_sessions(&visit, &mut tx, me.user_id, Some(me.id)).await?;
    // Whoever was signed in there may have asked for an address of their own.
    store::void_address_changes(&mut tx, me.user_id, visit.state.clock.now()).await?;
    audit::record_account(&visit.state, &mut tx, me.user_id, "account.other_sessions_ended").await?;
    Ok(tx.commit().await?)
}

pub(super) async fn change_password(current: &str, new: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let mut complaints = Complaints::default();
    if !reauthentication::is_mine(&visit, &me, current).await? {
        complaints.add("current_password", "This is not your current password.");
    }
    let words = store::names_around(&visit.db, me.user_id).await?;
    complaints.take("password", password::look_at(new, &words));
    complaints.done()?;
    let who = visit.facts.prefix();
    password::judge(&visit.state, &who, new, &words).await?;
    let hash = password::hash(&visit.state, &who, new).await?;
    let mut tx = me.begin(&visit.state).await?;
    store::set_password(&mut tx, me.user_id, hash).await?;
    store::void_links(&mut tx, me.user_id, visit.state.clock.now()).await?;
    store::revoke_sessions(&visit, &mut tx, me.user_id, Some(me.id)).await?;
    audit::record_account(&visit.state, &mut tx, me.user_id, "account.password_changed").await?;
    mail::send(&visit.state, &mut tx, &sign::password_changed(&visit, me.email)).await?;
    tx.commit().await?;
    redirect("/me/security?notice=password-changed");
    Ok(())
}

pub(super) async fn acknowledge_policy(policy: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    if privacy::policy::by_hash(&visit.db, policy).await?.is_none() {
        return Err(Fault::NotFound);
    }
    let mut tx = me.begin(&visit.state).await?;
    if store::acknowledge(&mut tx, me.user_id, policy, visit.state.clock.now()).await? {
        let facts = serde_json::json!({ "version": policy });
        audit::record_account_with(&visit.state, &mut tx, me.user_id, "account.policy_acknowledged", facts).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn change_name(name: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let name = names::parse(name, "your name").map_err(|message| Fault::field("name", message))?;
    let mut tx = me.begin(&visit.state).await?;
    if namesake::among_colleagues(&mut tx, me.user_id, &name).await? {
        return Err(Fault::field("name", namesake::COMPLAINT));
    }
    store::set_name(&mut tx, me.user_id, name).await?;
    audit::record_account(&visit.state, &mut tx, me.user_id, "account.name_changed").await?;
    tx.commit().await?;
    redirect("/me?notice=saved");
    Ok(())
}

pub(super) async fn my_organisations() -> Answer<Vec<BelongingView>> {
    let visit = visit()?;
    let me = session::current()?;
    let rows = store::belongings(&visit, me.user_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| BelongingView { current: me.org_id == Some(row.org_id), org: row.org_id, name: row.name, role: row.role })
        .collect())
}

pub(super) async fn switch_organisation(org: Id<kinds::Org>, next: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let mut tx = me.begin(&visit.state).await?;
    if !store::switch(&mut tx, &me, org).await? {
        return Err(Fault::NotFound);
    }
    tx.commit().await?;
    redirect(&sign::local(next));
    Ok(())
}

pub(super) async fn create_organisation(key: Option<Id<kinds::Org>>, name: &str, zone: &str) -> Answer<()> {
    let visit = visit()?;
    let me = session::current()?;
    let name = names::parse(name, "the name of the organisation").map_err(|message| Fault::field("organisation", message))?;
    let zone = if zone_exists(zone) { zone } else { "UTC" };
    let org = key.unwrap_or_else(Id::fresh);
    quotas::found_from_here(&visit).await?;
    let mut tx = me.begin(&visit.state).await?;
    found(&visit, &mut tx, (me.user_id, org), &name, zone).await?;
    if !store::switch(&mut tx, &me, org).await? {
        return Err(Fault::NotFound);
    }
    tx.commit().await?;
    redirect("/onboarding");
    Ok(())
}

/// Founds it, or finds that this very form has done so.
async fn found(visit: &Visit, tx: &mut Tx, (me, org): (Id<kinds::User>, Id<kinds::Org>), name: &str, zone: &str) -> Answer<()> {
    let content = serde_json::json!(["organisation", me, name, zone]);
    if store::create_organisation(&visit.state, tx, org, me, name, zone).await? {
        quotas::own_one_more(&visit.state, tx, me).await?;
        form_key::claim(&visit.state, tx, org.uuid(), &content).await?;
        return Ok(());
    }
    let theirs = store::belonging(tx, me, org).await?.ok_or(Fault::NotFound)?;
    match form_key::claim(&visit.state, tx, org.uuid(), &content).await? {
        Sent::Again => Ok(()),
        Sent::First | Sent::Other => Err(Fault::SentBefore { stored: format!("the organisation \u{201c}{theirs}\u{201d}") }),
    }
}
