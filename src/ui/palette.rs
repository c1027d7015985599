use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys};

use super::Icon;

/// Somewhere to go, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub label: String,
    pub href: String,
    pub icon: String,
}

impl Command {
    /// All as a page carries them: a line each, icon, address and name. As JSON they were a tenth of the case's page.
    pub fn lines(commands: &[Self]) -> String {
        commands.iter().map(|command| format!("{} {} {}\n", command.icon, command.href, command.label)).collect()
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ').map(str::to_owned);
        Some(Self { icon: parts.next()?, href: parts.next()?, label: parts.next()? })
    }
}

/// The command palette (Ctrl K): type part of a name, press Enter, be there.
/// The same places are all links elsewhere; this is a short cut, not a road.
/// Whatever carries `data-opens="palette"` opens it.
#[island]
pub fn Palette(
    /// The places, as [`Command::lines`] writes them.
    commands: String,
) -> impl IntoView {
    let commands: Vec<Command> = commands.lines().filter_map(Command::of_line).collect();
    let node = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    // Until the page is alive nobody can open it, so its places are not in the page twice.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let found = Memo::new(move |_| if alive.get() { query.with(|query| find(&commands, query)) } else { Vec::new() });

    // However it was left, it opens empty.
    let reset = move |_| {
        query.set(String::new());
        chosen.set(0);
    };
    let leave = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let go = move || {
        if let Some(link) = document().get_element_by_id(&option_id(chosen.get_untracked())) {
            link.unchecked_into::<web_sys::HtmlElement>().click();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => chosen.update(|at| *at = at.checked_sub(1).unwrap_or(last)),
            "Enter" => go(),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(index, command): (usize, Command)| {
        view! {
            <a
                role="option"
                id=option_id(index)
                href=command.href
                tabindex="-1"
                aria-selected=move || (chosen.get() == index).to_string()
                on:click=move |_| leave()
            >
                <Icon name=command.icon />
                {command.label}
            </a>
        }
    };
    view! {
        <dialog id="palette" class="dialog palette" node_ref=node aria-label="Go to" on:close=reset>
            <input
                type="text"
                role="combobox"
                aria-label="Go to"
                aria-controls="palette-options"
                aria-expanded="true"
                aria-activedescendant=move || option_id(chosen.get())
                autocomplete="off"
                spellcheck="false"
                placeholder="Go to"
                prop:value=query
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=on_key
            />
            <div role="listbox" id="palette-options" aria-label="Places">
                {move || found.get().into_iter().enumerate().map(option).collect_view()}
            </div>
            {move || (alive.get() && found.with(Vec::is_empty)).then(|| view! { <p role="status">"Nothing is called that."</p> })}
        </dialog>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-option-{index}")
}

/// The commands that fit, the best first; in their own order where equal.
fn find(commands: &[Command], query: &str) -> Vec<Command> {
    let query = query.trim().to_lowercase();
    let mut ranked: Vec<_> =
        commands.iter().filter_map(|command| rank(&command.label.to_lowercase(), &query).map(|rank| (rank, command))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, command)| command.clone()).collect()
}

/// How well a name fits what was typed: from the start, from the start of a
/// word, anywhere, or with its letters in this order. None if it does not.
fn rank(label: &str, query: &str) -> Option<u8> {
    if label.starts_with(query) {
        Some(0)
    } else if label.split_whitespace().any(|word| word.starts_with(query)) {
        Some(1)
    } else if label.contains(query) {
        Some(2)
    } else {
        let mut letters = label.chars();
        query.chars().all(|wanted| letters.any(|letter| letter == wanted)).then_some(3)
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, rank};

    #[test]
    fn a_page_carries_its_places_whole() {
        let place = |label: &str| Command { label: label.into(), href: "/me?x=a%20b".into(), icon: "person".into() };
        let all = vec![place("My account"), place("A")];
        let carried: Vec<_> = Command::lines(&all).lines().filter_map(Command::of_line).collect();
        assert_eq!(carried, all);
        assert_eq!(Command::of_line("person /me"), None);
    }

    #[test]
    fn the_nearest_name_comes_first() {
        assert_eq!(rank("settings", "set"), Some(0));
        assert_eq!(rank("my settings", "set"), Some(1));
        assert_eq!(rank("reset password", "set"), Some(2));
        assert_eq!(rank("case types", "cty"), Some(3));
        assert_eq!(rank("people", "set"), None);
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert_eq!(rank("people", ""), Some(0));
    }
}
