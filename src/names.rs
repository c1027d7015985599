//! Names that people choose, and other short texts that stand beside those of others.
//!
//! What always holds of what [`parse`] takes: it shows every character that it has, in the order in which they are stored,
//! on one line; it can be told from a name that only looks the same ([`skeleton`]); and it is a name and no message, since it goes into
//! mails to people who do not know its bearer. Scripts of every kind are names, and so are the joiners that Persian and
//! the scripts of India need.

/// The text without characters that show nothing or turn others around. A joiner stays where it shapes letters or pictures.
pub fn visible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '\u{200c}' | '\u{200d}' => {
                let around = kept.chars().next_back().zip(rest.peek().copied());
                if around.is_some_and(|(before, after)| joins(sign, before, after)) {
                    kept.push(sign);
                }
            }
            // It has no ink.
            '\u{2800}' => kept.push(' '),
            shown => kept.push(shown),
        }
    }
    kept
}

/// Characters that show nothing by themselves, and those that change the direction of what follows.
fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether a joiner between these two changes how they look: in scripts whose letters join, and in pictures.
fn joins(joiner: char, before: char, after: char) -> bool {
    let joining = |sign: char| {
        matches!(sign,
            '\u{600}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{a8e0}'..='\u{a8ff}'
            | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{11000}'..='\u{11fff}')
    };
    let picture = |sign: char| matches!(sign, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    (joining(before) && joining(after)) || (joiner == '\u{200d}' && picture(before) && picture(after))
}

const MOST_CHARACTERS: usize = 120;
const MOST_WORDS: usize = 16;
/// A telephone number has as many digits.
const TOO_MANY_DIGITS: usize = 7;
/// Signs on one letter. Vietnamese and Hebrew have two or three.
const MOST_MARKS: usize = 4;

/// The name of a person or an organisation: 1 to 120 characters on one line. `what` is what is asked for, such as "your name".
///
/// # Errors
/// The sentence for the field.
pub fn parse(text: &str, what: &str) -> Result<String, String> {
    let text = visible(text);
    let text = text.trim();
    let told = |complaint: &str| Err(complaint.to_owned());
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return told("Use one line without control characters.");
    }
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !name.chars().any(char::is_alphanumeric) {
        return Err(format!("Write {what}."));
    }
    if name.chars().count() > MOST_CHARACTERS {
        return Err(format!("Use at most {MOST_CHARACTERS} characters."));
    }
    if let Some(sign) = name.chars().find(|c| is_nobodys(*c)) {
        return Err(format!("Leave out the character U+{:04X}: other people would see something else in its place.", u32::from(sign)));
    }
    if name.chars().filter(|c| is_mark(*c)).count() > MOST_MARKS && marks_in_a_row(&name) > MOST_MARKS {
        return told("Use fewer signs above and below one letter.");
    }
    if name.split(' ').any(mixes_alphabets) {
        return told("Write each word in one alphabet: some of its letters only look alike.");
    }
    if let Some(complaint) = message(&name) {
        return told(complaint);
    }
    Ok(name)
}

/// What makes a text a message instead of a name.
fn message(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let address = lower.contains("://") || lower.contains("www.") || lower.contains(['@', '\u{ff20}', '\u{fe6b}']);
    if address || lower.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).any(names_a_host) {
        return Some("Leave out addresses of sites and of mail. After a full stop put a space.");
    }
    if name.chars().filter(|c| c.is_numeric()).count() >= TOO_MANY_DIGITS {
        return Some("Leave out telephone numbers and the like: use fewer than 7 digits.");
    }
    (name.split(' ').count() > MOST_WORDS).then_some("Use at most 16 words.")
}

/// Whether a mail program would make a link of it: at least two letters on both sides of a full stop.
fn names_a_host(word: &str) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    labels.windows(2).any(|pair| {
        matches!(pair, [left, right]
        if left.chars().count() >= 2 && right.chars().count() >= 2 && right.chars().all(char::is_alphabetic))
    })
}

/// Private use and what is no character: every device shows something else.
fn is_nobodys(sign: char) -> bool {
    matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffd}')
        || u32::from(sign) & 0xfffe == 0xfffe
}

fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn marks_in_a_row(name: &str) -> usize {
    name.split(|c| !is_mark(c)).map(|run| run.chars().count()).max().unwrap_or_default()
}

fn mixes_alphabets(word: &str) -> bool {
    let any = |of: fn(char) -> bool| word.chars().any(|c| c.is_alphabetic() && of(c));
    let latin = any(|c| c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'));
    let greek = any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    let cyrillic = any(|c| matches!(c, '\u{400}'..='\u{52f}'));
    [latin, greek, cyrillic].into_iter().filter(|yes| *yes).count() > 1
}

/// What two names have in common that people take for one another: case, space, punctuation, and letters of other alphabets
/// that look the same make no difference.
pub fn skeleton(name: &str) -> String {
    let shown = visible(name);
    shown.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).map(twin).collect()
}

/// The Latin letter that looks like this one.
fn twin(letter: char) -> char {
    match letter {
        'а' | 'α' => 'a',
        'в' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_scripts_are_names() {
        for name in [
            "O'Neill",
            "O\u{2019}Neill",
            "José",
            "Jose\u{301}",
            "李小龙",
            "山田 太郎",
            "Zoë",
            "van 't Hoff",
            "J.R.R. Tolkien",
            "Ms. A. B. van den Berg-Smith, Ph.D.",
            "محمد",
            "שָׁלוֹם",
            "Нина Петрова",
            "Νίκος",
            "Nguyễn Thị Ánh",
            "Troop 51",
            "Lis & Sons e.V.",
            "Food/Housing Aid (North)",
            // The joiners of Persian and of Hindi.
            "رضا می\u{200c}خواهد",
            "क\u{94d}\u{200d}ष",
            "श\u{94d}\u{200c}र",
        ] {
            assert_eq!(parse(name, "your name").as_deref(), Ok(name));
        }
    }

    #[test]
    fn what_shows_nothing_or_turns_a_text_around_is_left_out_of_names() {
        for typed in [
            "Ann\u{200b}a Bell",
            "\u{feff}Anna Bell",
            "Anna\u{202e} Bell\u{202c}",
            "\u{2066}Anna Bell\u{2069}",
            "An\u{ad}na\u{a0}Bell",
            "Anna\u{3000}Bell\u{2060}",
            "Anna \u{200d}Bell\u{200c}",
            "An\u{200c}na Bell",
            " Anna   Bell ",
            "Anna\u{2800}Bell",
            "Anna Bell\u{e0041}",
            "Anna Bell\u{3164}",
        ] {
            assert_eq!(parse(typed, "your name").as_deref(), Ok("Anna Bell"), "{typed:?}");
        }
        for nothing in ["", "  ", "\u{200b}", "\u{3164}\u{2800}", "\u{202e}", ".", "- -"] {
            assert_eq!(parse(nothing, "your name"), Err("Write your name.".into()), "{nothing:?}");
        }
    }

    #[test]
    fn a_name_that_others_cannot_read_is_refused() {
        for bad in
            ["Anna\nBell", "Anna\rBell", "Anna\u{2028}Bell", "An\u{7}na", "Anna \u{e000}", "Anna\u{f0000}", "Anna\u{fffd}", "Anna\u{ffff}"]
        {
            assert!(parse(bad, "your name").is_err(), "{bad:?}");
        }
        assert!(parse(&format!("A{}", "\u{301}".repeat(9)), "your name").is_err());
        assert!(parse("Anna Веll", "your name").is_err(), "two alphabets in a word");
        assert!(parse(&"a".repeat(121), "your name").is_err());
        assert!(parse(&"a".repeat(120), "your name").is_ok());
    }

    #[test]
    fn a_message_is_no_name() {
        for message in [
            "Your account is locked https://evil.example/x",
            "Go to www.evil.example",
            "WWW.EVIL.EXAMPLE",
            "evil.example",
            "Anna evil.example/now",
            "mail me@evil.example",
            "anna＠evil",
            "Call 0800 123 4567 now",
            "Call ٠٨٠٠١٢٣٤٥٦٧",
            "Please open the link below at once since your account has been locked and will be deleted by tomorrow evening",
        ] {
            assert!(parse(message, "your name").is_err(), "{message}");
        }
    }

    #[test]
    fn names_that_look_the_same_have_one_skeleton() {
        for (one, other) in [
            ("Anna Bell", "anna  bell"),
            ("Anna Bell", "ANNA\u{a0}BELL"),
            ("Anna Bell", "Anna-Bell"),
            ("O'Neill", "O\u{2019}Neill"),
            ("Anna", "Аnnа"),
            ("Anna", "An\u{200b}na"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        }
        assert_ne!(skeleton("Anna Bell"), skeleton("Anna Ball"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_is_taken_again(text in "\\PC{0,40}") {
            if let Ok(name) = parse(&text, "your name") {
                proptest::prop_assert_eq!(parse(&name, "your name"), Ok(name.clone()));
                proptest::prop_assert_eq!(visible(&name), name);
            }
        }
    }
}
