//! What the features add to the machine: their routes, their middleware, their jobs.

use axum::{Router, middleware::from_fn_with_state, routing::any};

use crate::{
    app,
    server::{http, jobs, mail, state::State},
};

/// The whole application as a service: what `serve` listens with and what the tests drive.
pub fn router(state: State) -> Router {
    // Resources run on it. It is one a process; a second router finds it there.
    let _ = any_spawner::Executor::init_tokio();
    let inner = Router::new()
        .merge(crate::cases::routes())
        .merge(crate::import::routes())
        .merge(crate::privacy::consent::routes())
        .merge(crate::privacy::routes())
        .merge(crate::privacy::archive::routes())
        .merge(crate::privacy::mine::routes())
        .merge(crate::privacy::registry::routes())
        .merge(crate::privacy::requests::routes())
        .route("/api/{*function}", any(http::api))
        .fallback(app::render)
        .layer(from_fn_with_state(state.clone(), crate::privacy::consent::carry))
        .layer(from_fn_with_state(state.clone(), crate::accounts::load_session));
    http::protect(state, inner)
}

/// The background worker with every feature's jobs.
pub fn worker(state: State) -> jobs::Worker {
    use crate::privacy::{archive, mine, requests};
    jobs::Worker::new(state)
        .with("mail", mail::deliver)
        .with(http::FORGET_JOB, http::run_forget)
        .long("import", crate::import::run_job)
        .long(crate::cases::RENDER_NOTES, crate::cases::render_notes)
        .with(crate::import::ABANDONED_JOB, crate::import::run_abandoned)
        .long(archive::JOB, archive::run_job)
        .with(archive::END_JOB, archive::run_end)
        .daily("retention", crate::privacy::retention::run_job)
        .with(mine::RESTRICTION_END_JOB, mine::run_restriction_end)
        .with(requests::ALERT_JOB, requests::run_alert)
        .long(requests::CARRY_OUT_JOB, requests::run_carry_out)
        .with(requests::END_JOB, requests::run_end)
}
