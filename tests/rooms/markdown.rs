//! The Markdown of a verification, as a parser of GitHub's Markdown reads it.

use gradient_witness::report::changes::Changes;
use gradient_witness::report::markdown::summary;
use gradient_witness::report::results::{Control, Results};
use gradient_witness::verify::Status;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::saved_results::{GENERATED, OWN_RUN};

/// What a parser finds: the tables as rows of cells, and all text and code.
#[derive(Debug, Default)]
struct Read {
    tables: Vec<Vec<Vec<String>>>,
    text: String,
    /// Tags, links, images and emphasis that stand in it.
    marks: Vec<String>,
}

fn read(markdown: &str) -> Read {
    let mut read = Read::default();
    let mut in_table = false;
    for event in
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
    {
        match event {
            Event::Start(Tag::Table(_)) => {
                read.tables.push(Vec::new());
                in_table = true;
            }
            Event::End(TagEnd::Table) => in_table = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => read.tables.last_mut().unwrap().push(Vec::new()),
            Event::Start(Tag::TableCell) => read.tables.last_mut().unwrap().last_mut().unwrap().push(String::new()),
            Event::Text(text) | Event::Code(text) => {
                read.text += &text;
                if in_table {
                    *read.tables.last_mut().unwrap().last_mut().unwrap().last_mut().unwrap() += &text;
                }
            }
            Event::InlineHtml(tag) | Event::Html(tag) => read.marks.push(tag.trim().to_owned()),
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough)) => {
                read.marks.push(format!("{tag:?}"));
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => read.marks.push("math".to_owned()),
            _ => {}
        }
    }
    read
}

/// Whether every row has as many cells as the head, in the text as well: a parser fills and cuts rows.
fn assert_tables(markdown: &str) -> Vec<Vec<Vec<String>>> {
    let tables = read(markdown).tables;
    let lines: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    let rows: Vec<&Vec<String>> = tables.iter().flatten().collect();
    // Each table has a line of dashes that is no row.
    assert_eq!(lines.len(), rows.len() + tables.len(), "{markdown}");
    for table in &tables {
        assert!(table.iter().all(|row| row.len() == table[0].len()));
    }
    let dashes = |line: &&&str| line.starts_with("| ---");
    let told = lines.iter().filter(|line| !dashes(line));
    for (line, row) in told.zip(rows) {
        assert_eq!(line.matches('|').count(), row.len() + 1, "{line}");
    }
    tables
}

#[test]
fn a_paper_is_a_row_and_what_is_as_expected_no_line() {
    let text = summary(&GENERATED, None);
    let tables = assert_tables(&text);
    assert_eq!(
        tables,
        [vec![
            vec!["paper", "claims", "held", "false as printed", "undecided", "not as expected", "controls caught"],
            vec!["JT19", "3", "2", "1", "0", "0", "3 of 3"],
            vec!["ACGH19", "1", "1", "0", "0", "0", "1 of 1"],
        ]]
    );
    assert!(text.contains("**4 as expected, 0 not as expected, 0 undecided.**"), "{text}");
    assert!(!text.contains("### "), "{text}");
}

#[test]
fn what_is_not_as_expected_is_there_with_its_replay() {
    let mut results = GENERATED.clone();
    results.claims[1].status = Status::Refuted;
    results.claims[1].counterexample = Some("title = \"a run\"\n".to_owned());
    results.claims[1].replay =
        Some("witness verify --claim JT19.descent-step --spec JT19.descent-step.toml".to_owned());
    results.claims[1].note = "at t = 2: ‖W_k‖ ≤ R".to_owned();
    results.claims[2].control = Some(Control::Missed);
    results.claims[3].status = Status::Undecided;
    results.summary = results.counted();
    let text = summary(&results, None);
    let (_, lines) = text.split_once("### Not as expected\n").unwrap();
    assert_eq!(
        lines,
        "\n- `JT19.descent-step`: **refuted** (certified), expected to hold  \n  `at t = 2: ‖W_k‖ ≤ R`  \n  again: `witness verify \
         --claim JT19.descent-step --spec JT19.descent-step.toml`\n\n  <details><summary><code>JT19&#46;descent-step&#46;toml</code></summary>\n\n  \
         ```toml\n  title = \"a run\"\n  ```\n\n  </details>\n\n- `JT19.SL-1`: **refuted** (certified), expected to be refuted, control \
         **missed**"
            .to_owned()
            + &lines[lines.find("  \n  `at t = 1").unwrap()..]
    );
    // Of a control that was missed a replay shows nothing.
    assert!(lines.contains("again: `witness verify --claim JT19.SL-1 --seed 1`\n\n### Undecided"), "{lines}");
    let (_, open) = lines.split_once("### Undecided\n").unwrap();
    assert!(open.contains("- `ACGH19.thm2-probability-formula`: **undecided**"), "{open}");
    assert!(open.contains("again: `witness verify --claim ACGH19.thm2-probability-formula --seed 1`"), "{open}");
}

#[test]
fn a_run_of_one_s_own_says_what_is_refuted_on_it() {
    let text = summary(&OWN_RUN, None);
    let tables = assert_tables(&text);
    assert_eq!(tables[0][0][2..], ["held", "refuted", "false as printed", "undecided", "not applicable", "failed"]);
    assert!(text.starts_with(&format!("## `witness {}`: `run.toml`\n", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.contains("again: `witness verify --claim JT19.SL-1 --spec run.toml`"), "{text}");
}

/// Texts in which everything is markup that can be, each with what a reader must see of it.
const HOSTILE: [(&str, &str); 4] = [
    (
        "a|b `c` ```d``` <script>x</script> <!-- **e** _f_ [g](http://h) ![i](j) ~~k~~ $l$ @m #1 \\| &lt; \n| n |\n# o \u{202e}p\u{1b}[31m",
        "a|b `c` ```d``` <script>x</script> <!-- **e** _f_ [g](http://h) ![i](j) ~~k~~ $l$ @m #1 \\| &lt; \\n| n |\\n# o \\u{202e}p\\u{1b}[31m",
    ),
    ("a | b \\| c \\\\| d", "a | b \\| c \\\\| d"),
    ("`` a ` www.b.c", "`` a ` www.b.c"),
    ("<b>_c_ https://d.e\\", "<b>_c_ https://d.e\\"),
];

#[test]
fn nothing_in_results_is_markup() {
    for (hostile, seen) in HOSTILE {
        let mut new = GENERATED.clone();
        for (number, claim) in new.claims.iter_mut().enumerate() {
            claim.status = Status::Refuted;
            claim.note = hostile.to_owned();
            claim.paper = hostile.to_owned();
            claim.replay = Some(hostile.to_owned());
            claim.counterexample = Some(format!("# {hostile}\n````\n</details>\n"));
            claim.id = format!("{number} {hostile}");
        }
        new.version = hostile.to_owned();
        new.command = Some(hostile.to_owned());
        new.scope_note = hostile.to_owned();
        for spec in [None, Some(hostile.to_owned())] {
            new.spec = spec;
            let mut old = new.clone();
            old.claims[0].id = "gone".to_owned();
            old.claims[1].worst_ratio = Some(hostile.to_owned());
            old.claims[3].samples[0].agrees = Some(false);
            old.version = "1".to_owned();
            let text = summary(&new, Some(&Changes::between(hostile, &old, &new)));
            assert_tables(&text);
            let allowed = ["<code>", "</code>", "</details>"];
            let Read { tables, marks, text: all } = read(&text);
            let is_foreign =
                |mark: &&String| !allowed.contains(&mark.as_str()) && !mark.starts_with("<details><summary>");
            assert_eq!(marks.iter().filter(is_foreign).collect::<Vec<_>>(), [""; 0], "{text}");
            let hidden = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
            assert!(!text.contains(hidden));
            assert!(all.contains(seen), "{text}");
            assert_eq!(tables[0][1][2], seen, "{text}");
            assert!(tables[2].iter().any(|row| row[1] == format!("1 {seen}") && row[3] == seen), "{text}");
        }
    }
}

#[test]
fn there_is_an_end_to_it() {
    let mut results = GENERATED.clone();
    let claim = results.claims[1].clone();
    results.claims.extend((0..2_000).map(|number| {
        let mut claim = claim.clone();
        claim.id = format!("JT19.{number}");
        claim.status = if number % 2 == 0 { Status::Failed } else { Status::Undecided };
        claim.note = "x".repeat(10_000);
        claim.counterexample = Some("y\n".repeat(100_000));
        claim
    }));
    results.summary = results.counted();
    let mut old = results.clone();
    for claim in &mut old.claims {
        claim.max_bits += 1;
        claim.id = format!("{}{}", claim.id, if claim.id.ends_with('7') { "old" } else { "" });
    }
    let text = summary(&results, Some(&Changes::between(&"z".repeat(5_000), &old, &results)));
    assert!(text.chars().count() <= 65_536, "{}", text.chars().count());
    assert!(text.contains("### Undecided") && text.contains(" more, for which there is no room here."));
    assert_tables(&text);
    let text = summary(&results, None);
    assert!(text.chars().count() <= 65_536);
    assert!(text.contains("… (cut)") && text.contains("too long to be shown here"));
}

#[test]
fn changes_stand_first() {
    let mut new = Results { seed: 2, ..GENERATED.clone() };
    new.claims[1].status = Status::Refuted;
    new.claims[0].id = "JT19.renamed".to_owned();
    new.summary = new.counted();
    let text = summary(&new, Some(&Changes::between("old.json", &GENERATED, &new)));
    let tables = assert_tables(&text);
    assert_eq!(tables[0][1], ["seed", "1", "2"]);
    assert_eq!(tables[1][1], ["worse", "JT19.descent-step", "status", "holds (certified)", "refuted (certified)"]);
    assert_eq!(tables[2][0][0], "paper");
    assert!(text.contains("New:\n\n- `JT19.renamed`: holds (proved)\n"), "{text}");
    let same = summary(&GENERATED, Some(&Changes::between("old.json", &GENERATED, &GENERATED)));
    assert!(same.contains("### What changed since `old.json`\n\nNothing changed in 4 claims.\n\n| paper"), "{same}");
}
