//! The house rules that a compiler does not check: which way the arrows point, that they come back nowhere, where `cfg` may stand, how long a file
//! may be, and that every server function begins with who may call it.

mod graph;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const FEATURES: [&str; 6] = ["accounts", "audit", "cases", "import", "privacy", "settings"];

/// Every source file, with its text.
pub fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                into.push((path, text));
            }
        }
    }
    let mut all = Vec::new();
    walk(Path::new("src"), &mut all);
    assert!(all.len() > 80);
    all
}

/// Those of the product, without its tests.
pub fn product() -> impl Iterator<Item = (PathBuf, String)> {
    fn is_of_tests(path: &Path) -> bool {
        let mut parts = path.iter().map(|part| part.to_string_lossy());
        parts.any(|part| part == "tests" || part.ends_with("tests.rs") || part == "testing.rs")
    }
    sources().into_iter().filter(|(path, _)| !is_of_tests(path))
}

/// The floors of the house: an arrow leads down, or stays within a room. Rooms of one floor do not know each other, except
/// that features may.
fn floor(room: &str) -> u8 {
    match room {
        "ui" | "server" => 1,
        "audit" => 2,
        "accounts" | "cases" | "import" | "privacy" | "settings" => 3,
        "app.rs" | "app" | "command" | "features.rs" | "lib.rs" | "main.rs" => 4,
        _ => 0,
    }
}

/// Arrows that lead up or across, by room. The list only ever shrinks: it says exactly how many there are.
const UPWARD: &[(&str, &str, usize)] = &[
    ("audit", "accounts", 8),
    ("audit", "cases", 3),
    ("audit", "privacy", 1),
    ("audit", "settings", 1),
    ("server", "accounts", 3),
    ("server", "privacy", 6),
    ("server", "ui", 3),
];

/// Files that lie in circles, by folder. The list only ever shrinks as well.
const CIRCLED: &[(&str, usize)] = &[
    ("accounts", 10),
    ("accounts/store", 4),
    ("audit", 6),
    ("audit/verify", 3),
    ("cases", 16),
    ("cases/read", 1),
    ("import", 24),
    ("privacy/consent", 4),
    ("privacy/mine", 5),
    ("privacy/requests", 25),
    ("server", 1),
    ("server/db", 3),
    ("server/http", 1),
    ("settings", 2),
    ("ui/live", 6),
];

fn crate_as_it_is() -> graph::Modules {
    let below = |path: &Path| path.strip_prefix("src").unwrap().to_string_lossy().into_owned();
    graph::Modules::read(&sources().into_iter().map(|(path, text)| (below(&path), text)).collect())
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or_default()
}

#[test]
fn the_arrows_point_one_way() {
    let mut upward = BTreeMap::<(String, String), Vec<String>>::new();
    for (from, to) in crate_as_it_is().arrows().iter().flat_map(|(from, into)| into.iter().map(move |to| (from, to))) {
        let (here, there) = (floor(room(from)), floor(room(to)));
        if room(from) != room(to) && (there > here || (there == here && matches!(here, 1 | 2))) {
            upward.entry((room(from).to_owned(), room(to).to_owned())).or_default().push(format!("{from} -> {to}"));
        }
    }
    let found: Vec<(&str, &str, usize)> = upward.iter().map(|((from, to), arrows)| (&**from, &**to, arrows.len())).collect();
    assert_eq!(found, UPWARD, "{upward:#?}");
}

#[test]
fn no_file_leads_back_to_itself() {
    let mut circled = BTreeMap::<String, usize>::new();
    let circles = graph::circles(&crate_as_it_is().arrows());
    for file in circles.iter().flatten() {
        let folder = file.rsplit_once('/').map_or(".", |(folder, _)| folder);
        *circled.entry(folder.to_owned()).or_default() += 1;
    }
    let found: Vec<(&str, usize)> = circled.iter().map(|(folder, files)| (&**folder, *files)).collect();
    assert_eq!(found, CIRCLED, "{circles:#?}");
}

#[test]
fn a_store_serves_its_own_feature_and_a_model_knows_no_machinery() {
    let mut wrong = Vec::new();
    for (path, text) in product() {
        // What prose names is no arrow.
        let text: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).fold(String::new(), |all, l| all + l + "\n");
        let place = path.strip_prefix("src").unwrap().to_string_lossy().into_owned();
        for feature in FEATURES {
            if room(&place) != feature && text.contains(&format!("crate::{feature}::store::")) {
                wrong.push(format!("{place} reaches into the store of {feature}"));
            }
        }
        if place.ends_with("model.rs") && (text.contains("use leptos") || text.contains("crate::server")) {
            wrong.push(format!("{place} is a model and knows machinery"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_stands_where_the_organisation_is_bound() {
    for (path, text) in product().filter(|(p, _)| !p.starts_with("src/server/db")) {
        assert!(!text.contains("AssertSqlSafe") && !text.contains("sqlx::query"), "{} runs SQL past `Query`", path.display());
    }
}

#[test]
fn cfg_stands_on_modules_and_derives_only() {
    for (path, text) in product() {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let inside_function = line.starts_with("        ") && line.trim_start().starts_with("#[cfg(feature");
            assert!(
                !inside_function && !line.contains("cfg!(feature") && !line.contains("cfg!(target"),
                "{}:{} has a cfg inside a function",
                path.display(),
                number + 1
            );
        }
    }
}

#[test]
fn nothing_rendered_is_bound_to_a_thread() {
    // A page begins on one thread of the server and is dropped on another: what is bound to the first panics there.
    for (path, text) in product() {
        for bound in ["new_local(", "LocalStorage>", "LocalResource", "SendWrapper"] {
            assert!(!text.contains(bound), "{} has {bound}", path.display());
        }
    }
}

/// Where a transaction begins that is nobody's who is signed in, and for whom it is instead.
const UNATTENDED: &[(&str, &str)] = &[
    ("accounts/mending.rs", "the command line"),
    ("accounts/membership.rs", "whoever holds an invitation"),
    ("accounts/operator.rs", "the command line"),
    ("accounts/scope.rs", "it reads the authority again"),
    ("accounts/session.rs", "it reads the session again"),
    ("accounts/sign.rs", "whoever signs up, in or out, or holds a link"),
    ("accounts/store/sessions.rs", "whoever has just proved who they are"),
    ("accounts/throttle.rs", "the count of attempts"),
    ("audit/", "the record itself, its checkpoints, and its verification"),
    ("cases/rendering.rs", "a job of the machine"),
    ("cases/store.rs", "the command line"),
    ("import/run.rs", "a job whose member may not go on"),
    ("privacy/archive/command.rs", "the command line"),
    ("privacy/archive/job.rs", "a job whose member may not go on"),
    ("privacy/archive/restore.rs", "the command line"),
    ("import/abandoned.rs", "what an upload left unfinished"),
    ("privacy/consent/", "anybody, about their own browser"),
    ("privacy/mine/closing.rs", "the daily erasure"),
    ("privacy/mine/deletion.rs", "a request that was granted"),
    ("privacy/mine/erasure.rs", "the daily erasure"),
    ("privacy/mine/held.rs", "a package that a job makes"),
    ("privacy/mine/restriction.rs", "a day that has come"),
    ("privacy/policy/publish.rs", "the command line"),
    ("privacy/requests/alerts.rs", "a day that has come"),
    ("privacy/requests/answers.rs", "whoever holds a link, and a day that has come"),
    ("privacy/requests/appeals.rs", "whoever holds a link"),
    ("privacy/requests/carry_out.rs", "a request that was granted"),
    ("privacy/requests/receive.rs", "anybody, about their own rights"),
    ("privacy/requests/requester.rs", "whoever holds a link"),
    ("privacy/retention/", "the daily run and the command line"),
    ("privacy/selftest/", "a person made for the self-test"),
    ("privacy/trust/register.rs", "the start of the program"),
    ("server/", "the machine"),
];

#[test]
fn whoever_is_signed_in_acts_only_in_a_transaction_that_reads_their_authority_again() {
    for (path, text) in product() {
        let place = path.strip_prefix("src").unwrap().to_string_lossy().into_owned();
        let begins = text.split("#[cfg(test)]").next().unwrap_or_default().contains("db.begin");
        let known = UNATTENDED.iter().any(|(known, _)| place.starts_with(known));
        assert!(!begins || known, "{place} begins a transaction: begin it with a `Scope` or a `Session`, or say for whom it is");
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn nothing_is_styled_inline_and_only_sanitised_html_is_set() {
    for (path, text) in product() {
        let place = path.to_string_lossy().into_owned();
        assert!(!text.contains(" style="), "{place} styles inline");
        // Entries and rows are written as text, and tests of theirs look at every piece that somebody wrote.
        let written = ["cases/entry.rs", "cases/row.rs"].iter().any(|known| place.ends_with(known));
        assert!(!text.contains("inner_html") || written, "{place} sets HTML");
        // These hold nothing that anybody wrote.
        let fixed = ["ui/about.rs", "ui/icon.rs", "ui/shortcuts.rs"].iter().any(|known| place.ends_with(known));
        assert!(!text.contains("InertElement") || fixed, "{place} sets HTML");
    }
}

#[test]
fn every_server_function_begins_with_who_may_call_it() {
    let mut seen = 0;
    for (path, text) in sources().into_iter().filter(|(p, _)| p.ends_with("api.rs") && !p.starts_with("src/server")) {
        for function in text.split("\n#[server(").skip(1) {
            seen += 1;
            let body =
                function.split_once(") -> Answer<").map(|(_, rest)| rest.split("\n}").next().unwrap_or_default()).unwrap_or_default();
            // Accounts decide by session or by link, which their own module checks first; the matrix holds them to it.
            let decided =
                ["Scope::require(", "Scope::require_operator(", "Session::require(", "anybody()?"].iter().any(|who| body.contains(who))
                    || path.starts_with("src/accounts");
            assert!(decided, "{}: {}", path.display(), function.lines().take(3).collect::<Vec<_>>().join(" "));
        }
    }
    assert!(seen > 40, "{seen}");
}
