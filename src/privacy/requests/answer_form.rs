//! The form of a written answer as it comes in: the words, and files that go along with them. A form with files is no server
//! function, so it is read here, one part after the other, with one file in memory, sealed.
//!
//! The words stand before the files and are stored first, so whatever becomes of a file, they are safe. A file that cannot
//! be taken is said beside its field, and the others are taken all the same.

use axum::{
    Router,
    extract::{
        DefaultBodyLimit, FromRequest as _, Multipart, Request,
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
    accounts::{Scope, Sent, ShownFor},
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

async fn answer(at: At, request: Request) -> Response {
    let asking = match Asking::of(&request) {
        Ok(asking) => asking,
        Err(fault) => return bare(&fault),
    };
    let action = request.uri().path().to_owned();
    let mut typed = Typed { header: Sent::of(request.headers(), None), ..Typed::default() };
    let outcome = take_in(&asking, at, request, &mut typed).await;
    let page = typed.request().map(|id| format!("{}/{id}", at.path()));
    match (outcome, page) {
        (Ok(()), Ok(page)) => see_other(&format!("{page}?notice=saved")),
        // There is nothing there to come back to.
        (Err(fault @ (Fault::Forbidden { .. } | Fault::NotFound)), _) if asking.html => {
            with_text(&asking.visit.state, &asking.visit.facts, &fault, &typed.fields)
        }
        (Err(fault @ (Fault::Forbidden { .. } | Fault::NotFound)), _) => asking.refuse(&fault),
        (Err(fault), Ok(page)) if asking.html => come_back(&asking.visit, &asking.session, &action, &page, fault, typed.fields).await,
        (Err(fault), _) | (Ok(()), Err(fault)) => asking.refuse(&fault),
    }
}

/// What was typed, as the fields of the form.
#[derive(Default)]
struct Typed {
    fields: Vec<(String, String)>,
    bytes: u64,
    /// What a program says in the head of its request.
    header: Sent,
}

impl Typed {
    fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// For whom its page was made.
    fn sent(&self) -> Sent {
        let field = self.fields.iter().find(|(known, _)| known == SHOWN_FOR);
        field.map_or(self.header, |(_, said)| Sent(ShownFor::parse(said)))
    }

    fn request(&self) -> Answer<RequestId> {
        self.value("request").parse().map_err(|_| Fault::Malformed)
    }

    async fn read(&mut self, part: &mut Field<'_>, most: u64) -> Answer<()> {
        let Some(name) = ["request", "version", "words", "form", "remove", SHOWN_FOR].into_iter().find(|known| part.name() == Some(known))
        else {
            return Ok(());
        };
        let mut text = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|error| broken_form(&error, most))? {
            self.bytes += piece.len() as u64;
            if self.bytes > most {
                return Err(Fault::TooLarge { limit: most });
            }
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8(text).ok().filter(|text| !text.contains('\0')).ok_or(Fault::Malformed)?;
        self.fields.push((name.to_owned(), text));
        Ok(())
    }
}

async fn take_in(asking: &Asking, at: At, request: Request, typed: &mut Typed) -> Answer<()> {
    let limits = &asking.visit.state.config.limits;
    let all = limits.file_bytes.saturating_mul(ANSWER_FILES.into());
    let broken = |error: MultipartError| broken_form(&error, all);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
    let (mut writing, mut complaints) = (None, Vec::new());
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            typed.read(&mut part, limits.body_bytes).await?;
            continue;
        }
        // A field in which nothing was chosen comes with an empty name.
        let Some(name) = part.file_name().filter(|name| !name.is_empty()).map(|name| bare_name(name, "file")) else { continue };
        if writing.is_none() {
            writing = Some(Writing::begin(asking, at, typed, true).await?);
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
    let writing = match writing {
        Some(writing) => writing,
        None => Writing::begin(asking, at, typed, !typed.value("remove").is_empty()).await?,
    };
    if !typed.value("remove").is_empty() {
        writing.step("remove_file", "", typed.value("remove")).await?;
    }
    if complaints.is_empty() { Ok(()) } else { Err(Fault::field("file", complaints.join(" "))) }
}

/// Somebody who may, writing the answer to a request as they have seen it.
struct Writing {
    scope: Scope,
    request: RequestId,
    version: i64,
}

impl Writing {
    /// Stores the words. Next to a file that comes or goes they may be missing for now, or be the same as before.
    async fn begin(asking: &Asking, at: At, typed: &Typed, beside_files: bool) -> Answer<Self> {
        let scope = asking.scope(at)?;
        typed.sent().is_for(&scope.actor)?;
        let (request, version) = (typed.request()?, typed.value("version").parse().map_err(|_| Fault::Malformed)?);
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
