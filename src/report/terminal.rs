//! Text for people, on a terminal.

use comfy_table::{ContentArrangement, LineStyle, TableStyle};

use super::document::{Block, Document, Table, Text, Tone};
use super::plain;
use super::verification::cells;
use crate::verify::ClaimVerdict;

/// How text may look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
}

/// A line under the header and none elsewhere.
const PLAIN: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Columns of the name of a term.
const TERM: usize = 10;

impl Style {
    fn paint(self, text: &Text) -> String {
        text.0.iter().map(|(tone, text)| self.paint_part(*tone, text)).collect()
    }

    fn paint_part(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31;1",
            Tone::Doubtful => "33",
            Tone::Strong => "1",
            Tone::Plain => return text.to_owned(),
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A document as lines, its groups set apart by an empty one.
#[must_use]
pub fn text(document: &Document, style: Style) -> String {
    let groups = document.0.iter().map(|group| group.iter().map(|block| lines(block, style)).collect::<String>());
    groups.collect::<Vec<String>>().join("\n")
}

fn lines(block: &Block, style: Style) -> String {
    match block {
        Block::Heading(text) => style.paint(text) + "\n",
        Block::Terms(terms) => terms.iter().map(|(name, value)| format!("{name:<TERM$} {value}\n")).collect(),
        Block::Table(table) => columns(table),
        Block::Note(note) => plain::lines(note, 0, &|text| style.paint(text)).join("\n") + "\n",
        Block::Prose(text) => text.lines().map(|line| format!("{line}\n")).collect(),
    }
}

/// A table, fitted to the terminal if it is shown on one, else as wide as it needs to be.
fn columns(table: &Table) -> String {
    let mut shown = comfy_table::Table::new();
    shown.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic);
    shown.set_header(table.header.clone()).add_rows(table.rows.clone());
    format!("{}\n", shown.trim_fmt())
}

/// The line of one claim of a verification, ids padded to `id_width`: such lines stand under each other as they are written, one by one.
#[must_use]
pub fn claim_line(verdict: &ClaimVerdict, id_width: usize, style: Style) -> String {
    /// The width of each column, but for that of the ids, and what stands behind it.
    const COLUMNS: [(Option<usize>, &str); 7] = [
        (Some(4), " "),
        (Some(14), " "),
        (Some(11), " "),
        (None, "  "),
        (Some(43), "  "),
        (Some(35), "  "),
        (Some(17), ""),
    ];
    let (columns, others) = cells(verdict);
    let mut line = String::new();
    for (mut text, (width, gap)) in columns.into_iter().zip(COLUMNS) {
        let letters: usize = text.0.iter().map(|(_, part)| part.chars().count()).sum();
        if let Some((_, last)) = text.0.last_mut() {
            *last += &" ".repeat(width.unwrap_or(id_width).saturating_sub(letters));
        }
        line += &style.paint(&text);
        line += gap;
    }
    for text in &others {
        line += &format!("  {}", style.paint(text));
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::document::Note;
    use super::*;

    #[test]
    fn a_document_is_lines_and_its_tones_are_colours() {
        let detail = Note { text: Text::toned(Tone::Bad, "fails").then(" here"), details: vec!["by 1".into()] };
        let document = Document(vec![
            vec![Block::Heading(Text::toned(Tone::Strong, "title").then(": more")), "a note".into()],
            vec![Block::Terms(vec![("name", "value".to_owned())]), Block::Prose("as  it\n\nis".to_owned())],
            vec![Block::Table(Table { header: vec!["a", "b"], rows: vec![vec!["1".to_owned(), "2".to_owned()]] })],
            vec![Block::Note(Note { text: "all".into(), details: vec![detail, "rest".into()] })],
        ]);
        let plain = text(&document, Style::default());
        assert_eq!(
            plain,
            "title: more\na note\n\nname       value\nas  it\n\nis\n\n a   b\n───────\n 1   2\n\nall\n  fails here\n    by 1\n  rest\n"
        );
        let coloured = text(&document, Style { colour: true });
        assert_eq!(coloured, plain.replace("title", "\x1b[1mtitle\x1b[0m").replace("fails", "\x1b[31;1mfails\x1b[0m"));
    }
}
