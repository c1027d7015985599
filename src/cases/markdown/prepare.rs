//! Hides from the parser what is no Markdown to whoever wrote it.
//!
//! A hidden character stands there as one that no text has and no rule of Markdown knows; [`restored`] puts it back.

use std::borrow::Cow;

/// Stands for the first mark of ASCII; those for the others follow. Unicode keeps these for the inner use of programs.
const FIRST: u32 = 0xFDD0;
const MARKS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
/// Quotations in quotations, lists in lists.
const DEEPEST: usize = 16;
/// Cells that tables may be filled up to: a short row gets those that it misses.
const MOST_CELLS: usize = 20_000;
/// Lines that are looked at for the ends of code.
const MOST_LOOKED_AT: usize = 100_000;

/// The text for the parser; none where it is better shown as plain text.
pub(super) fn prepared(text: &str) -> Option<String> {
    if text.chars().any(is_hidden) {
        return None;
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().collect();
    let mut scan = Scan { lines: &lines, out: String::with_capacity(text.len() + text.len() / 4), ..Scan::default() };
    for at in 0..lines.len() {
        scan.line(at)?;
    }
    (scan.columns * lines.len() <= MOST_CELLS).then_some(scan.out)
}

/// The text with every hidden character as it was.
pub(super) fn restored(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_hidden) { text.chars().map(shown).collect::<String>().into() } else { text.into() }
}

/// The same with what HTML would read as markup hidden still. A sanitiser takes quadratic time where entities are many,
/// so they are made [at the end](escaped).
pub(super) fn as_text(text: &str) -> String {
    text.chars().map(shown).map(|c| if matches!(c, '<' | '>' | '&') { hidden(c) } else { c }).collect()
}

/// HTML with every hidden character as it is written there.
pub(super) fn escaped(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    for c in html.chars() {
        match shown(c) {
            '<' if is_hidden(c) => out.push_str("&lt;"),
            '>' if is_hidden(c) => out.push_str("&gt;"),
            '&' if is_hidden(c) => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    (FIRST..FIRST + 32).contains(&u32::from(c))
}

fn hidden(c: char) -> char {
    let at = MARKS.find(c).and_then(|at| u32::try_from(at).ok());
    at.and_then(|at| char::from_u32(FIRST + at)).unwrap_or(c)
}

fn shown(c: char) -> char {
    let at = u32::from(c).checked_sub(FIRST).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| MARKS.as_bytes().get(at)).map_or(c, |mark| char::from(*mark))
}

/// Where code between fences began.
struct Fence {
    depth: usize,
    ticks: usize,
}

#[derive(Default)]
struct Scan<'a> {
    lines: &'a [&'a str],
    out: String,
    fence: Option<Fence>,
    /// The line before: in how many quotations, and whether there was anything on it.
    depth: usize,
    filled: bool,
    /// Where the text of the list item begins in whose lines we are.
    item: Option<usize>,
    columns: usize,
    looked_at: usize,
}

impl Scan<'_> {
    fn line(&mut self, at: usize) -> Option<()> {
        let line = *self.lines.get(at)?;
        if let Some(fence) = &self.fence {
            let (depth, rest) = quoted(line, fence.depth);
            if depth == fence.depth {
                if closes(rest, fence.ticks) {
                    self.fence = None;
                }
                (self.depth, self.filled) = (depth, true);
                self.write(line, &[]);
                return Some(());
            }
            // The quotation ended, and with it the code.
            self.fence = None;
        }
        let (depth, rest) = quoted(line, usize::MAX);
        if depth > DEEPEST {
            return None;
        }
        let filled = !rest.trim().is_empty();
        let indent = rest.len() - rest.trim_start().len();
        let begins_item = marker(rest.trim_start()).is_some_and(|marker| marker.is_item);
        if depth != self.depth {
            self.item = None;
        }
        // What is not marked as belonging to a quotation or to an item does not slip into it.
        let slips = depth < self.depth || (depth == self.depth && !begins_item && self.item.is_some_and(|text| indent < text));
        if filled && self.filled && slips {
            self.out.extend(std::iter::repeat_n('>', depth));
            self.out.push('\n');
            self.filled = false;
        }
        if filled && !begins_item && self.item.is_some_and(|text| indent < text) {
            self.item = None;
        }
        let mut hide = Vec::new();
        self.marks(at, depth, line.len() - rest.len(), &mut hide)?;
        (self.depth, self.filled) = (depth, filled);
        hide.sort_unstable();
        self.write(line, &hide);
        Some(())
    }

    /// Looks at what begins a line behind its quotation marks, which end at `begin`: which of the marks are none.
    fn marks(&mut self, at: usize, depth: usize, mut begin: usize, hide: &mut Vec<usize>) -> Option<()> {
        let line = *self.lines.get(at)?;
        let quoted = begin;
        for _ in 0..DEEPEST {
            let rest = line.get(begin..)?;
            let mark = begin + rest.len() - rest.trim_start().len();
            let rest = rest.trim();
            // Right under a line it is none, since that line would become a heading.
            if is_rule(rest) && !(self.filled && rest.bytes().all(|b| b == b'-')) {
                return Some(());
            }
            let Some(Marker { width, is_item }) = marker(rest) else {
                self.text(at, depth, mark, rest, hide);
                return Some(());
            };
            if !is_item {
                hide.push(mark + width - 1);
                return Some(());
            }
            let text = rest.get(width..)?;
            begin = mark + width + text.len() - text.trim_start().len();
            self.item = Some(begin - quoted);
        }
        None
    }

    /// The same of a line that begins no item.
    fn text(&mut self, at: usize, depth: usize, mark: usize, rest: &str, hide: &mut Vec<usize>) {
        let all = |c: char| !rest.is_empty() && rest.chars().all(|other| other == c);
        // A line under a name is no heading, and less so a line before a signature.
        if all('=') || (all('-') && (self.filled || rest.len() < 3)) {
            hide.push(mark);
        }
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) {
            let words = rest.get(hashes..).unwrap_or_default();
            let is_number_of = hashes == 1 && words.trim_start().starts_with(char::is_lowercase);
            if words.trim_start_matches('#').trim().is_empty() || is_number_of {
                hide.push(mark);
            } else if rest.ends_with('#') {
                hide.push(mark + rest.len() - 1);
            }
        }
        if rest.chars().all(|c| matches!(c, '|' | ':' | '-' | ' ' | '\t')) {
            let bars = rest.matches('|').count();
            if bars == 0 {
                hide.extend(rest.match_indices(':').map(|(place, _)| mark + place));
            } else {
                self.columns = self.columns.max(bars + 1);
            }
        }
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        if ticks >= 3 && !rest.get(ticks..).is_some_and(|words| words.contains('`')) {
            if self.is_closed(at + 1, depth, ticks) {
                self.fence = Some(Fence { depth, ticks });
            } else {
                hide.extend(mark..mark + ticks);
            }
        }
    }

    fn is_closed(&mut self, from: usize, depth: usize, ticks: usize) -> bool {
        for line in self.lines.iter().skip(from) {
            self.looked_at += 1;
            let (found, rest) = quoted(line, depth);
            if found < depth || self.looked_at > MOST_LOOKED_AT {
                return false;
            }
            if closes(rest, ticks) {
                return true;
            }
        }
        false
    }

    fn write(&mut self, line: &str, hide: &[usize]) {
        let (bytes, mut at, mut hide) = (line.as_bytes(), 0, hide.iter().copied().peekable());
        let rule = is_rule(line.trim_start_matches(['>', ' ', '\t']));
        while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
            let width = c.len_utf8();
            let next = bytes.get(at + 1).copied().unwrap_or_default();
            while hide.next_if(|place| *place < at).is_some() {}
            match c {
                _ if hide.peek() == Some(&at) => self.out.push(hidden(c)),
                '&' => self.out.push(hidden(c)),
                '<' => match line.get(at..).and_then(autolink) {
                    Some(link) => {
                        self.out.extend(link.chars().map(|c| if c == '&' || c == '\\' { hidden(c) } else { c }));
                        at += link.len();
                        continue;
                    }
                    None => self.out.push(hidden(c)),
                },
                '\\' => {
                    self.out.push(hidden(c));
                    // What it would turn into text is text, and so is the backslash.
                    if next.is_ascii_punctuation() && next != b'`' {
                        self.out.push(hidden(char::from(next)));
                        at += 1;
                    }
                }
                ']' if next == b':' => {
                    // It would be the address of a link elsewhere, and vanish.
                    self.out.push(']');
                    self.out.push(hidden(':'));
                    at += 1;
                }
                '*' | '_' | '~' => {
                    let run = bytes.iter().skip(at).take_while(|b| u32::from(**b) == u32::from(c)).count();
                    // `2*3*4` is a product, and so is `2**3`; part of a word may be bold.
                    let of_word = if run == 1 { u8::is_ascii_alphanumeric } else { u8::is_ascii_digit };
                    let before = at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(of_word);
                    let after = bytes.get(at + run).is_some_and(of_word);
                    let is_text = if c == '~' { run != 2 } else { run > 3 || (before && after) };
                    let mark = if is_text && !rule { hidden(c) } else { c };
                    self.out.extend(std::iter::repeat_n(mark, run));
                    at += run;
                    continue;
                }
                _ => self.out.push(c),
            }
            at += width;
        }
        self.out.push('\n');
    }
}

/// In how many quotations a line is, at most so many, and what stands behind their marks.
fn quoted(line: &str, most: usize) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    while depth < most {
        let inside = rest.trim_start_matches(' ');
        let Some(behind) = inside.strip_prefix('>').filter(|_| rest.len() - inside.len() < 4) else { break };
        depth += 1;
        rest = behind.strip_prefix(' ').unwrap_or(behind);
    }
    (depth, rest)
}

/// What looks like the beginning of a list item, and how long it is.
struct Marker {
    width: usize,
    is_item: bool,
}

/// `-`, `*` and `1.` begin items where something follows. `+` is a plus, `1)` is told from `1.`, and neither years nor
/// numbers with noughts in front are counted on from.
fn marker(rest: &str) -> Option<Marker> {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let width = digits + 1;
    let mark = rest.as_bytes().get(digits)?;
    let behind = rest.get(width..)?;
    if !(behind.is_empty() || behind.starts_with([' ', '\t'])) || digits > 9 {
        return None;
    }
    let is_item = match (mark, digits) {
        (b'-' | b'*', 0) => true,
        (b'+', 0) => false,
        (b'.', 1..) => digits <= 3 && (digits == 1 || !rest.starts_with('0')),
        (b')', 1..) => false,
        _ => return None,
    };
    Some(Marker { width, is_item: is_item && !behind.trim().is_empty() })
}

/// A line across: three or more of one mark and nothing else.
fn is_rule(rest: &str) -> bool {
    let marks: Vec<char> = rest.chars().filter(|c| !c.is_whitespace()).collect();
    marks.len() >= 3 && matches!(marks.first(), Some('-' | '*' | '_')) && marks.iter().all(|c| Some(c) == marks.first())
}

fn closes(rest: &str, ticks: usize) -> bool {
    let rest = rest.trim();
    rest.len() >= ticks && rest.bytes().all(|b| b == b'`')
}

/// An address between angle brackets that can be followed, with its brackets.
fn autolink(text: &str) -> Option<&str> {
    let end = text.get(1..)?.find(|c: char| c == '>' || c == '<' || c.is_whitespace()).map(|end| end + 1)?;
    let inside = text.get(1..end)?;
    let lower = inside.get(..8).unwrap_or(inside).to_ascii_lowercase();
    let known = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme) && inside.len() > scheme.len());
    let is_email = || {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
        inside
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && local.chars().all(plain) && domain.chars().all(plain))
    };
    (text.as_bytes().get(end) == Some(&b'>') && (known || is_email())).then(|| text.get(..=end)).flatten()
}
