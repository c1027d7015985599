//! Two lanes, each one job at a time.

use std::time::Duration;

use super::{Failure, Leased, Worker, enqueue};
use crate::server::{
    db::global_sql,
    mail::{self, Mail},
    state::State,
    testing::{TestApp, on_both_engines},
};

/// Takes as long as the process runs, and goes on with the next one.
async fn endless(state: State, _: Leased) -> Result<(), Failure> {
    while !state.is_stopping() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(Failure::Interrupted)
}

async fn waiting(app: &TestApp, kind: &str) -> Vec<(bool, i64)> {
    let jobs = app.state.db.global(global_sql!("select leased_until is not null, attempts from jobs where kind = $1 order by id"));
    jobs.bind(kind.to_owned()).all().await.unwrap()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}");
}

on_both_engines! {
    async fn a_message_goes_out_while_long_work_runs(app) {
        let worker = Worker::new(app.state.clone()).with("mail", mail::deliver).long("import", endless).long("archive", endless);
        let mut tx = app.state.db.begin().await.unwrap();
        for kind in ["import", "archive"] {
            enqueue(&app.state, &mut tx, kind, None, "").await.unwrap();
        }
        tx.commit().await.unwrap();
        let running = tokio::spawn(worker.run());
        until("the long work does not begin", async || waiting(&app, "import").await == [(true, 1)]).await;

        let mut tx = app.state.db.begin().await.unwrap();
        let mail = Mail { to: "somebody@nobody.example".into(), subject: "Meanwhile".into(), body: "Words".into() };
        mail::send(&app.state, &mut tx, &mail).await.unwrap();
        tx.commit().await.unwrap();
        until("the message waits for the long work", async || waiting(&app, "mail").await.is_empty()).await;
        // Long work waits for long work.
        assert_eq!((waiting(&app, "import").await, waiting(&app, "archive").await), (vec![(true, 1)], vec![(false, 0)]));

        // Asked to stop, both lanes end at once, and the work is there for the next process, without a try less.
        app.state.stopping.store(true, std::sync::atomic::Ordering::Relaxed);
        app.state.job_notifier.notify();
        tokio::time::timeout(Duration::from_secs(2), running).await.unwrap().unwrap();
        assert_eq!((waiting(&app, "import").await, waiting(&app, "archive").await), (vec![(false, 0)], vec![(false, 0)]));
    }
}
