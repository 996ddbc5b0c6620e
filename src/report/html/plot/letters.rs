//! How wide a text is, without a font: an estimate from above.

use std::borrow::Cow;

/// Hundredths of an em of the printable ASCII characters in DejaVu Sans, rounded up: wider than most fonts that a system has for `sans-serif`.
const ASCII: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69,
    62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64,
    60, 82, 60, 60, 53, 64, 34, 64, 84,
];

/// How much wider bold letters are, at most.
const BOLD: f64 = 1.15;

/// The width of a text of `size` pixels, in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// The same in bold.
pub(super) fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

/// What a letter takes, in ems: of DejaVu Sans the widest of each range, and more of what is in none.
fn em(letter: char) -> f64 {
    match letter {
        ' '..='~' => f64::from(ASCII[letter as usize - ' ' as usize]) / 100.0,
        // Indices and exponents, bars and brackets of norms and products.
        '²' | '³' | '‖' | '⟨' | '⟩' | '\u{1d2c}'..='\u{1d6a}' | '\u{2070}'..='\u{209f}' => 0.7,
        // Arrows and operators, but for integrals.
        '\u{2190}'..='\u{222a}' | '\u{2234}'..='\u{2269}' => 0.9,
        // Latin, Greek and punctuation.
        '\u{a0}'..='\u{ff}' | '\u{370}'..='\u{3ff}' | '\u{2010}'..='\u{202f}' | '⋯' => 1.0,
        _ => 1.5,
    }
}

/// A text, cut short with `…` where it would be wider than `room`.
pub(super) fn fitted(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    if width(text, size) <= room {
        return Cow::Borrowed(text);
    }
    let mut left = room / size - em('…');
    let cut = text.char_indices().find(|(_, letter)| {
        left -= em(*letter);
        left < 0.0
    });
    Cow::Owned(format!("{}…", &text[..cut.map_or(text.len(), |(place, _)| place)]))
}

/// A text in lines that are no wider than `room`, broken at spaces; a word that is wider is cut short.
pub(super) fn lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fitted(word, size, room).into_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_wide_is_cut_or_broken_and_then_fits() {
        assert!((width("mm", 10.0) - 19.6).abs() < 1e-9);
        assert_eq!(fitted("W_L⋯W_1", 10.0, 100.0), "W_L⋯W_1");
        for text in ["‖W_L⋯W_2‖ ≤ ½ C^{L−1}", "mmmmmmmmmmmmmmmmmmmm", "𝔚𝔚𝔚𝔚𝔚𝔚"] {
            let cut = fitted(text, 10.0, 60.0);
            assert!(cut.ends_with('…') && width(&cut, 10.0) <= 60.0, "{cut}");
        }
        assert_eq!(fitted("abc", 10.0, 0.0), "…");
        let broken = lines("where the largest value of a layer is repeated", 10.0, 90.0);
        assert!(broken.len() > 2 && broken.iter().all(|line| width(line, 10.0) <= 90.0), "{broken:?}");
        assert_eq!(broken.join(" "), "where the largest value of a layer is repeated");
        assert!(lines(" ", 10.0, 90.0).is_empty());
    }
}
