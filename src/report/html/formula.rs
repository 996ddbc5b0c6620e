//! Formulas as people write them: the texts' own notation, `‖W_{k+1}‖_F² ≤ e^{−bm}`, with raised and lowered parts.
//!
//! The notation is that of every text and label here. `_` lowers and `^` raises what follows: a group in braces, a number, one of the
//! indices of two letters that the papers use, `min` or `max`, else one letter. Superscripts of Unicode and the `ᵀ` of a transpose are raised
//! as the others are, so that all look alike. Letters that stand for something are slanted, words and names of functions are not.

use std::iter::Peekable;
use std::str::Chars;

use maud::PreEscaped;

/// Words of fewer than three letters, and names that begin with a capital.
const UPRIGHT: [&str; 19] =
    ["ln", "tr", "Tr", "Var", "Pr", "of", "if", "or", "at", "in", "to", "by", "is", "as", "no", "on", "an", "be", "we"];

/// Indices of more than one letter.
const INDICES: [&str; 9] = ["min", "max", "xx", "xy", "yx", "yy", "ii", "ij", "jj"];

/// The text as HTML: escaped, its raised and lowered parts in `<sup>` and `<sub>`, what it calculates with in `<i>`.
pub(super) fn typeset(text: &str) -> PreEscaped<String> {
    let mut html = String::with_capacity(2 * text.len());
    Formula { rest: text, html: &mut html, depth: 0 }.write();
    PreEscaped(html)
}

/// Whether what stands between backticks is a formula, and not a word, a command or a key of a file.
pub(super) fn is_formula(text: &str) -> bool {
    let is_key = |part: &str| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    if text.contains('_') && text.split('_').all(is_key) || text.contains("--") || text.starts_with("witness") {
        return false;
    }
    let letters = text.chars().filter(|letter| letter.is_ascii_alphabetic()).count();
    let is_word = letters > 2 && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-. /:".contains(letter));
    !is_word
}

/// The longest group in braces, in bytes, and how deep groups may lie in each other; beyond that braces are braces. A text from outside
/// costs no more than its length and no stack.
const LONGEST_GROUP: usize = 200;
const DEEPEST_GROUP: u32 = 4;

struct Formula<'a, 'b> {
    rest: &'a str,
    html: &'b mut String,
    /// In how many groups it lies.
    depth: u32,
}

impl<'a> Formula<'a, '_> {
    fn write(&mut self) {
        while let Some(letter) = self.rest.chars().next() {
            match letter {
                '_' | '^' => {
                    self.rest = &self.rest[1..];
                    let tag = if letter == '_' { "sub" } else { "sup" };
                    match self.group() {
                        Some(group) => self.within(tag, group),
                        // Nothing follows: the mark is meant itself.
                        None => self.html.push(letter),
                    }
                }
                _ if raised(letter).is_some() => {
                    let high = self.rest.chars().map_while(raised).collect::<String>();
                    self.rest = self.rest.trim_start_matches(|letter| raised(letter).is_some());
                    self.html.push_str(&format!("<sup>{high}</sup>"));
                }
                _ if letter.is_alphabetic() => self.letters(),
                _ => {
                    self.rest = &self.rest[letter.len_utf8()..];
                    push_escaped(self.html, letter);
                }
            }
        }
    }

    fn within(&mut self, tag: &str, text: &str) {
        self.html.push_str(&format!("<{tag}>"));
        Formula { rest: text, html: self.html, depth: self.depth + 1 }.write();
        self.html.push_str(&format!("</{tag}>"));
    }

    /// Takes what is raised or lowered.
    fn group(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        if self.depth == DEEPEST_GROUP {
            return None;
        }
        if let Some(inner) = rest.strip_prefix('{') {
            let mut open = 1;
            for (place, letter) in inner.char_indices().take_while(|(place, _)| *place < LONGEST_GROUP) {
                open += i32::from(letter == '{') - i32::from(letter == '}');
                if open == 0 && place > 0 {
                    self.rest = &inner[place + 1..];
                    return Some(&inner[..place]);
                }
            }
            // A brace that is not closed or holds nothing: the mark and the brace are meant themselves.
            return None;
        }
        let signed = rest.strip_prefix('−').unwrap_or(rest);
        let digits = signed.len() - signed.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let length = if digits > 0 {
            rest.len() - signed.len() + digits
        } else if let Some(index) = INDICES.iter().find(|index| rest.starts_with(**index)) {
            index.len()
        } else {
            rest.chars().next().filter(|letter| letter.is_alphanumeric() || "⊥*†+".contains(*letter))?.len_utf8()
        };
        let (group, after) = rest.split_at(length);
        self.rest = after;
        Some(group)
    }

    /// Takes letters: a word as it is, others slanted.
    fn letters(&mut self) {
        let is_letter = |letter: char| letter.is_alphabetic() && raised(letter).is_none();
        let end = self.rest.find(|letter| !is_letter(letter)).unwrap_or(self.rest.len());
        let (run, after) = self.rest.split_at(end);
        let count = run.chars().count();
        let is_lowercase = run.chars().all(|letter| letter.is_ascii_lowercase());
        let is_capitalised = count > 3 && run.chars().skip(1).all(|letter| letter.is_ascii_lowercase());
        let is_article = matches!(run, "a" | "A") && after.strip_prefix(' ').is_some_and(begins_a_word);
        self.rest = after;
        // Of a number: `2.53e-8`.
        let is_exponent =
            run == "e" && self.html.ends_with(|before: char| before.is_ascii_digit()) && after.starts_with('-');
        if is_exponent || count > 2 && is_lowercase || is_capitalised || is_article || UPRIGHT.contains(&run) {
            self.html.push_str(run);
            return;
        }
        let mut letters: Peekable<Chars> = run.chars().peekable();
        while let Some(letter) = letters.next() {
            // The large signs of sums and products, and letters that are numbers or operators, stand upright.
            if "ΣΠΔℓ∂∇".contains(letter) || !letter.is_alphabetic() {
                self.html.push(letter);
                continue;
            }
            self.html.push_str("<i>");
            self.html.push(letter);
            while let Some(next) = letters.next_if(|next| !"ΣΠΔℓ∂∇".contains(*next)) {
                self.html.push(next);
            }
            self.html.push_str("</i>");
        }
    }
}

/// Whether the text begins with a word of two letters or more.
fn begins_a_word(text: &str) -> bool {
    text.chars().take(2).filter(char::is_ascii_lowercase).count() == 2
}

/// What a superscript of Unicode stands for.
fn raised(letter: char) -> Option<char> {
    Some(match letter {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁻' => '−',
        '⁺' => '+',
        'ᵀ' => 'T',
        'ⁿ' => 'n',
        _ => return None,
    })
}

fn push_escaped(html: &mut String, letter: char) {
    match letter {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        _ => html.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        typeset(text).into_string()
    }

    #[test]
    fn parts_are_raised_and_lowered() {
        for (text, html) in [
            ("W_k", "<i>W</i><sub><i>k</i></sub>"),
            ("‖W_{k+1}‖_F²", "‖<i>W</i><sub><i>k</i>+1</sub>‖<sub><i>F</i></sub><sup>2</sup>"),
            ("W_1x", "<i>W</i><sub>1</sub><i>x</i>"),
            ("W_kW_kᵀ", "<i>W</i><sub><i>k</i></sub><i>W</i><sub><i>k</i></sub><sup>T</sup>"),
            ("Λ_xxWᵀ", "<i>Λ</i><sub><i>xx</i></sub><i>W</i><sup>T</sup>"),
            ("σ_min(Φ)", "<i>σ</i><sub>min</sub>(<i>Φ</i>)"),
            ("2^−100", "2<sup>−100</sup>"),
            ("10⁻²²", "10<sup>−22</sup>"),
            ("B^{(2N−1)^t}", "<i>B</i><sup>(2<i>N</i>−1)<sup><i>t</i></sup></sup>"),
            ("Σ_{i=0}^{t} a_i", "Σ<sub><i>i</i>=0</sub><sup><i>t</i></sup> <i>a</i><sub><i>i</i></sub>"),
            ("ℓ′(x)", "ℓ′(<i>x</i>)"),
        ] {
            assert_eq!(shown(text), html, "{text}");
        }
    }

    #[test]
    fn words_stand_upright() {
        assert_eq!(shown("min_i ln(1 − x)"), "min<sub><i>i</i></sub> ln(1 − <i>x</i>)");
        assert_eq!(shown("Assumption 4: a smooth loss"), "Assumption 4: a smooth loss");
        assert_eq!(shown("‖x_i‖ ≤ 1 for all i"), "‖<i>x</i><sub><i>i</i></sub>‖ ≤ 1 for all <i>i</i>");
        assert_eq!(shown("a = b"), "<i>a</i> = <i>b</i>");
        assert_eq!(shown("2.53e-8 against 2e"), "2.53e-8 against 2<i>e</i>");
    }

    #[test]
    fn nothing_is_lost_and_nothing_runs() {
        assert_eq!(shown("<b>&\"_{"), "&lt;<i>b</i>&gt;&amp;&quot;_{");
        assert_eq!(shown("_"), "_");
        assert_eq!(shown("x^"), "<i>x</i>^");
        assert_eq!(shown("x_{}"), "<i>x</i>_{}");
        let deep = "_{".repeat(1000) + &"}".repeat(1000);
        assert_eq!(shown(&deep).matches(['_', '{', '}']).count(), 3000 - 3 * shown(&deep).matches("<sub>").count());
    }

    #[test]
    fn formulas_are_told_from_words() {
        for formula in ["W", "η_t", "1/n", "d = 3", "R(W(t)) → 0", "Wx", "max_j", "2R^L", "e^{−k}", "W_L⋯W_2"] {
            assert!(is_formula(formula), "{formula}");
        }
        for other in ["identity", "unit_ball", "witness verify", "JT19.SL-4", "--seed 1", "run.steps", "0.32 kilobytes"]
        {
            assert!(!is_formula(other), "{other}");
        }
    }
}
