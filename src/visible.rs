//! Names from outside, fit to be shown.
//!
//! The name of a file or a label in a table may hold anything: a line break, a sequence that moves the cursor or renames the window, a mark
//! that turns the direction of reading. On a terminal or in a report such characters are written as what they are, and not sent.

use std::borrow::Cow;
#[cfg(any(feature = "cli", test))]
use std::fmt::Write;

/// Whether a character does something else than to be seen, or stands for none.
fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || matches!(
            code,
            0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb
                | 0xfdd0..=0xfdef | 0xe0000..=0xe007f
        )
        || code & 0xfffe == 0xfffe
}

/// The text with everything that would not be seen as a character written as an escape: `\n`, `\u{1b}`, `\u{202e}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    written(text, is_hidden, |text, character| text.extend(character.escape_default()))
}

/// A text of several lines, for XML 1.0, which has no way to write some characters: they stand as the escapes of a TOML string, so that a
/// run spec still says the same.
#[cfg(any(feature = "cli", test))]
pub(crate) fn in_xml(text: &str) -> Cow<'_, str> {
    let allowed =
        |character| matches!(character, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    written(
        text,
        |character| !allowed(character),
        |text, character| {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{:04X}", u32::from(character));
        },
    )
}

/// JSON whose strings send nothing hidden to a terminal either; it means the same.
#[cfg(any(feature = "cli", test))]
pub(crate) fn in_json(json: &str) -> Cow<'_, str> {
    // What is hidden and no line break between the parts is inside a string.
    let hidden = |character| is_hidden(character) && character != '\n';
    written(json, hidden, |text, character| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    })
}

fn written(text: &str, hidden: impl Fn(char) -> bool, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(2 * text.len());
    for character in text.chars() {
        if hidden(character) { write(&mut shown, character) } else { shown.push(character) }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_stays() {
        for text in ["", "runs/a b.toml", "C:\\data\\\"x\"", "Größe, 虹膜, e\u{301}, 🦀"] {
            assert_eq!((&*visible(text), &*in_xml(text), &*in_json(text)), (text, text, text));
        }
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        let text = "a\n\r\t\u{1b}[31m\u{9b}\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{fffe}\u{ffff}\u{1ffff}b";
        let expected =
            "a\\n\\r\\t\\u{1b}[31m\\u{9b}\\u{7f}\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{fffe}\\u{ffff}\\u{1ffff}b";
        assert_eq!(visible(text), expected);
        assert_eq!(visible(expected), expected);
    }

    #[test]
    fn a_spec_in_xml_says_the_same() {
        let text = "title = \"\u{fffe}\u{1}\u{ffff}é\"\n";
        let written = in_xml(text);
        assert_eq!(written, "title = \"\\uFFFE\\u0001\\uFFFFé\"\n");
        assert_eq!(toml::from_str::<toml::Table>(&written).unwrap()["title"].as_str(), Some("\u{fffe}\u{1}\u{ffff}é"));
    }

    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({ "spec": "a\u{202e}\u{9b}\u{7f}\u{fffe}\u{e0001}b", "n": 1 });
        let text = format!("{value:#}\n");
        let written = in_json(&text);
        assert!(!written.contains(|character| is_hidden(character) && character != '\n'), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
    }
}
