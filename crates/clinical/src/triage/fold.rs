//! Text made comparable, with the way back to what was written.

use super::spelling::Spelling;

/// Text in lower case with straight quotes and without accents, and the way
/// back to the characters it came from.
pub(crate) struct Folded {
    pub(crate) text: String,
    /// For each byte of `text`, the index of the original character.
    origin: Vec<usize>,
}

impl Folded {
    pub(crate) fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut origin = Vec::with_capacity(original.len());
        let chars: Vec<char> = original.chars().collect();
        let mut put = |c: char, at: usize| {
            // A wrapped line is one clause and an empty line ends it; phrases hold single spaces.
            if c == ' ' && text.ends_with([' ', '\n']) {
                return;
            }
            if c == '\n' && text.ends_with(' ') {
                text.pop();
                origin.pop();
            }
            text.push(c);
            origin.extend(std::iter::repeat_n(at, c.len_utf8()));
        };
        for (at, c) in chars.iter().copied().enumerate() {
            match c {
                '’' | '‘' | 'ʼ' | '`' => put('\'', at),
                '“' | '”' => put('"', at),
                '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => {}
                // Accents written as characters of their own.
                '\u{0300}'..='\u{036F}' => {}
                '\n' if empty_line(&chars, at) => put('\n', at),
                c if c.is_whitespace() => put(' ', at),
                '½' => {
                    put('.', at);
                    put('5', at);
                }
                '０'..='９' => put(ascii_digit(c, '０'), at),
                '٠'..='٩' => put(ascii_digit(c, '٠'), at),
                '۰'..='۹' => put(ascii_digit(c, '۰'), at),
                _ => c.to_lowercase().map(unaccented).for_each(|c| put(c, at)),
            }
        }
        Self { text, origin }
    }

    /// Comparable text alone.
    pub(crate) fn plain(original: &str) -> String {
        Self::new(original).text
    }

    /// The same with misspelled words of red flags read as what was meant.
    pub(super) fn spelled(self, spelling: &Spelling) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut origin = Vec::with_capacity(self.origin.len());
        let mut at = 0;
        for word in self.text.split_inclusive(|c: char| !c.is_ascii_lowercase()) {
            let letters = word.trim_end_matches(|c: char| !c.is_ascii_lowercase());
            let from = &self.origin[at..at + word.len()];
            match spelling.meant(letters) {
                Some(meant) => {
                    text.push_str(meant);
                    let last = letters.len() - 1;
                    origin.extend((0..meant.len()).map(|i| {
                        // The last letter stays the last, so that a span covers the whole word.
                        from[if i + 1 == meant.len() {
                            last
                        } else {
                            i.min(last)
                        }]
                    }));
                    text.push_str(&word[letters.len()..]);
                    origin.extend_from_slice(&from[letters.len()..]);
                }
                None => {
                    text.push_str(word);
                    origin.extend_from_slice(from);
                }
            }
            at += word.len();
        }
        Self { text, origin }
    }

    /// Character positions in the original for byte positions in the folded text.
    pub(crate) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let at = |i: usize| self.origin.get(i).copied();
        let start = at(start).unwrap_or(0);
        let last = end.checked_sub(1).and_then(at).unwrap_or(start);
        (start, last + 1)
    }
}

/// The ASCII digit of a digit of another script.
fn ascii_digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// True when only blanks stand between the line break at `at` and the one before it.
fn empty_line(chars: &[char], at: usize) -> bool {
    chars[..at]
        .iter()
        .rev()
        .find(|c| !matches!(c, ' ' | '\t' | '\r'))
        .is_some_and(|c| *c == '\n')
}

fn unaccented(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        c => c,
    }
}
