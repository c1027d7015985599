//! The form of a written answer as it comes in: the words, and files that go along with them. A form with files is no server
//! function, so it is read here, one part after the other, with one file in memory, sealed.
//!
//! The words stand before the files and are stored first, so whatever becomes of a file, they are safe. A file that cannot
//! be taken is said beside its field, and the others are taken all the same.

use axum::{
    Router,
    extract::{
        DefaultBodyLimit, Request,
        multipart::{Field, MultipartError},
    },
    response::Response,
    routing::{MethodRouter, get},
};

use super::{
    RequestId, answers,
    desk::{self, StepForm},
    enclosures::{self, Arriving, Enclosure},
    handing_out::Asking,
    inbox_page::At,
    links::Held,
    matter::Matter,
    place::Place,
    store,
};
use crate::{
    accounts::{FileForm, Most, Part, Scope, Words, file_name},
    count::sized,
    fault::{Answer, Fault},
    server::{
        http::{ANSWER_FILES, ANSWER_PATHS, bare, bare_name, broken_form, come_back, see_other, with_text},
        state::State,
    },
    ui::SHOWN_FOR,
};

pub(super) fn routes() -> Router<State> {
    let [desk, operator] = ANSWER_PATHS;
    Router::new().route(desk, door(At::Desk)).route(operator, door(At::Operator))
}

/// The limit of an upload is set in the middleware; axum's own would stop it at 2 MB.
fn door(at: At) -> MethodRouter<State> {
    // Whoever reloads after a refused form.
    let back = get(move || async move { see_other(at.path()) });
    back.post(move |request| answer(at, request)).layer(DefaultBodyLimit::disable())
}

/// What people type into the form, or it says itself.
const FIELDS: [&str; 6] = ["request", "version", "words", "form", "remove", SHOWN_FOR];

fn request_of(text: &str) -> Answer<RequestId> {
    text.parse().map_err(|_| Fault::Malformed)
}

async fn answer(at: At, request: Request) -> Response {
    let asking = match Asking::of(&request) {
        Ok(asking) => asking,
        Err(fault) => return bare(&fault),
    };
    let action = request.uri().path().to_owned();
    let mut form = match FileForm::open(request, most(&asking)).await {
        Ok(form) => form,
        Err(fault) => return asking.refuse(&fault),
    };
    let outcome = take_in(&asking, at, &mut form).await;
    let typed: Vec<(String, String)> = form.typed().iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).cloned().collect();
    let request = typed.iter().find(|(name, _)| name == "request").map_or("", |(_, value)| value);
    let page = request_of(request).map(|id| format!("{}/{id}", at.path()));
    match (outcome, page) {
        (Ok(()), Ok(page)) => see_other(&format!("{page}?notice=saved")),
        // There is nothing there to come back to.
        (Err(fault @ (Fault::Forbidden { .. } | Fault::NotFound)), _) if asking.html => {
            with_text(&asking.visit.state, &asking.visit.facts, &fault, &typed)
        }
        (Err(fault @ (Fault::Forbidden { .. } | Fault::NotFound)), _) => asking.refuse(&fault),
        (Err(fault), Ok(page)) if asking.html => come_back(&asking.visit, &asking.session, &action, &page, fault, typed).await,
        (Err(fault), _) | (Ok(()), Err(fault)) => asking.refuse(&fault),
    }
}

async fn take_in(asking: &Asking, at: At, form: &mut FileForm) -> Answer<()> {
    let limits = &asking.visit.state.config.limits;
    let broken = |error: MultipartError| broken_form(&error, most(asking).all);
    let (scope, mut writing, mut complaints) = (asking.scope(at), None, Vec::new());
    loop {
        let (mut part, words) = match form.next(scope.as_ref()).await? {
            Part::Words => continue,
            Part::File(part, words) => (part, words),
            Part::End(words) => {
                let writing = match writing {
                    Some(writing) => writing,
                    None => Writing::begin(scope?, words, !words.value("remove").is_empty()).await?,
                };
                if !words.value("remove").is_empty() {
                    writing.step("remove_file", "", words.value("remove")).await?;
                }
                return if complaints.is_empty() { Ok(()) } else { Err(Fault::field("file", complaints.join(" "))) };
            }
        };
        // A field in which nothing was chosen comes with an empty name.
        let named = file_name(&part).filter(|name| part.name() == Some("file") && !name.is_empty());
        let Some(name) = named.map(|name| bare_name(&name, "file")) else { continue };
        if writing.is_none() {
            writing = Some(Writing::begin(scope.clone()?, words, true).await?);
        }
        let Some(writing) = &writing else { continue };
        let added = match writing.pour(&mut part, name, limits.file_bytes).await.map_err(broken)? {
            Ok(file) => writing.enclose(file).await,
            Err(why) => Err(Fault::field("file", why)),
        };
        match added {
            Ok(()) => {}
            Err(Fault::Invalid(fields)) => complaints.extend(fields.into_iter().map(|field| field.message)),
            Err(fault) => return Err(fault),
        }
    }
}

/// How much may come: the largest files that go along, and as much text as any form.
fn most(asking: &Asking) -> Most {
    let limits = &asking.visit.state.config.limits;
    Most { words: limits.body_bytes, all: limits.file_bytes.saturating_mul(ANSWER_FILES.into()) }
}

/// Somebody who may, writing the answer to a request as they have seen it.
struct Writing {
    scope: Scope,
    request: RequestId,
    version: i64,
}

impl Writing {
    /// Stores the words. Next to a file that comes or goes they may be missing for now, or be the same as before.
    async fn begin(scope: Scope, typed: &Words, beside_files: bool) -> Answer<Self> {
        let (request, version) = (request_of(typed.value("request"))?, typed.value("version").parse().map_err(|_| Fault::Malformed)?);
        let words = typed.value("words").trim().replace("\r\n", "\n");
        let mut writing = Self { scope, request, version };
        let new = is_new(&writing.scope, request, &words).await?;
        if new || !beside_files {
            writing.step("write_answer", &words, "").await?;
            // What follows in the same form has seen these words.
            writing.version += 1;
        } else if !words.is_empty() && store::read(&writing.scope.state.db, writing.scope.actor.org, request).await?.version == version + 1
        {
            // The form pressed twice: the first of them has written the words.
            writing.version += 1;
        }
        Ok(writing)
    }

    async fn step(&self, act: &str, words: &str, other: &str) -> Answer<()> {
        let form = StepForm::of(self.request, self.version);
        desk::take(&self.scope, StepForm { act: act.to_owned(), words: words.to_owned(), other: other.to_owned(), ..form }).await
    }

    /// A file, or why it cannot be taken. It is read to its end all the same: a browser does not listen before that.
    async fn pour(&self, part: &mut Field<'_>, name: String, most: u64) -> Result<Result<Enclosure, String>, MultipartError> {
        let (mut size, mut arriving) = (0_u64, Some(Arriving::begin(name.clone())));
        while let Some(piece) = part.chunk().await? {
            size += piece.len() as u64;
            arriving = arriving.filter(|_| size <= most);
            if let Some(arriving) = &mut arriving {
                arriving.take(&self.scope.state, &piece);
            }
        }
        Ok(match arriving {
            Some(_) if size == 0 => Err(format!("\u{201c}{name}\u{201d} was not added: it is empty.")),
            Some(arriving) => Ok(arriving.end(&self.scope.state, self.request)),
            None => {
                let most = sized(most);
                Err(format!("\u{201c}{name}\u{201d} was not added: it is larger than {most}. Send it in parts."))
            }
        })
    }

    async fn enclose(&self, file: Enclosure) -> Answer<()> {
        let Self { scope, request, version } = self;
        let mut tx = scope.begin().await?;
        let matter = Matter::open(&scope.state, tx.raw(), Held { org_id: scope.actor.org, request_id: *request }).await?;
        desk::same_version(&matter.row, *version)?;
        enclosures::add(&scope.state, tx.raw(), &matter, file, scope.actor.user).await?;
        tx.commit().await
    }
}

async fn is_new(scope: &Scope, request: RequestId, words: &str) -> Answer<bool> {
    let place = Place::read(&scope.state, scope.actor.org).await?;
    let before = answers::words(&scope.state, &place, request).await?;
    Ok(!words.is_empty() && before.is_none_or(|(_, before)| before != words))
}
