//! Cases as rows of a table. They are written as text: fifty rows of seven cells, built as views, were a third of what a
//! list cost the server. What they are drawn with is the design system's own; a test keeps the two alike.

use leptos::prelude::*;

use super::{
    api::CaseRow,
    model::{Due, Priority},
};
use crate::{
    server::http::escape,
    ui::{Overdue, Time, drawing},
};

/// The body of a table of cases, with the columns named.
pub(super) fn body(rows: &[CaseRow], columns: &[impl AsRef<str>]) -> AnyView {
    let lines: String = rows.iter().map(|row| line(row, columns)).collect();
    view! { <tbody inner_html=lines></tbody> }.into_any()
}

fn line(row: &CaseRow, columns: &[impl AsRef<str>]) -> String {
    let href = format!("/cases/{}", escape(&row.number));
    let cells: String = columns.iter().map(|column| cell(column.as_ref(), row, &href)).collect();
    format!("<tr data-row-href=\"{href}\">{cells}</tr>")
}

fn cell(column: &str, row: &CaseRow, href: &str) -> String {
    match column {
        "number" => format!("<td class=\"number\">{}</td>", escape(&row.number)),
        "type" => format!("<td>{}</td>", escape(&row.case_type)),
        "state" => format!("<td><span data-kind=\"{}\" class=\"state\">{}</span></td>", row.kind.key(), escape(&row.state)),
        "assignee" if row.assignee.is_empty() => format!("<td class=\"nowrap\"><span class=\"muted\">{NOBODY}</span></td>"),
        "assignee" => format!("<td class=\"nowrap\">{}</td>", escape(&row.assignee)),
        // What comes as it comes needs no word: only what stands out does.
        "priority" if row.priority == Priority::Normal => "<td></td>".to_owned(),
        "priority" => {
            let (level, label) = (row.priority.key(), row.priority.label());
            format!("<td><span data-level=\"{level}\" class=\"priority\">{label}</span></td>")
        }
        "due" => match &row.due {
            Some(Due { on, late: false }) => format!("<td class=\"nowrap\" data-label=\"Due\">{}</td>", time(&on.to_string(), &on.shown())),
            Some(Due { on, late: true }) => format!(
                "<td class=\"nowrap\" data-label=\"Due\"><span class=\"overdue\">{}<span class=\"visually-hidden\">{LATE}</span></span></td>",
                time(&on.to_string(), &on.shown())
            ),
            None => "<td class=\"nowrap\"></td>".to_owned(),
        },
        "opened" => format!("<td class=\"nowrap\" data-label=\"Opened\">{}</td>", time(&row.opened.input, &row.opened.day)),
        "updated" => format!("<td class=\"nowrap\" data-label=\"Changed\">{}</td>", time(&row.updated.iso, &row.updated.text)),
        "channel" => format!("<td>{}</td>", escape(&row.channel)),
        _ => {
            let lock = if row.restricted { lock() } else { String::new() };
            format!("<th scope=\"row\" class=\"lead\"><a href=\"{href}\">{}</a>{lock}</th>", escape(&row.title))
        }
    }
}

const NOBODY: &str = "Nobody";
const LATE: &str = ", late";

/// Both are the server's own writing: nothing in them to escape.
pub(super) fn time(iso: &str, text: &str) -> String {
    format!("<time datetime=\"{iso}\">{text}</time>")
}

fn lock() -> String {
    format!(" <span class=\"muted\">{}<span class=\"visually-hidden\">Restricted</span></span>", drawing("lock"))
}

/// A due date, marked when it has passed.
pub(super) fn deadline(due: Due) -> AnyView {
    let time = view! { <Time iso=due.on.to_string() text=due.on.shown() /> };
    if due.late { view! { <Overdue>{time}<span class="visually-hidden">{LATE}</span></Overdue> }.into_any() } else { time.into_any() }
}

/// Who works on it, or nobody.
pub(super) fn who(name: &str) -> AnyView {
    if name.is_empty() { view! { <span class="muted">{NOBODY}</span> }.into_any() } else { name.to_owned().into_any() }
}

#[cfg(test)]
mod tests {
    use leptos::reactive::owner::Owner;

    use super::*;
    use crate::{
        cases::{filter::COLUMNS, model::StateKind},
        day::Day,
        server::time::Zone,
        ui,
    };

    fn case() -> CaseRow {
        let at = Zone::utc().show(crate::clock::Instant(1_760_000_000_000_000));
        CaseRow {
            number: "LA-2026-00001".into(),
            title: "<script>\"Roof\" & gutter</script>".into(),
            case_type: "a<b".into(),
            state: "c<d".into(),
            kind: StateKind::Waiting,
            assignee: "e<f".into(),
            priority: Priority::Urgent,
            due: Some(Due { on: Day::LAST, late: true }),
            opened: at.clone(),
            updated: at,
            channel: "g<h".into(),
            tags: Vec::new(),
            restricted: true,
        }
    }

    #[test]
    fn what_people_wrote_is_text_in_every_column() {
        let row = Owner::new().with(|| line(&case(), &COLUMNS.map(|(key, _)| key)));
        assert!(!row.contains("<script") && row.contains("&lt;script&gt;&quot;Roof&quot; &amp; gutter"), "{row}");
        for text in ["a&lt;b", "c&lt;d", "e&lt;f", "g&lt;h"] {
            assert_eq!(row.matches(text).count(), 1, "{text} in {row}");
        }
    }

    #[test]
    fn a_row_is_drawn_with_the_design_system() {
        Owner::new().with(|| {
            let plain = |view: AnyView| view.to_html().replace("<!>", "");
            let case = case();
            let at = case.opened.clone();
            for (column, drawn) in [
                ("state", plain(view! { <ui::State kind="waiting" label="c<d" /> }.into_any())),
                ("priority", plain(view! { <ui::Priority level="urgent" label="Urgent" /> }.into_any())),
                ("due", plain(deadline(Due { on: Day::LAST, late: true }))),
                ("opened", plain(view! { <Time iso=at.input text=at.day /> }.into_any())),
            ] {
                let cell = cell(column, &case, "");
                assert!(cell.contains(&drawn), "{column}: {drawn} in {cell}");
            }
            let nobody = CaseRow { assignee: String::new(), ..case };
            assert!(cell("assignee", &nobody, "").contains(&plain(who(""))));
        });
    }
}
