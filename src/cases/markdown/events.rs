//! From what the parser says to HTML: every hidden character is put back, and what HTML would swallow is shown.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html::push_html};

use super::prepare::{as_text, restored};

/// Tags in tags. What is nested deeper costs more than it says.
const DEEPEST: usize = 24;

/// HTML of a prepared text; none where a word would be missing in it or where it is nested too deep.
pub(super) fn html(text: &str, prepared: &str) -> Option<String> {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let mut made = Made { prepared, ..Made::default() };
    for (event, place) in Parser::new_ext(prepared, options).into_offset_iter() {
        made.event(event, place);
        if made.depth > DEEPEST {
            return None;
        }
    }
    if !words(text).eq(words(&made.shown)) {
        return None;
    }
    let mut html = String::with_capacity(text.len() * 2);
    push_html(&mut html, made.events.into_iter());
    Some(html)
}

/// What must not go missing: everything but spaces and the marks of ASCII, in its order.
fn words(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation())
}

/// A link or an image that has begun.
struct Open {
    address: String,
    title: String,
    /// Whether its address is followed. One that is not stands there as it was typed.
    followed: bool,
    is_image: bool,
    /// How much had been shown before it.
    shown: usize,
    /// Where its own text ends.
    text_end: usize,
}

#[derive(Default)]
struct Made<'a> {
    prepared: &'a str,
    events: Vec<Event<'a>>,
    /// What somebody reads, and the addresses of links behind their words.
    shown: String,
    depth: usize,
    links: Vec<Open>,
    /// For each list the number that comes next by itself, if it is numbered.
    lists: Vec<Option<u64>>,
    indented: bool,
    line_began: bool,
}

impl<'a> Made<'a> {
    fn event(&mut self, event: Event<'a>, place: Range<usize>) {
        if let Some(open) = self.links.last_mut().filter(|_| !matches!(event, Event::End(TagEnd::Link | TagEnd::Image))) {
            open.text_end = open.text_end.max(place.end);
        }
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.start(tag, &place);
            }
            Event::End(tag) => {
                self.depth -= 1;
                self.end(tag, &place);
            }
            Event::Text(text) if self.indented => self.indented(&text),
            Event::Text(text) => self.text(&restored(&text)),
            Event::Code(text) => {
                self.shown.push_str(&restored(&text));
                self.events.push(Event::Code(as_text(&text).into()));
            }
            // Tags are hidden from the parser. What it takes for one all the same is text.
            Event::Html(text) | Event::InlineHtml(text) => self.text(&restored(&text)),
            Event::SoftBreak | Event::HardBreak => self.events.push(Event::HardBreak),
            Event::Rule => self.events.push(Event::Rule),
            // None of these is switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&restored(&text)),
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.shown.push_str(text);
        self.events.push(Event::Text(as_text(text).into()));
    }

    fn start(&mut self, tag: Tag<'a>, place: &Range<usize>) {
        let tag = match tag {
            // The page has its own first and second headings.
            Tag::Heading { .. } => Tag::Heading { level: HeadingLevel::H3, id: None, classes: Vec::new(), attrs: Vec::new() },
            Tag::HtmlBlock => Tag::Paragraph,
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                (self.indented, self.line_began) = (true, false);
                Tag::Paragraph
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                if !info.is_empty() {
                    self.events.push(Event::Start(Tag::Paragraph));
                    self.text(&restored(&info));
                    self.events.push(Event::End(TagEnd::Paragraph));
                }
                Tag::CodeBlock(CodeBlockKind::Fenced("".into()))
            }
            Tag::List(first) => {
                self.lists.push(first);
                Tag::List(first)
            }
            Tag::Item => return self.item(place),
            Tag::Link { link_type, dest_url, title, .. } => return self.link(link_type, &dest_url, &title, false, place),
            Tag::Image { link_type, dest_url, title, .. } => return self.link(link_type, &dest_url, &title, true, place),
            other => other,
        };
        self.events.push(Event::Start(tag));
    }

    /// An item keeps the number that was typed.
    fn item(&mut self, place: &Range<usize>) {
        let typed: String =
            self.prepared.get(place.clone()).unwrap_or_default().trim_start().chars().take_while(char::is_ascii_digit).collect();
        match (self.lists.last_mut(), typed.parse::<u64>()) {
            (Some(Some(next)), Ok(number)) => {
                let counted = *next == number;
                *next = number + 1;
                self.shown.push_str(&typed);
                let item = if counted { Event::Start(Tag::Item) } else { Event::Html(format!("<li value=\"{number}\">").into()) };
                self.events.push(item);
            }
            _ => self.events.push(Event::Start(Tag::Item)),
        }
    }

    fn link(&mut self, kind: LinkType, address: &str, title: &str, is_image: bool, place: &Range<usize>) {
        let address = match kind {
            LinkType::Email => format!("mailto:{}", restored(address)),
            _ => restored(address).into_owned(),
        };
        let lower = address.get(..8).unwrap_or(&address).to_ascii_lowercase();
        let known = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme));
        let followed = known || (address.starts_with('/') && !address.starts_with("//"));
        match (followed, is_image) {
            (true, false) => self.follow(&address),
            (true, true) => {}
            (false, false) => self.text("["),
            (false, true) => self.text("!["),
        }
        let own = matches!(kind, LinkType::Email | LinkType::Autolink);
        self.links.push(Open {
            address: if own { String::new() } else { address },
            title: restored(title).into_owned(),
            followed,
            is_image,
            shown: self.shown.len(),
            text_end: place.start + if is_image { 2 } else { 1 },
        });
    }

    fn follow(&mut self, address: &str) {
        let tag = Tag::Link { link_type: LinkType::Inline, dest_url: address.to_owned().into(), title: "".into(), id: "".into() };
        self.events.push(Event::Start(tag));
    }

    fn end(&mut self, tag: TagEnd, place: &Range<usize>) {
        let tag = match tag {
            TagEnd::Heading(_) => TagEnd::Heading(HeadingLevel::H3),
            TagEnd::HtmlBlock => TagEnd::Paragraph,
            TagEnd::CodeBlock if self.indented => {
                self.indented = false;
                TagEnd::Paragraph
            }
            TagEnd::List(numbered) => {
                self.lists.pop();
                TagEnd::List(numbered)
            }
            TagEnd::Link | TagEnd::Image => return self.end_link(place),
            other => other,
        };
        self.events.push(Event::End(tag));
    }

    fn end_link(&mut self, place: &Range<usize>) {
        let Some(open) = self.links.pop() else { return };
        if !open.followed {
            let behind = restored(self.prepared.get(open.text_end..place.end).unwrap_or_default()).into_owned();
            self.text(&behind);
            return;
        }
        let empty = words(self.shown.get(open.shown..).unwrap_or_default()).next().is_none();
        match (open.is_image, open.address.is_empty()) {
            // It is not shown: its words stand here, and its address behind them.
            (true, _) => {
                let inside = self.links.iter().any(|link| link.followed && !link.is_image);
                self.events.push(Event::Text(if empty { "(" } else { " (" }.into()));
                if inside {
                    self.text(&open.address);
                } else {
                    self.follow(&open.address);
                    self.text(&open.address);
                    self.events.push(Event::End(TagEnd::Link));
                }
                self.events.push(Event::Text(")".into()));
            }
            (false, false) if empty => {
                self.text(&open.address);
                self.events.push(Event::End(TagEnd::Link));
            }
            (false, own) => {
                self.events.push(Event::End(TagEnd::Link));
                if !own {
                    self.shown.push_str(&open.address);
                }
            }
        }
        if !open.title.is_empty() {
            self.text(&format!(" \"{}\"", open.title));
        }
    }

    /// Lines that are set in are set in, and no code.
    fn indented(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.line_began = false;
            }
            if line.is_empty() {
                continue;
            }
            if !self.line_began {
                if !matches!(self.events.last(), Some(Event::Start(_))) {
                    self.events.push(Event::HardBreak);
                }
                let inner = line.len() - line.trim_start_matches(' ').len();
                self.events.push(Event::Text("\u{a0}".repeat(4 + inner).into()));
                self.line_began = true;
            }
            self.text(&restored(line.trim_start_matches(' ')));
        }
    }
}
