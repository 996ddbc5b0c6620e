//! Text for people, on a terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};
use unicode_width::UnicodeWidthStr;

use super::breaking::{self, broken, width};
use super::document::{Block, Columns, Document, Note, Table, Text, Tone};

/// How text may look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// The columns of a line, to which all is fitted but what cannot be broken; `None` for lines as long as they need to be.
    pub columns: Option<usize>,
}

/// A line under the header and none elsewhere.
const PLAIN: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Columns of a table that are none of its cells', of each column.
const PADDING: usize = 2;

/// A terminal of fewer columns has one between the cells of a row instead of two, and no indent.
const WIDE: usize = 100;

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
            Tone::Command => "36",
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
    let lines = match block {
        Block::Heading(text) => broken(text, 0, 2, style.columns),
        Block::Terms(terms) => {
            let longest = terms.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let term = |(name, value): &(&str, Text)| {
                let text = value
                    .0
                    .iter()
                    .fold(Text::from(format!("{name:<longest$} ")), |text, (tone, part)| text.and(*tone, part));
                broken(&text, 0, longest + 1, style.columns)
            };
            terms.iter().flat_map(term).collect()
        }
        Block::Table(table) => return self::table(table, style),
        Block::Heads(columns) => {
            let cells = columns.columns.iter().map(|column| Text::toned(Tone::Strong, column.head));
            row(columns, &cells.collect::<Vec<Text>>(), &Text::toned(Tone::Strong, columns.name), style)
        }
        Block::Row(columns, told) => {
            let mut lines = row(columns, &told.cells, &told.name.as_str().into(), style);
            let below = below(columns, style);
            lines.extend(told.notes.iter().flat_map(|note| breaking::note(note, below, style.columns)));
            lines
        }
        Block::Note(note) => breaking::note(note, 0, style.columns),
        Block::Prose(text) => text.lines().map(Text::from).collect(),
    };
    lines.iter().map(|line| style.paint(line) + "\n").collect()
}

/// A table, as wide as it needs to be where there is no limit. Where a word would have to be broken, a list of the rows instead.
fn table(table: &Table, style: Style) -> String {
    let cells = |place: usize| table.rows.iter().filter_map(move |row| row.get(place));
    let longest = |place: usize, head: &str| {
        let words = cells(place).flat_map(|cell| cell.split(' ')).chain(head.split(' '));
        words.map(UnicodeWidthStr::width).max().unwrap_or(0)
    };
    let longest: Vec<usize> = table.header.iter().enumerate().map(|(place, head)| longest(place, head)).collect();
    // One column between two.
    let needed = longest.iter().map(|width| width + PADDING + 1).sum::<usize>().saturating_sub(1);
    if style.columns.is_some_and(|columns| columns < needed) {
        return list(table, style);
    }
    let mut shown = comfy_table::Table::new();
    shown.load_style(PLAIN).set_header(table.header.clone()).add_rows(table.rows.clone());
    for ((place, column), longest) in shown.column_iter_mut().enumerate().zip(longest) {
        if cells(place).all(|cell| cell.bytes().all(|byte| byte.is_ascii_digit())) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let words = u16::try_from(longest + PADDING).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(words)));
    }
    if let Some(columns) = style.columns {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        shown.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    }
    format!("{}\n", shown.trim_fmt())
}

/// The rows of a table one below the other: what stands in the first column, and under it the other cells with their heads.
fn list(table: &Table, style: Style) -> String {
    let lines = table.rows.iter().flat_map(|row| {
        let named = table.header.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<String> = named.map(|(head, cell)| format!("{head} {cell}")).collect();
        let first = row.first().map_or("", String::as_str);
        let note = Note { text: Text::toned(Tone::Strong, first), details: vec![cells.join("; ").into()] };
        breaking::note(&note, 0, style.columns)
    });
    lines.map(|line| style.paint(&line) + "\n").collect()
}

/// The columns between two cells.
fn gap(style: Style) -> usize {
    if style.columns.is_none_or(|columns| columns >= WIDE) { 2 } else { 1 }
}

/// The columns before a row.
fn indent(style: Style) -> usize {
    2 * (gap(style) - 1)
}

/// Where the second column begins, and what stands below a row.
fn below(columns: &Columns, style: Style) -> usize {
    columns.columns.first().map_or(0, |column| indent(style) + column.letters + gap(style))
}

/// Cells and a name. A cell that is too wide takes of the room beside it, and a name that no longer fits has a line to itself.
fn row(columns: &Columns, cells: &[Text], name: &Text, style: Style) -> Vec<Text> {
    let mut line = Text::default();
    let mut start = indent(style);
    let place = |line: &mut Text, cell: &Text, start: usize| {
        let taken = width(line);
        let at_least = if taken == 0 { 0 } else { taken + 1 };
        line.push(Tone::Plain, &" ".repeat(start.max(at_least) - taken));
        cell.0.iter().for_each(|(tone, part)| line.push(*tone, part));
    };
    for (column, cell) in columns.columns.iter().zip(cells) {
        let end = start + column.letters;
        if width(cell) > 0 {
            place(&mut line, cell, if column.right { end.saturating_sub(width(cell)) } else { start });
        }
        start = end + gap(style);
    }
    if style.columns.is_some_and(|columns| start.max(width(&line) + 1) + width(name) > columns) {
        let mut second = Text::default();
        place(&mut second, name, below(columns, style));
        return vec![line, second];
    }
    place(&mut line, name, start);
    vec![line]
}

#[cfg(test)]
mod tests {
    use super::super::document::{Column, Row};
    use super::*;

    #[test]
    fn a_document_is_lines_and_its_tones_are_colours() {
        let detail = Note { text: Text::toned(Tone::Bad, "fails").then(" here"), details: vec!["by 1".into()] };
        let document = Document(vec![
            vec![Block::Heading(Text::toned(Tone::Strong, "title").then(": more")), "a note".into()],
            vec![
                Block::Terms(vec![("name", "value".into()), ("a name", "".into())]),
                Block::Prose("as  it\n\nis".to_owned()),
            ],
            vec![Block::Table(Table { header: vec!["a", "b"], rows: vec![vec!["1".to_owned(), "2".to_owned()]] })],
            vec![Block::Note(Note { text: "all".into(), details: vec![detail, "rest".into()] })],
        ]);
        let plain = text(&document, Style::default());
        assert_eq!(
            plain,
            "title: more\na note\n\nname   value\na name \nas  it\n\nis\n\n a   b\n───────\n 1   2\n\nall\n  fails here\n    by 1\n  rest\n"
        );
        let coloured = text(&document, Style { colour: true, columns: None });
        assert_eq!(coloured, plain.replace("title", "\x1b[1mtitle\x1b[0m").replace("fails", "\x1b[31;1mfails\x1b[0m"));
    }

    const COLUMNS: Columns = Columns {
        columns: &[
            Column { head: "", letters: 2, right: false },
            Column { head: "found", letters: 3, right: false },
            Column { head: "number", letters: 3, right: true },
        ],
        name: "what",
    };

    #[test]
    fn rows_stand_under_their_heads_and_a_name_is_never_broken() {
        let row = |cells: [&str; 3], name: &str, notes: &[&str]| {
            let notes = notes.iter().map(|&note| note.into()).collect();
            Block::Row(&COLUMNS, Row { cells: cells.map(Text::from).to_vec(), name: name.to_owned(), notes })
        };
        let told = Document(vec![vec![
            Block::Heads(&COLUMNS),
            row(["ok", "yes", "7"], "this-one", &["told in some words more"]),
            row(["?", "unclear", ""], "that-other-one", &[]),
        ]]);
        let shown = |columns| text(&told, Style { colour: false, columns });
        let heads = "      found number what\n";
        let first = "  ok  yes    7  this-one\n      told in some words more\n";
        let whole = format!("{heads}{first}  ?   unclear   that-other-one\n");
        assert_eq!(shown(None), whole);
        assert_eq!(shown(Some(120)), whole);
        let heads = "   found number\n   what\n";
        let narrow = "ok yes   7\n   this-one\n   told in some\n     words more\n?  unclear\n   that-other-one\n";
        assert_eq!(shown(Some(17)), format!("{heads}{narrow}"));
    }

    #[test]
    fn a_table_that_would_break_words_is_a_list() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![row(["an-id-of-some-length", "12", "in some words"]), row(["another", "3", ""])];
        let table = Document(vec![vec![Block::Table(Table { header: vec!["id", "n", "source"], rows })]]);
        let shown = |columns| text(&table, Style { colour: false, columns });
        let wide = shown(None);
        assert!(wide.contains("\n an-id-of-some-length   12   in some words\n another                 3\n"), "{wide}");
        assert_eq!(shown(Some(60)), wide);
        // Broken between words.
        let narrow = shown(Some(36));
        assert!(narrow.contains(" an-id-of-some-length   12   in") && narrow.lines().count() > 4, "{narrow}");
        assert!(narrow.lines().all(|line| line.width() <= 36), "{narrow}");
        assert!(shown(Some(35)).starts_with("an-id-of-some-length\n  n 12; "), "{}", shown(Some(35)));
        assert_eq!(shown(Some(24)), "an-id-of-some-length\n  n 12; source in some\n    words\nanother\n  n 3\n");
    }
}
