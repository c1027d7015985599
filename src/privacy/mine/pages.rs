//! `/me/privacy`: what is held about me and what I can do about it. `/me/privacy/delete`, `/settings/close`.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{CloseOrganisation, DeleteAccount, Download, KeepAccount, KeepOrganisation, LiftRestriction, Object, WithdrawObjection},
    closing, erasure,
    held::{Held, Section, held},
    objection,
    restriction::{self, Restriction},
    shown::{self, Said},
};
use crate::{
    accounts::{
        Permission, Person, Scope, Session,
        api::{ChangeEmail, ChangeName},
    },
    fault::{Answer, Fault},
    privacy::{
        registry::{
            self,
            model::{Basis, Erasure, Purpose, Subject, Table},
        },
        requests,
    },
    server::visit::visit,
    settings::Split,
    ui::{Badge, FaultView, Form, Hidden, Notice, PasswordField, Submit, TextField, Time, Tone, counted},
};

/// Rows of one table that the page shows; the package has them all.
const SHOWN: usize = 50;

/// `/me/privacy`
pub struct MinePage;

impl MinePage {
    pub(crate) async fn view() -> AnyView {
        match Mine::gather().await {
            Ok(mine) => mine.view(),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    }
}

/// What the page knows.
struct Mine {
    me: Session,
    held: Held,
    objections: Vec<String>,
    restriction: Restriction,
    closed: Vec<(uuid::Uuid, String)>,
    operator: String,
}

impl Mine {
    async fn gather() -> Answer<Self> {
        let (visit, me) = (visit()?, Session::require()?);
        let state = visit.state;
        let person = Person::of(&state.db, me.user_id).await?;
        let mut tx = state.db.look().await?;
        let objections = objection::of(&mut tx, me.user_id).await?;
        let closed = closing::certificates(&mut tx, me.user_id, &me.zone()).await?;
        drop(tx);
        let restriction = restriction::restriction_of(&state.db, me.user_id).await?;
        let name = &state.config.operator.name;
        let operator = if name.is_empty() { "whoever runs this installation".to_owned() } else { name.clone() };
        Ok(Self { held: held(&state, &person).await?, me, objections, restriction, closed, operator })
    }

    fn view(self) -> AnyView {
        let leaving = self.me.viewer().leaving;
        let rows: usize = self.held.sections.iter().map(|section| section.rows.len()).sum();
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let (some, none): (Vec<_>, Vec<_>) = self.held.sections.iter().partition(|section| !section.rows.is_empty());
        let sections = some.iter().map(|section| self.section(section)).collect_view();
        let empty = none.iter().map(|section| view! { <li><b>{section.title}</b> ": " {section.keep}</li> }).collect_view();
        let omitted = self.held.omitted.iter().map(|o| view! { <li><b>{o.what.clone()}</b> ": " {o.ground}</li> }).collect_view();
        let purposes = Purpose::ALL.into_iter().filter(|p| *p != Purpose::Operate).map(|p| self.purpose(p)).collect_view();
        let name = self.held.person.name.clone();
        let email = self.held.person.email.clone();
        let closed = self.certificates();
        let restriction = self.restriction();
        let end = match leaving {
            Some(day) => view! {
                <p>"Your account is erased on " <b>{day}</b> ". Until then you can keep it."</p>
                <Form action={<KeepAccount as ServerFn>::PATH}>
                    <Submit>"Keep my account"</Submit>
                </Form>
            }
            .into_any(),
            None => view! {
                <p>"You see first what goes, what stays and why, and have thirty days to change your mind."</p>
                <p><a class="button" href="/me/privacy/delete">"Delete my account"</a></p>
            }
            .into_any(),
        };
        view! {
            <Title text="Your data" />
            <div class="reading my-data">
                <div class="page-head">
                    <h1>"Your data"</h1>
                    <p>
                        "Everything that " {self.operator.clone()} " holds about you: " {counted(rows, "row", "rows")}
                        " in " {self.held.sections.len().to_string()} " tables. Nothing on this page is chosen by hand; it follows from the "
                        <a href="/privacy/retention">"list of all data that is kept"</a> "."
                    </p>
                </div>
                <nav aria-label="On this page">
                    <ul class="anchors">
                        <li><a href="#take">"Take it with you"</a></li>
                        <li><a href="#correct">"Correct it"</a></li>
                        <li><a href="#held">"See it"</a></li>
                        <li><a href="#purposes">"What it is used for"</a></li>
                        <li><a href="#restriction">"Restrict its use"</a></li>
                        <li><a href="#delete">"Delete your account"</a></li>
                    </ul>
                </nav>
                <section id="take">
                    <h2>"Take it with you"</h2>
                    <p>
                        "One file with all of it: pages to read, tables as JSON and CSV, a list with a check sum of each file, and a signature. "
                        <a href=super::SCHEMA_PATH>"How the tables are built"</a> " is published."
                    </p>
                    <Form action={<Download as ServerFn>::PATH} key="download" class="form-narrow">
                        <PasswordField name="password" label="Your password" autocomplete="current-password" hint="Asked again, because the file holds everything." />
                        <div class="form-actions"><Submit>"Download my data"</Submit></div>
                    </Form>
                </section>
                <section id="correct">
                    <h2>"Correct it"</h2>
                    <Form action={<ChangeName as ServerFn>::PATH} key="name" class="form-narrow">
                        <TextField name="name" label="Your name" value=name autocomplete="name" required=true />
                        <div class="form-actions"><Submit class="button">"Save name"</Submit></div>
                    </Form>
                    <Form action={<ChangeEmail as ServerFn>::PATH} key="email" class="form-narrow">
                        <TextField name="email" label="E-mail" kind="email" value=email autocomplete="email" required=true hint="A link goes to the new address. It counts once you have opened it." />
                        <PasswordField name="password" label="Your password" autocomplete="current-password" />
                        <div class="form-actions"><Submit class="button">"Send the link"</Submit></div>
                    </Form>
                    <p class="hint">"What stands in the cases of an organisation is corrected by that organisation."</p>
                </section>
                <section id="held">
                    <h2>"See it"</h2>
                    <p class="hint">"In words and in your time zone, without the numbers by which programs find things. The file to take with you has every value as it is stored."</p>
                    {sections}
                    <details class="held">
                        <summary>"Places where nothing is held about you (" {none.len().to_string()} ")"</summary>
                        <ul>{empty}</ul>
                    </details>
                    <details class="held">
                        <summary>"Held and not shown"</summary>
                        <ul>{omitted}</ul>
                    </details>
                </section>
                <section id="purposes">
                    <h2>"What it is used for"</h2>
                    <div class="table-wrap">
                        <table class="table">
                            <thead>
                                <tr><th scope="col">"Purpose"</th><th scope="col">"Legal basis"</th><th scope="col">"Your choice"</th></tr>
                            </thead>
                            <tbody>{purposes}</tbody>
                        </table>
                    </div>
                    <p>"No decision about you is made by software alone. You may complain to the authority that supervises data protection where you live."</p>
                </section>
                {restriction}
                {closed}
                <section id="delete">
                    <h2>"Delete your account"</h2>
                    {end}
                </section>
            </div>
        }
        .into_any()
    }

    fn section(&self, section: &Section) -> AnyView {
        let many = section.rows.len();
        let (columns, empty) = shown::columns(section);
        let head = columns.iter().map(|column| view! { <th scope="col">{column.label}</th> }).collect_view();
        let row = |row: &Vec<String>| {
            let cell = |column: &shown::Column| view! { <td data-label=column.label>{self.said(section, row, column.at)}</td> };
            view! { <tr>{columns.iter().map(cell).collect_view()}</tr> }
        };
        let body = section.rows.iter().rev().take(SHOWN).map(row).collect_view();
        let more = (many > SHOWN)
            .then(|| view! { <p class="hint">"The newest " {SHOWN.to_string()} " of " {many.to_string()} ". The file has them all."</p> });
        let empty = (!empty.is_empty()).then(|| view! { <p class="hint">"Nothing stands under: " {empty.join(", ")} "."</p> });
        let table = (!columns.is_empty()).then(|| {
            view! {
                <div class="table-wrap" tabindex="0" role="region" aria-label=section.title>
                    <table class="table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
                </div>
            }
        });
        view! {
            <details class="held">
                <summary>{section.title} " (" {many.to_string()} ")"</summary>
                <p class="hint">{section.keep}</p>
                {table}
                {empty}
                {more}
            </details>
        }
        .into_any()
    }

    fn said(&self, section: &Section, row: &[String], at: usize) -> AnyView {
        match shown::said(&self.held, &self.me.zone(), section, row, at) {
            Said::Nothing => ().into_any(),
            Said::Words(words) => words.into_any(),
            Said::Moment(at) => view! { <Time iso=at.iso text=at.text /> }.into_any(),
            Said::Day(day) => view! { <Time iso=day.to_string() text=day.shown() /> }.into_any(),
            Said::List(all) => view! { <ul>{all.into_iter().map(|one| view! { <li>{one}</li> }).collect_view()}</ul> }.into_any(),
        }
    }

    fn purpose(&self, purpose: Purpose) -> AnyView {
        let objected = self.objections.iter().any(|key| key == purpose.key());
        let choice = match (purpose.basis(), objection::effect(purpose)) {
            (Basis::LegitimateInterest, Some(effect)) if objected => view! {
                <p><Badge tone=Tone::Info>"You objected"</Badge> " " {effect}</p>
                <Form action={<WithdrawObjection as ServerFn>::PATH} key=format!("withdraw-{}", purpose.key())>
                    <Hidden name="purpose" value=purpose.key() />
                    <Submit class="button small">"Take the objection back"</Submit>
                </Form>
            }
            .into_any(),
            (Basis::LegitimateInterest, Some(effect)) => view! {
                <p>{effect}</p>
                <Form action={<Object as ServerFn>::PATH} key=format!("object-{}", purpose.key())>
                    <Hidden name="purpose" value=purpose.key() />
                    <Submit class="button small">"Object"</Submit>
                </Form>
            }
            .into_any(),
            (Basis::LegitimateInterest, None) => view! {
                "Nothing can be switched off without leaving gaps that everybody else relies on. You can still object; a person then weighs your reasons: "
                <a href="/privacy/request">"make a request"</a>
                "."
            }
            .into_any(),
            (Basis::Consent, _) => view! { "Off until you choose it: " <a href="/privacy/choices">"your choices"</a> "." }.into_any(),
            (Basis::Contract, _) => view! { "Ends when you delete your account." }.into_any(),
            (Basis::LegalObligation, _) => view! { "None; the law asks for it." }.into_any(),
            (Basis::Instruction, _) => view! { "The organisation decides. Ask it." }.into_any(),
            (Basis::None, _) => ().into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="lead">{purpose.label()}</th>
                <td data-label="Legal basis">{purpose.basis().label()}</td>
                <td data-label="Your choice" class="wide">{choice}</td>
            </tr>
        }
        .into_any()
    }

    /// What is restricted and since when, or how to ask for it.
    fn restriction(&self) -> AnyView {
        let zone = self.me.zone();
        let effects = restriction::EFFECTS.into_iter().map(|effect| view! { <li>{effect}</li> }).collect_view();
        let Some(since) = self.restriction.restricted_at else {
            return view! {
                <section id="restriction">
                    <h2>"Restrict its use"</h2>
                    <p>"While you dispute that something is right or lawful, you can have your data kept and otherwise left alone. A person decides on it, and then:"</p>
                    <ul>{effects}</ul>
                    <p><a class="button" href="/privacy/request?kind=restriction&concern=account">"Ask for restriction"</a></p>
                </section>
            }
            .into_any();
        };
        let ends = self.restriction.restriction_ends_at.map(|ends| {
            view! { <p>"The operator ends it on " <b>{zone.show(ends).day}</b> ". You read the reason on the page of your request, and can complain before that day."</p> }
        });
        view! {
            <section id="restriction">
                <h2>"Its use is restricted"</h2>
                <Notice>"Since " <b>{zone.show(since).day}</b> ", as you asked."</Notice>
                {ends}
                <ul>{effects}</ul>
                <Form action={<LiftRestriction as ServerFn>::PATH} key="lift">
                    <Submit class="button">"End the restriction"</Submit>
                </Form>
            </section>
        }
        .into_any()
    }

    fn certificates(&self) -> Option<AnyView> {
        (!self.closed.is_empty()).then(|| {
            let row = |(id, day): &(uuid::Uuid, String)| {
                view! { <li><a href=format!("/me/privacy/certificates/{id}")>"Certificate of " {day.clone()}</a></li> }
            };
            view! {
                <section id="certificates">
                    <h2>"Organisations that you closed"</h2>
                    <p>"They are erased. The certificate says how many rows of what went and what a legal hold keeps, and is signed."</p>
                    <ul>{self.closed.iter().map(row).collect_view()}</ul>
                </section>
            }
            .into_any()
        })
    }
}

/// `/me/privacy/delete`
pub struct DeletePage;

impl DeletePage {
    pub(crate) async fn view() -> AnyView {
        let gathered = async {
            let (visit, me) = (visit()?, Session::require()?);
            let alone = erasure::owned_alone(&visit.state, me.user_id).await?;
            let held = crate::privacy::retention::held_account(&visit.state, me.user_id).await?;
            Ok::<_, Fault>((me, alone, held))
        };
        let (me, alone, held) = match gathered.await {
            Ok(found) => found,
            Err(fault) => return view! { <FaultView fault=fault /> }.into_any(),
        };
        let (goes, stays) = plan();
        let stays = stays.into_iter().map(|(what, why)| view! { <li><b>{what}</b> ": " {why}</li> }).collect_view();
        let act = match (me.leaving_at, held, alone.is_empty()) {
            (Some(_), _, _) => {
                view! { <Notice>"You have asked for it already. " <a href="/me/privacy#delete">"Your data"</a></Notice> }.into_any()
            }
            (None, Some(hold), _) => view! { <Notice tone=Tone::Warning>{hold.sentence()}</Notice> }.into_any(),
            (None, None, false) => {
                let names = alone.join(", ");
                view! {
                    <Notice tone=Tone::Warning>
                        "You are the only owner of " <b>{names}</b> ". First " <a href="/settings/members">"make somebody else an owner"</a> ", or "
                        <a href="/settings/close">"close the organisation"</a> "."
                    </Notice>
                }
                .into_any()
            }
            (None, None, true) => view! {
                <Form action={<DeleteAccount as ServerFn>::PATH} class="form-narrow">
                    <PasswordField name="password" label="Your password" autocomplete="current-password" />
                    <div class="form-actions">
                        <Submit class="button danger">"Delete my account in 30 days"</Submit>
                        <a href="/me/privacy">"Keep it"</a>
                    </div>
                </Form>
            }
            .into_any(),
        };
        view! {
            <Title text="Delete my account" />
            <div class="reading my-data">
                <div class="page-head">
                    <h1>"Delete my account"</h1>
                    <p>"Nothing happens for thirty days, and you can go on working. If you keep the account, it is as if you had never asked. After that it cannot be brought back."</p>
                </div>
                <section class="prose">
                    <h2>"What goes"</h2>
                    <ul>{goes.into_iter().map(|(what, how)| view! { <li><b>{what}</b> ": " {how} "."</li> }).collect_view()}</ul>
                </section>
                <section class="prose">
                    <h2>"What stays, and why"</h2>
                    <ul>
                        {stays}
                        <li><b>"Cases and what you wrote in them"</b> ": They belong to the organisation. Your name there becomes one such as \u{201c}Deleted user 7f3a\u{201d}, so that your work still has one author."</li>
                        <li><b>"Backups"</b> ": They are not changed, and are overwritten in their own time."</li>
                    </ul>
                </section>
                <section class="prose">
                    <p><a href="/me/privacy#take">"Take your data with you"</a> " first, if you want to keep it."</p>
                    {act}
                </section>
            </div>
        }
        .into_any()
    }
}

/// What it is about, and what becomes of it or why.
type Told = Vec<(String, String)>;

/// From the registry: what erasing an account takes away, and what it leaves with which reason.
fn plan() -> (Told, Told) {
    let (mut goes, mut stays, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let of_people = |table: &&'static Table| table.all().any(|f| matches!(f.subject, Subject::User | Subject::Member) && !f.column.author);
    for table in registry::tables().filter(of_people) {
        if table.all().any(|facts| facts.erasure == Erasure::Row) {
            whole.push(table.about);
            continue;
        }
        let mut reasons: Vec<&'static str> = Vec::new();
        for facts in table.all().filter(|facts| facts.personal() && !facts.column.author) {
            match facts.erasure {
                Erasure::Keep(reason) if !reasons.contains(&reason) => reasons.push(reason),
                Erasure::Null | Erasure::Replace(_) => {
                    goes.push((format!("{}, {}", table.about, facts.column.label), facts.erasure.label()))
                }
                Erasure::Shred if reasons.is_empty() => {
                    goes.push((table.about.to_owned(), facts.erasure.label()));
                    break;
                }
                Erasure::Shred => {}
                Erasure::Keep(_) | Erasure::Row | Erasure::Untouched => {}
            }
        }
        stays.extend(reasons.into_iter().map(|reason| (table.about.to_owned(), reason.to_owned())));
    }
    goes.insert(0, ("Deleted as a whole".to_owned(), whole.join("; ")));
    (goes, stays)
}

/// `/settings/close`
pub struct ClosePage;

impl ClosePage {
    pub(crate) async fn view() -> AnyView {
        let scope = match Scope::require(Permission::OrgClose) {
            Ok(scope) => scope,
            Err(fault) => return view! { <FaultView fault=fault /> }.into_any(),
        };
        let held = crate::privacy::retention::held_organisation(&scope.state, scope.actor.org).await.ok().flatten();
        let inside = inside(&scope).await.unwrap_or_default();
        let sentence = match held {
            Some(hold) => Some(format!("{} It can be closed, and is erased once that has ended.", hold.sentence())),
            None if !inside.is_empty() => Some(format!(
                "A legal hold covers {} of its cases and {} accounts in it. That stays until the hold is released, and everything else is erased. It is looked at again on {}.",
                inside.cases(),
                inside.accounts(),
                inside.review_on
            )),
            None => None,
        };
        let held = sentence.map(|sentence| view! { <Notice tone=Tone::Warning>{sentence}</Notice> });
        let open = requests::open_at(&scope.state, scope.actor.org).await.unwrap_or_default();
        let open = (open > 0).then(|| {
            view! {
                <Notice tone=Tone::Warning>
                    {counted(open, "privacy request is open. It is", "privacy requests are open. They are")}
                    " still to be answered in these thirty days, at the " <a href="/desk">"Privacy desk"</a>
                    ". What is not answered by then is erased with the organisation."
                </Notice>
            }
        });
        let act = match scope.actor.closing_at {
            Some(at) => view! {
                <Notice tone=Tone::Warning>
                    "The organisation is being closed. Nothing in it can be changed; privacy requests can be answered. On " <b>{scope.actor.zone.show(at).day}</b> " it is erased."
                </Notice>
                <p><a class="button" href="/settings/export">"Take everything along"</a></p>
                <Form action={<KeepOrganisation as ServerFn>::PATH}>
                    <Submit>"Keep the organisation open"</Submit>
                </Form>
            }
            .into_any(),
            None => view! {
                <div class="prose">
                    <ol>
                        <li>"At once: everybody can still read and export everything, and nobody can change anything. Every member is told by mail."</li>
                        <li>"For thirty days: any owner can keep the organisation open with one click."</li>
                        <li>"After that: every row of it is erased, and you get a signed certificate of how many rows of what went."</li>
                    </ol>
                    <p><a href="/settings/export">"Take everything along"</a> " first, or within these thirty days."</p>
                </div>
                <Form action={<CloseOrganisation as ServerFn>::PATH} class="form-narrow">
                    <PasswordField name="password" label="Your password" autocomplete="current-password" />
                    <div class="form-actions"><Submit class="button danger">"Close the organisation"</Submit></div>
                </Form>
            }
            .into_any(),
        };
        view! {
            <Title text="Close the organisation" />
            <Split current="/settings/close">
                <div class="page-head"><h1>"Close the organisation"</h1></div>
                {held}
                {open}
                {act}
            </Split>
        }
        .into_any()
    }
}

/// What is held in the organisation.
async fn inside(scope: &Scope) -> Answer<crate::privacy::retention::HeldInside> {
    crate::privacy::retention::held_inside(scope.begin().await?.raw()).await
}
