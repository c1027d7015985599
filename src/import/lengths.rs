//! Texts that are longer than what they become: shortened with all of it kept elsewhere, or split.

/// Characters of the longest entry.
const ENTRY: usize = 50_000;
/// Room for what says which part it is.
const NUMBERED: usize = 20;

/// The beginning of a line that is too long, cut between words; nothing where it fits.
pub(super) fn shortened(line: &str, most: usize) -> Option<String> {
    if line.chars().count() <= most {
        return None;
    }
    let cut: String = line.chars().take(most - 1).collect();
    let words = cut.rfind(char::is_whitespace).filter(|at| *at > cut.len() / 2).and_then(|at| cut.get(..at)).unwrap_or(&cut);
    Some(format!("{}\u{2026}", words.trim_end()))
}

/// A text as entries that can be stored: one, or several of which each says which it is. They are cut between paragraphs,
/// else between words.
pub(super) fn parts(text: &str) -> Vec<String> {
    if text.chars().count() <= ENTRY {
        return vec![text.to_owned()];
    }
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let end = rest.char_indices().nth(ENTRY - NUMBERED).map_or(rest.len(), |(at, _)| at);
        let room = rest.get(..end).unwrap_or(rest);
        let late = |at: &usize| *at > room.len() / 2;
        let cut = if end == rest.len() {
            end
        } else {
            room.rfind("\n\n").filter(late).or_else(|| room.rfind(char::is_whitespace).filter(late)).unwrap_or(end)
        };
        let (part, behind) = rest.split_at(cut);
        parts.push(part.trim().to_owned());
        rest = behind.trim_start();
    }
    let all = parts.len();
    parts.iter().zip(1..).map(|(part, nth)| format!("({nth}/{all})\n{part}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_between_words() {
        assert_eq!(shortened("short", 10), None);
        assert_eq!(shortened("one two three", 10).as_deref(), Some("one two\u{2026}"));
        assert_eq!(shortened(&"\u{e9}".repeat(300), 200).unwrap().chars().count(), 200);
    }

    #[test]
    fn a_long_text_is_split_and_loses_no_word() {
        assert_eq!(parts("short"), ["short"]);
        let paragraph = "word ".repeat(1_000);
        let text = format!("{}end", format!("{paragraph}\n\n").repeat(25));
        let parts = parts(&text);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part.chars().count() <= ENTRY) && parts[1].starts_with("(2/3)\n"));
        let words: usize = parts.iter().map(|part| part.split_whitespace().count() - 1).sum();
        assert_eq!(words, text.split_whitespace().count());
        // Without a place to cut it is cut anyway.
        assert_eq!(super::parts(&"\u{1f600}".repeat(60_000)).iter().map(|part| part.matches('\u{1f600}').count()).sum::<usize>(), 60_000);
    }
}
