use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// What somebody reads: the text, the numbers of lists, and behind their words the addresses of links.
fn visible(html: &str) -> String {
    let (mut seen, mut lists) = (String::new(), Vec::<Option<u64>>::new());
    let mut address = String::new();
    for (at, piece) in html.split('<').enumerate() {
        let (tag, text) = if at == 0 { ("", piece) } else { piece.split_once('>').unwrap() };
        let value = |name: &str| tag.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
        match tag.split(' ').next().unwrap() {
            "ol" => lists.push(Some(value("start").and_then(|n| n.parse().ok()).unwrap_or(1))),
            "ul" => lists.push(None),
            "/ol" | "/ul" => drop(lists.pop()),
            "li" => {
                if let Some(Some(next)) = lists.last_mut() {
                    let number = value("value").and_then(|n| n.parse().ok()).unwrap_or(*next);
                    *next = number + 1;
                    seen.push_str(&format!("{number}. "));
                }
            }
            "a" => address = value("href").unwrap_or_default(),
            "/a" => seen.push_str(&format!(" {address} ")),
            "br" | "p" | "/p" | "td" | "th" | "hr" | "h3" | "/h3" | "/li" | "blockquote" | "pre" => seen.push('\n'),
            _ => {}
        }
        seen.push_str(text);
    }
    html_escape::decode_html_entities(&seen).replace('\u{a0}', " ")
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn has_every_word(text: &str) {
    let html = render(text);
    let seen = visible(&html);
    for word in words_of(text) {
        assert!(seen.contains(word), "{word:?} of {text:?} is missing in {html}");
    }
}

/// The text as one line, as it stands there.
fn as_typed(text: &str) {
    let seen = visible(&render(text));
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(flat(&seen), flat(text), "{}", render(text));
}

#[test]
fn sec_78_nothing_active_survives() {
    for bad in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "<a href=\"data:text/html,x\">x</a>",
        "<svg/onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "<p style=\"position:fixed\">x</p>",
        "<form action=//evil.example><input></form>",
        "![x](https://evil.example/pixel.png)",
        "![x](https://evil.example/\"onerror=alert(1))",
        "[x](//evil.example)",
        "``` \"onmouseover=alert(1)\nx\n```",
        "<a href=\" java\nscript:alert(1)\">x</a>",
    ] {
        let html = render(bad).to_lowercase();
        // What stands between `<` and `>` is markup; the rest is text and harmless.
        for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            assert!(["p", "a", "br", "em", "strong", "h3", "pre", "code"].contains(&name), "{bad} became {html}");
            for mark in [" on", "javascript:", "data:", "style=", "href=\"//"] {
                assert!(!tag.contains(mark), "{bad} became {html}");
            }
        }
        has_every_word(bad);
    }
}

#[test]
fn what_is_no_markdown_is_shown_as_it_was_typed() {
    for text in [
        "<not>",
        "<min>",
        "Bring <set of keys>, please.",
        "To: <undisclosed recipients>",
        "Dear Mr <Smith>,\n\nthank you.",
        "x<y and y>z",
        "<b>bold</b> & <i>so on</i>",
        "<div>\na line\n\nanother",
        "<!-- a remark --> and <![CDATA[ more ]]> and <?php echo 1 ?>",
        "&copy; &nbsp; &#65; AT&T &lt;",
        "C:\\Users\\_x\\*.txt and \\\\server\\share\\",
        "1986\\. A year",
        "one \\\ntwo",
        "2026. was a good year",
        "31) third\n32) fourth",
        "007. Bond",
        "1.",
        "-",
        "*",
        "+",
        "+ 5 points",
        "+49 30 1234",
        "-5 degrees",
        "#123 is the one",
        "# of keys: 5",
        "#",
        "a # b #",
        "*",
        "2*3*4 and 2**3**4",
        "snake_case_name and __",
        "f*** and *** x",
        "Name: ______ Date: ______",
        "~5 to ~10 days, ~x~",
        "~~~ ten past ~~~",
        "Jane Doe\n--\nHousing desk",
        "Name\n=====\ntext",
        "Title\n---\ntext",
        "[note]: the key is with the neighbour",
        "[^1]: a footnote\n\nsee[^1]",
        "[see](annex) [x](page 3) []() [] [](x)",
        "[x](javascript:alert(1))",
        "![x](cid:4711)",
        "```\nnot closed",
        "a | b | c",
        ":--\n:-:",
        "\ttab\tand tab",
        "    Dear Sir,\n    thank you.\n\n    Yours",
        "price <5> and >6<",
        "\u{fffd} and \u{fdd0} <x>",
        "\"quoted\" 'single' (c) ... -- ---",
    ] {
        as_typed(text);
        as_typed(&format!("before\n\n{text}\n\nafter"));
        has_every_word(&format!("> {text}"));
        has_every_word(&format!("- {text}"));
    }
}

#[test]
fn marks_that_can_be_seen_are_marks() {
    for (text, html) in [
        ("Dear Ms M,\nthank you.", "<p>Dear Ms M,<br>\nthank you.</p>\n"),
        ("# Big", "<h3>Big</h3>\n"),
        ("## 2 rooms", "<h3>2 rooms</h3>\n"),
        (
            "**bold** and *slanted*, ~~gone~~ `code <b>`",
            "<p><strong>bold</strong> and <em>slanted</em>, <del>gone</del> <code>code &lt;b&gt;</code></p>\n",
        ),
        ("**part**ly", "<p><strong>part</strong>ly</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("3. c\n4. d", "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n"),
        ("1. a\n5. e", "<ol>\n<li>a</li>\n<li value=\"5\">e</li>\n</ol>\n"),
        ("> theirs\nmine", "<blockquote>\n<p>theirs</p>\n</blockquote>\n<p>mine</p>\n"),
        (
            ">> first\n> second\nthird",
            "<blockquote>\n<blockquote>\n<p>first</p>\n</blockquote>\n<p>second</p>\n</blockquote>\n<p>third</p>\n",
        ),
        ("- item\nnot of it", "<ul>\n<li>item</li>\n</ul>\n<p>not of it</p>\n"),
        ("- item\n  of it", "<ul>\n<li>item<br>\nof it</li>\n</ul>\n"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
        ("***", "<hr>\n"),
        ("```\na <b>\n# c\n```", "<pre><code>a &lt;b&gt;\n# c\n</code></pre>\n"),
        ("    set in\n      more", "<p>\u{a0}\u{a0}\u{a0}\u{a0}set in<br>\n\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}more</p>\n"),
        (
            "[words](https://x.example/?a=1&copy=2)",
            "<p><a href=\"https://x.example/?a=1&amp;copy=2\" rel=\"noopener noreferrer nofollow\">words</a></p>\n",
        ),
        ("<https://x.example/a>", "<p><a href=\"https://x.example/a\" rel=\"noopener noreferrer nofollow\">https://x.example/a</a></p>\n"),
        ("<a@b.example>", "<p><a href=\"mailto:a@b.example\" rel=\"noopener noreferrer nofollow\">a@b.example</a></p>\n"),
        (
            "![the roof](https://x.example/r.png)",
            "<p>the roof (<a href=\"https://x.example/r.png\" rel=\"noopener noreferrer nofollow\">https://x.example/r.png</a>)</p>\n",
        ),
    ] {
        assert_eq!(render(text), html.replace("\u{a0}", "&nbsp;"), "{text}");
    }
    let table = render("| a | b |\n|---|---|\n| 1 | 2 |");
    assert!(table.contains("<th>a</th>") && table.contains("<td>2</td>"), "{table}");
    for text in [
        "[x](https://x.example \"a title\")",
        "[![alt](https://x.example/i.png)](https://x.example)",
        "```js\nlet x;\n```",
        "a | b\n--|--\n1 | 2 | three",
    ] {
        has_every_word(text);
    }
}

#[test]
fn no_text_takes_much_longer_than_a_plain_one() {
    let of = |piece: &str| piece.repeat(50_000 / piece.len());
    let took = |text: &str| {
        let began = Instant::now();
        let html = render(text);
        (began.elapsed(), html)
    };
    let (plain, _) = took(&of("word and "));
    let rows = format!("{}\n{}\n{}", "|a".repeat(2_000), "|-".repeat(2_000), "x\n".repeat(20_000));
    let deep: String = (0..200).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    let fences: String = (0..300).rev().map(|n| format!("{}\n", "`".repeat(n + 3))).collect();
    let ticks: String = (1..300).map(|n| format!("{} ", "`".repeat(n))).collect();
    let mut all: Vec<String> = [
        ">",
        "> ",
        "[",
        "*",
        "_",
        "`",
        "<",
        "|",
        "- ",
        "![",
        "&",
        "\\",
        "~",
        "#",
        "1. ",
        "*a ",
        "**a ",
        "_a *b ",
        "[a](",
        "](",
        "[a](x \"",
        "<a@b.c>",
        "<a",
        ">\n",
        "> a\n>> b\n",
        "- a\n",
        "a\n---\n",
        "``` a\n",
        "|\n",
        "|-|\n",
        "\t",
        "    a\n\n",
        "*a_b~~c",
        "[![a](b)",
        "<!--",
        "&#",
        "a|b\n-|-\n",
        "***a ",
    ]
    .into_iter()
    .map(of)
    .collect();
    all.extend([rows, deep, fences, ticks]);
    for text in all {
        let (long, html) = took(&text);
        let start: String = text.chars().take(20).collect();
        assert!(long < plain * 40 + Duration::from_millis(400), "{start:?}: {long:?}, plain {plain:?}");
        assert!(html.len() < 60 * text.len() + 1_000, "{start:?} became {} bytes", html.len());
    }
}

proptest! {
    #[test]
    fn every_word_of_any_text_is_seen(pieces in proptest::collection::vec(prop::sample::select(&[
        "> ", ">", "- ", "* ", "+ ", "1. ", "3. ", "2026. ", "4) ", "*", "**", "_", "`", "```", "``` js", "~", "~~", "<not>", "<", ">", "&copy;", "&", "\\", "[",
        "](", "]", ")", "![", "]: ", "|", "|-|", "\n", "\n", "\n", "\n\n", "    ", "\t", "---", "===", "# ", "#", "word", "x7", "ab", " ", " ",
        "https://a.example/b", "javascript:", "\"", "'", "(", "<a@b.example>", "<https://x.example>", "[^1]", ":", "!", "\u{e4}", "\u{1f511}",
    ][..]), 0..40)) {
        has_every_word(&pieces.concat());
    }

    #[test]
    fn every_word_of_any_characters_is_seen(text in "[a-c1 \\n>#*_`~<\\[\\]()!|&:.+=\\\\-]{0,60}") {
        has_every_word(&text);
    }
}
