//! A text cut into rows and fields, by the letter of RFC 4180.
//!
//! A lenient reader takes a quote that was never closed for a field that reaches to the end of the file, and a quote that closes too
//! early for a part of the text: rows vanish and nobody is told. Here whatever is not well formed is refused with its line. Lines
//! end in LF, CR LF or CR alone and are counted as an editor counts them, blank ones and those inside quotes included.

use std::borrow::Cow;

/// The rows of a text.
pub(super) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

/// One field, without the spaces around it and without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) text: Cow<'a, str>,
    /// The line where it begins, counted from 1.
    pub(super) line: u64,
}

/// Why a text is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// A quote that has no other one.
    #[error("line {line}: a quote opens here and is never closed")]
    Unclosed { line: u64 },
    /// A quoted field that goes on behind its closing quote.
    #[error(
        "line {line}: something stands between a closing quote and the next comma; the quote that it closes opens in line {opened}"
    )]
    BehindQuote { line: u64, opened: u64 },
    /// A quote in a field that does not begin with one.
    #[error("line {line}: a quote stands inside a field that does not begin with one")]
    StrayQuote { line: u64 },
}

impl<'a> Rows<'a> {
    /// The rows of `text`, which may begin with a byte order mark.
    pub(super) fn of(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { text, at: 0, line: 1 }
    }

    /// Puts the fields of the next row that is not blank in place of `fields`; false at the end of the text.
    ///
    /// # Errors
    ///
    /// [`Broken`], after which there are no more rows.
    pub(super) fn next(&mut self, fields: &mut Vec<Field<'a>>) -> Result<bool, Broken> {
        fields.clear();
        if !self.skip_blank_lines() {
            return Ok(false);
        }
        loop {
            let field = self.field()?;
            fields.push(field);
            if self.peek() != Some(b',') {
                self.skip_line_break();
                return Ok(true);
            }
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes to the first line that is not blank, if there is one.
    fn skip_blank_lines(&mut self) -> bool {
        loop {
            let start = self.at;
            self.skip_spaces();
            match self.peek() {
                None => return false,
                Some(b'\n' | b'\r') => self.skip_line_break(),
                Some(_) => {
                    self.at = start;
                    return true;
                }
            }
        }
    }

    fn skip_spaces(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Goes behind a line break, if here is one.
    fn skip_line_break(&mut self) {
        match self.peek() {
            Some(b'\r') if self.text.as_bytes().get(self.at + 1) == Some(&b'\n') => self.at += 2,
            Some(b'\n' | b'\r') => self.at += 1,
            _ => return,
        }
        self.line += 1;
    }

    /// The field that begins here, up to its comma, its line break or the end.
    fn field(&mut self) -> Result<Field<'a>, Broken> {
        let (start, line) = (self.at, self.line);
        self.skip_spaces();
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'\n' | b'\r' | b'"')).unwrap_or(rest.len());
        self.at = start + length;
        if self.peek() == Some(b'"') {
            return Err(Broken::StrayQuote { line });
        }
        Ok(Field { text: Cow::Borrowed(self.text[start..self.at].trim()), line })
    }

    /// The field whose opening quote is here.
    fn quoted(&mut self) -> Result<Field<'a>, Broken> {
        let (opened, start) = (self.line, self.at + 1);
        let mut doubled = false;
        self.at = start;
        loop {
            match self.peek() {
                None => return Err(Broken::Unclosed { line: opened }),
                Some(b'\n' | b'\r') => self.skip_line_break(),
                Some(b'"') if self.text.as_bytes().get(self.at + 1) == Some(&b'"') => {
                    doubled = true;
                    self.at += 2;
                }
                Some(b'"') => break,
                Some(_) => self.at += 1,
            }
        }
        let content = self.text[start..self.at].trim();
        self.at += 1;
        self.skip_spaces();
        if !matches!(self.peek(), None | Some(b',' | b'\n' | b'\r')) {
            return Err(Broken::BehindQuote { line: self.line, opened });
        }
        let text = if doubled { Cow::Owned(content.replace("\"\"", "\"")) } else { Cow::Borrowed(content) };
        Ok(Field { text, line: opened })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All rows, each field with its line.
    fn rows(text: &str) -> Result<Vec<Vec<(String, u64)>>, Broken> {
        let (mut rows, mut fields, mut all) = (Rows::of(text), Vec::new(), Vec::new());
        while rows.next(&mut fields)? {
            all.push(fields.drain(..).map(|field| (field.text.into_owned(), field.line)).collect());
        }
        Ok(all)
    }

    fn row(fields: &[(&str, u64)]) -> Vec<(String, u64)> {
        fields.iter().map(|&(text, line)| (text.to_owned(), line)).collect()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for (text, line) in [
            ("a,b\n1,2", 2),
            ("a,b\r\n1,2\r\n", 2),
            ("a,b\r1,2\r", 2),
            ("\n\r\n\ra,b\n \t \n\n1,2\n\n", 7),
            ("\u{feff}a,b\n1,2\n", 2),
            ("a,\"x\ny\"\r\n1,2", 3),
            ("a,\"x\r\n\r\ny\"\r\n1,2", 4),
        ] {
            let rows = rows(text).unwrap();
            assert_eq!(rows.len(), 2, "{text:?}");
            assert_eq!(rows[1], row(&[("1", line), ("2", line)]), "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_commas_line_breaks_and_quotes() {
        let text = " \"a,\"\"b\"\"\" ,\"two\nlines\",c d ,\"\"\n,,,\n";
        let expected = [row(&[("a,\"b\"", 1), ("two\nlines", 1), ("c d", 2), ("", 2)]), row(&[("", 3); 4])];
        assert_eq!(rows(text).unwrap(), expected);
        assert_eq!(rows("").unwrap(), [] as [Vec<_>; 0]);
        assert_eq!(rows(" \n\t").unwrap(), [] as [Vec<_>; 0]);
    }

    #[test]
    fn a_quote_without_another_is_refused_where_it_opens() {
        assert_eq!(rows("a,b\n1,\"x\n2,y\n"), Err(Broken::Unclosed { line: 2 }));
        assert_eq!(rows("a,\"x\ny\",\"b\nc"), Err(Broken::Unclosed { line: 2 }));
        // The next quote of the table closes it, and then something follows.
        assert_eq!(rows("1,\"x\n2,\"y\"\n"), Err(Broken::BehindQuote { line: 2, opened: 1 }));
        assert_eq!(rows("\"a\"b,c"), Err(Broken::BehindQuote { line: 1, opened: 1 }));
        assert_eq!(rows("\"a\\\"b\",c"), Err(Broken::BehindQuote { line: 1, opened: 1 }));
        assert_eq!(rows("a\nb\"c,d"), Err(Broken::StrayQuote { line: 2 }));
    }

    proptest! {
        #[test]
        fn what_another_writer_writes_is_read(
            table in (1_usize..4).prop_flat_map(|columns| {
                proptest::collection::vec(proptest::collection::vec("[a-c1\",\n\r]{1,6}", columns), 1..5)
            }),
            crlf: bool,
        ) {
            let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer =
                csv::WriterBuilder::new().terminator(terminator).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> =
                rows(&text).unwrap().into_iter().map(|row| row.into_iter().map(|(text, _)| text).collect()).collect();
            let trimmed: Vec<Vec<String>> =
                table.iter().map(|row| row.iter().map(|field| field.trim().to_owned()).collect()).collect();
            prop_assert_eq!(read, trimmed);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a1,\"\n\r \t]{0,30}|\\PC{0,20}") {
            let _ = rows(&text);
        }
    }
}
