//! What each column of the file becomes.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};

use super::{
    api::{CheckImport, ColumnView, ImportView, WordView},
    asked::Asked,
    model::{Existing, Target},
};
use crate::{
    cases::CaseType,
    ids::{Id, kinds},
    ui::{CheckField, Complaint, Empty, FileField, Form, FormState, Hidden, Notice, SelectField, Submit, TextField, Tone},
};

/// The case type, and a choice for every column.
#[component]
pub(super) fn Columns(view: ImportView) -> impl IntoView {
    let chosen = view.types.iter().find(|t| Some(t.id) == view.case_type).or(view.types.first()).cloned();
    let Some(chosen) = chosen else {
        return Either::Left(view! {
            <Empty icon="cases" title="No case types yet" text="An imported case needs a type, which says through which states it moves.">
                <a class="button primary" href="/settings/case-types">
                    "Choose case types"
                </a>
            </Empty>
        });
    };
    let several = view.columns.iter().any(|column| Target::parse(&column.becomes) == Target::Type);
    let others = view.types.iter().filter(|t| several && t.id != chosen.id).cloned();
    let offered: Vec<CaseType> = std::iter::once(chosen.clone()).chain(others).collect();
    let (id, delimiter, types) = (view.summary.id, view.delimiter.clone(), view.types.clone());
    let (columns, left_out, matched) = (view.columns.clone(), view.left_out.clone(), view.matched);
    let (heading_line, above, asked) = (view.heading_line, view.above.clone(), view.questions.clone());
    Either::Right(view! {
        <Form action={<CheckImport as ServerFn>::PATH}>
            <Hidden name="id" value=id.to_string() />
            // What Enter presses in a text field.
            <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                "Try it out"
            </button>
            <Separator delimiter=delimiter heading_line=heading_line above=above />
            <TypeChoice types=types chosen=chosen.key.clone() />
            <Questions view=view states=states_of(&offered) />
            <Asked questions=asked />
            <LeftOut columns=columns.clone() headings=left_out matched=matched />
            <Table columns=columns types=offered />
            <div class="form-actions">
                <Submit>"Try it out"</Submit>
                <a class="button quiet" href="/settings/import">
                    "Back"
                </a>
            </div>
        </Form>
        <AsFile id=id matched=matched />
    })
}

/// The states to choose from, those of one key once.
fn states_of(types: &[CaseType]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for state in types.iter().flat_map(|t| &t.states) {
        if !all.iter().any(|(key, _)| *key == state.key) {
            all.push((state.key.clone(), state.name.clone()));
        }
    }
    all
}

/// What a file cannot tell by itself: from which system it is, which column is the id if that is not clear, what its words
/// for states mean, and what becomes of cases that are here.
#[component]
fn Questions(view: ImportView, states: Vec<(String, String)>) -> impl IntoView {
    let known = view.columns.iter().any(|column| matches!(Target::parse(&column.becomes), Target::CaseId | Target::Number));
    let case_column = (!known || view.without_id).then(|| view! { <CaseColumn columns=view.columns.clone() without_id=view.without_id /> });
    let words = view.words.into_iter().enumerate().map(|(at, word)| view! { <Word at=at word=word states=states.clone() /> });
    let words: Vec<_> = words.collect();
    let words = (!words.is_empty()).then(|| {
        view! {
            <fieldset class="stack">
                <legend>"States in the file"</legend>
                <p class="hint">"What is likely is chosen already. Rows whose state means nothing here are left out."</p>
                {words}
            </fieldset>
        }
    });
    let same = view.asks_same.then(|| {
        view! {
            <CheckField name="same" checked=view.confirmed>
                "The ids are those of the same cases, even where title and date differ"
            </CheckField>
        }
    });
    let existing = [
        (Existing::Update, "Bring up to date what nobody has changed here"),
        (Existing::Keep, "Leave them as they are and add only new entries"),
    ];
    let existing = existing.map(|(choice, words)| (choice.key().to_owned(), words.to_owned())).to_vec();
    view! {
        <div class="stack import-questions">
            {case_column}
            <TextField
                name="source"
                label="The system that the file comes from"
                hint="Such as the program that it was exported from. Two systems can give the same id to different cases, so ids are kept apart by this name."
                value=view.source
                proposals=view.sources
                autocomplete="off"
            />
            {same}
            <SelectField name="existing" label="Cases that are here already" options=existing value=view.existing.key() />
            {words}
        </div>
    }
}

#[component]
fn CaseColumn(columns: Vec<ColumnView>, without_id: bool) -> impl IntoView {
    let mut options = vec![(String::new(), "Choose, or say it in the table below".to_owned())];
    options.extend(columns.into_iter().filter(|column| column.filled).map(|column| (column.at.to_string(), column.name)));
    options.push(("none".to_owned(), "None: each row is a case of its own".to_owned()));
    view! {
        <SelectField
            name="case_column"
            label="Which column says to which case a row belongs?"
            hint="Rows with the same id become one case. Without an id, the same row is known again by what it says."
            options=options
            value=if without_id { "none" } else { "" }
        />
    }
}

#[component]
fn Word(at: usize, word: WordView, states: Vec<(String, String)>) -> impl IntoView {
    let unknown = word.means.is_empty();
    let states = states.into_iter().map(|(key, name)| {
        let words = if unknown && key == word.likely { format!("{name} (likely)") } else { name };
        (key, words)
    });
    let options = std::iter::once((String::new(), "Not said: leave these rows out".to_owned())).chain(states).collect();
    let chosen = if unknown { word.likely } else { word.means };
    view! {
        <Hidden name=format!("words[{at}]") value=word.word.clone() />
        <SelectField name=format!("states[{at}]") label=format!("\u{201c}{}\u{201d} means", word.word) options=options value=chosen />
    }
}

/// The columns as they are chosen in this form now.
fn as_chosen(columns: Vec<ColumnView>) -> Vec<ColumnView> {
    let state = FormState::here();
    let chosen = |mut column: ColumnView| {
        let becomes = state.value(&format!("columns[{}]", column.at), column.becomes.clone());
        if becomes != column.becomes {
            column.why = String::new();
        }
        ColumnView { becomes, ..column }
    };
    columns.into_iter().map(chosen).collect()
}

/// How much was matched without anybody, and what will not be stored, before and after it is tried out.
#[component]
fn LeftOut(columns: Vec<ColumnView>, headings: Vec<String>, matched: bool) -> impl IntoView {
    let is_skipped = |column: &ColumnView| Target::parse(&column.becomes) == Target::Skip;
    let before: Vec<String> = columns.iter().filter(|column| is_skipped(column)).map(|column| column.name.clone()).collect();
    let columns = as_chosen(columns);
    let found = (!matched).then(|| {
        let found = columns.iter().filter(|column| !is_skipped(column)).count();
        let text = format!(
            "{found} of {} columns were matched by their headings and by what stands in them. Look through the rest.",
            columns.len()
        );
        view! { <Notice><p>{text}</p></Notice> }
    });
    let is_lost =
        |column: &&ColumnView| is_skipped(column) && column.filled && (headings.contains(&column.name) || !before.contains(&column.name));
    let headings: Vec<&str> = columns.iter().filter(is_lost).map(|column| column.name.as_str()).collect();
    let lost = (!headings.is_empty()).then(|| {
        let text =
            format!("These columns become nothing and will not be stored: {}. Match those that you need below.", headings.join(", "));
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    (found, lost)
}

/// The answers as a file, for the next time and for the command line. They are those that were stored last.
#[component]
fn AsFile(id: Id<kinds::Import>, matched: bool) -> impl IntoView {
    view! {
        <Form action=format!("/settings/import/{id}/mapping") files=true>
            <SavedAnswers id=id matched=matched />
        </Form>
    }
}

#[component]
fn SavedAnswers(id: Id<kinds::Import>, matched: bool) -> impl IntoView {
    let download = if matched {
        Either::Left(view! {
            <p class="hint">"As they were when the file was last tried out or read again, without what was chosen above since then."</p>
            <p>
                <a class="button small" href=format!("/settings/import/{id}/mapping.json") download rel="external">
                    "Download the stored answers as a file"
                </a>
            </p>
        })
    } else {
        Either::Right(view! { <p class="hint">"Once the file was tried out, the answers can be downloaded here."</p> })
    };
    view! {
        <details class="import-again" open=FormState::here().fault().is_some()>
            <summary>"Save the answers, or use saved ones"</summary>
            <div class="stack">
                {download}
                <FileField name="mapping" label="A file of saved answers" hint="It was downloaded from an import, or saved by whoever imports on the server." />
                <div class="form-actions">
                    <button class="button small" type="submit">
                        "Use these answers"
                    </button>
                </div>
            </div>
        </details>
    }
}

/// Another type has other fields, so choosing one brings the form again with its fields, and with what was answered.
#[component]
fn TypeChoice(types: Vec<CaseType>, chosen: String) -> impl IntoView {
    let state = FormState::here();
    let id = state.id("case_type");
    let asked = state.value("case_type", chosen.clone());
    let options = types
        .into_iter()
        .map(|t| {
            let selected = t.key == asked;
            view! { <option value=t.key selected=selected>{t.name}</option> }
        })
        .collect_view();
    view! {
        <div class="row import-type">
            <Hidden name="shown_type" value=chosen />
            <label for=id.clone()>"The rows become cases of the type"</label>
            <select id=id name="case_type" data-submits>
                {options}
            </select>
            <button class="button small unscripted" type="submit">"Use this type"</button>
        </div>
    }
}

/// What separates the columns and where the headings are was found out; where that went wrong, the person says it, and the
/// file is read again as it lies here.
#[component]
fn Separator(delimiter: String, heading_line: u64, above: Vec<String>) -> impl IntoView {
    let hint = if above.is_empty() {
        "The first line of the file is 1. Change it if the columns below are not those of your file.".to_owned()
    } else {
        format!("Above it is left out: {}. Change the line if that is wrong.", above.join(" / "))
    };
    view! {
        <div class="import-separator">
            <TextField
                name="delimiter"
                label="Columns are separated by"
                hint="One sign, or the word tab. Change it if the columns below are not those of your file."
                value=delimiter
                autocomplete="off"
                class="short"
            />
            <TextField name="heading_line" label="Headings are on line" hint=hint value=heading_line.to_string() autocomplete="off" class="short" />
            <Submit class="button small" name="again" value="yes">"Read the file again"</Submit>
        </div>
    }
}

#[component]
fn Table(columns: Vec<ColumnView>, types: Vec<CaseType>) -> impl IntoView {
    let state = FormState::here();
    let complaint = state.complaint("columns");
    // Columns that are not the file's own, in front of it, become nothing.
    let front = columns.first().map_or(0, |column| column.at);
    let front = (0..front).map(|at| view! { <Hidden name=format!("columns[{at}]") value=Target::Skip.key() /> }).collect_view();
    let rows = as_chosen(columns).into_iter().map(|column| view! { <Line column=column types=types.clone() /> }).collect_view();
    view! {
        {front}
        <div id=state.id("columns") tabindex="-1">
            <Complaint id="columns-error" text=complaint />
        </div>
        <div class="table-wrap" data-wide>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Column in the file"</th>
                        <th scope="col">"First values"</th>
                        <th scope="col">"Becomes"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(column: ColumnView, types: Vec<CaseType>) -> impl IntoView {
    let state = FormState::here();
    let name = format!("columns[{}]", column.at);
    let (id, error_id) = (state.id(&name), format!("{}-error", state.id(&name)));
    let becomes = state.value(&name, column.becomes);
    let complaint = state.complaint(&name);
    let is_wrong = complaint.is_some();
    view! {
        <tr>
            <th scope="row" class="lead" data-label="Column">
                <label for=id.clone()>
                    <code>{column.name}</code>
                </label>
            </th>
            <td class="muted wide" data-label="First values">
                {column.sample.join(", ")}
            </td>
            <td data-label="Becomes">
                <select
                    id=id
                    name=name
                    aria-invalid=is_wrong.then_some("true")
                    aria-describedby=is_wrong.then(|| error_id.clone())
                >
                    <Targets chosen=becomes types=types />
                </select>
                <Complaint id=error_id text=complaint />
            </td>
            <td class="muted" data-label="Why">{column.why}</td>
        </tr>
    }
}

/// Everything that a column can become, in groups. A field that several types have is offered once.
#[component]
fn Targets(chosen: String, types: Vec<CaseType>) -> impl IntoView {
    let fixed = |of_entry: bool| {
        Target::FIXED
            .into_iter()
            .filter(|target| *target != Target::Skip && target.is_of_entry() == of_entry)
            .map(|target| (target.key(), target.label().to_owned()))
            .collect::<Vec<_>>()
    };
    let mut groups = vec![("The case".to_owned(), fixed(false))];
    for case_type in types {
        let fields = case_type.fields.into_iter().map(|field| (Target::Field(field.key).key(), field.label));
        let fields = fields.filter(|(key, _)| !groups.iter().any(|(_, known)| known.iter().any(|(other, _)| other == key))).collect();
        groups.push((case_type.name, fields));
    }
    groups.push(("What happened in it".to_owned(), fixed(true)));
    let skipped = chosen == Target::Skip.key();
    let groups = groups
        .into_iter()
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(label, targets)| {
            let options = targets
                .into_iter()
                .map(|(key, words)| {
                    let selected = key == chosen;
                    view! { <option value=key selected=selected>{words}</option> }
                })
                .collect_view();
            view! { <optgroup label=label>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <option value=Target::Skip.key() selected=skipped>
            {Target::Skip.label()}
        </option>
        {groups}
    }
}
