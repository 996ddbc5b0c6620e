//! Lines that fit: text is broken between words, by the columns that its characters take.

use unicode_width::UnicodeWidthStr;

use super::document::{Note, Text, Tone};

/// What stands at the end of a line of a command that goes on: a shell reads both as one.
const GOES_ON: &str = " \\";

/// The columns that a text takes.
pub(super) fn width(text: &Text) -> usize {
    text.0.iter().map(|(_, part)| part.width()).sum()
}

/// The text in lines of at most `columns` columns, or in one without a limit, indented by `first` and every further line by `rest`. A word that is
/// too wide has a line to itself.
pub(super) fn broken(text: &Text, first: usize, rest: usize, columns: Option<usize>) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut line = Text::from(" ".repeat(first));
    let (mut taken, mut is_first) = (first, true);
    for word in words(text) {
        let letters = width(&word);
        let is_command = word.0.iter().any(|(tone, _)| *tone == Tone::Command);
        let limit = columns.map(|columns| if is_command { columns.saturating_sub(GOES_ON.len()) } else { columns });
        if !is_first && limit.is_some_and(|limit| taken + 1 + letters > limit) {
            if is_command && line.0.last().is_some_and(|(tone, _)| *tone == Tone::Command) {
                line.push(Tone::Command, GOES_ON);
            }
            lines.push(std::mem::replace(&mut line, Text::from(" ".repeat(rest))));
            (taken, is_first) = (rest, true);
        }
        if !is_first {
            // Between two words of one tone it goes on.
            let tone = word.0.first().map_or(Tone::Plain, |(tone, _)| *tone);
            let goes_on = line.0.last().is_some_and(|(last, _)| *last == tone);
            line.push(if goes_on { tone } else { Tone::Plain }, " ");
            taken += 1;
        }
        for (tone, part) in &word.0 {
            line.push(*tone, part);
        }
        (taken, is_first) = (taken + letters, false);
    }
    lines.push(line);
    lines
}

/// A note in such lines, and under it its details, indented by two more than what they are details of.
pub(super) fn note(note: &Note, indent: usize, columns: Option<usize>) -> Vec<Text> {
    let mut lines = broken(&note.text, indent, indent + 2, columns);
    lines.extend(note.details.iter().flat_map(|detail| self::note(detail, indent + 2, columns)));
    lines
}

/// What stands between single spaces.
fn words(text: &Text) -> Vec<Text> {
    let mut words = vec![Text::default()];
    for (tone, part) in &text.0 {
        for (place, piece) in part.split(' ').enumerate() {
            if place > 0 {
                words.push(Text::default());
            }
            if let Some(word) = words.last_mut()
                && !piece.is_empty()
            {
                word.push(*tone, piece);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &Text) -> String {
        text.0.iter().map(|(_, part)| part.as_str()).collect()
    }

    fn lines(text: &Text, first: usize, rest: usize, columns: usize) -> Vec<String> {
        broken(text, first, rest, Some(columns)).iter().map(plain).collect()
    }

    #[test]
    fn lines_are_broken_between_words_and_keep_their_indent() {
        assert_eq!(lines(&"a  b".into(), 0, 2, 80), ["a  b"]);
        assert_eq!(lines(&"".into(), 2, 4, 80), ["  "]);
        let word = "η".repeat(39);
        let two = Text::from(format!("{word} {word}"));
        assert_eq!(lines(&two, 0, 2, 80), [format!("{word} {word}")]);
        assert_eq!(lines(&two, 2, 4, 80), [format!("  {word}"), format!("    {word}")]);
        let long = "x".repeat(100);
        assert_eq!(
            lines(&format!("a {long} b").into(), 0, 2, 80),
            ["a".to_owned(), format!("  {long}"), "  b".to_owned()]
        );
        assert_eq!(broken(&two, 0, 0, None).len(), 1);
    }

    #[test]
    fn widths_are_those_of_a_terminal() {
        for (text, columns) in [("‖W_k‖_F² ≤ ½", 12), ("e\u{301}", 1), ("日本", 4)] {
            assert_eq!(width(&text.into()), columns, "{text}");
        }
        assert_eq!(lines(&"日本 日本".into(), 0, 0, 8), ["日本", "日本"]);
    }

    #[test]
    fn tones_stay_and_a_command_goes_on_behind_a_backslash() {
        let text = Text::from("a ").and(Tone::Bad, "b c").then(", d");
        assert_eq!(broken(&text, 0, 0, Some(80)), std::slice::from_ref(&text));
        assert_eq!(
            broken(&text, 0, 0, Some(3)),
            [Text::from("a ").and(Tone::Bad, "b"), Text::default().and(Tone::Bad, "c").then(","), Text::from("d")]
        );
        let text = Text::from("next ").and(Tone::Command, "witness verify --quiet");
        assert_eq!(lines(&text, 0, 5, 17), ["next witness \\", "     verify \\", "     --quiet"]);
        assert_eq!(lines(&text, 0, 5, 29), ["next witness verify --quiet"]);
    }
}
