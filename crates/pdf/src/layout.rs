//! Layout: where each line of a sheet stands, page by page. Distances are points, from the top left corner.

use crate::{
    Sheet, Sum, Table,
    fonts::Fonts,
    text::{Line, Setter, Style},
};

/// Between the paper's edge and what stands on it.
const MARGIN: f32 = 48.0;
/// Room for the foot of a page.
const FOOT: f32 = 62.0;
/// Between two columns.
const GAP: f32 = 16.0;
/// Share of the width that one column of figures takes, at most.
const WIDEST: f32 = 0.22;

const TITLE: Style = style(22.0, true, 0.0);
const BRAND: Style = style(13.0, true, 0.38);
const TEXT: Style = style(9.0, false, 0.12);
const STRONG: Style = style(9.0, true, 0.05);
const QUIET: Style = style(9.0, false, 0.38);
const SMALL: Style = style(8.0, false, 0.42);
const HEADLINE: Style = style(15.0, true, 0.05);
const HEADING: Style = style(11.0, true, 0.05);

/// Gray of a line below a table's head, and of one between sums.
const RULE: f32 = 0.7;
const FAINT: f32 = 0.89;

const fn style(size: f32, bold: bool, gray: f32) -> Style {
    Style { size, bold, gray }
}

impl Style {
    /// From one line to the next.
    fn leading(self) -> f32 {
        self.size * 1.45
    }

    /// From the top of a line to where its letters stand.
    fn baseline(self) -> f32 {
        self.size * 1.08
    }
}

/// Something on a page.
#[derive(Debug)]
pub(crate) enum Mark {
    /// Letters, from the left end of their baseline.
    Text {
        x: f32,
        y: f32,
        line: Line,
        style: Style,
    },
    /// A horizontal line.
    Rule { x: f32, to: f32, y: f32, gray: f32 },
}

/// Content of one page.
pub(crate) type Page = Vec<Mark>;

pub(crate) struct Layout<'a> {
    sheet: &'a Sheet,
    setter: Setter<'a>,
    pages: Vec<Page>,
    left: f32,
    right: f32,
    /// The end of what may be filled.
    bottom: f32,
    height: f32,
    y: f32,
}

/// Lines of one height that stand beside each other.
struct Strip {
    height: f32,
    lines: Vec<Placed>,
}

/// A line, at its left end or its right one.
struct Placed {
    x: f32,
    is_right: bool,
    line: Line,
    style: Style,
}

/// Columns of a table: left and right end of each.
struct Columns(Vec<(f32, f32)>);

impl<'a> Layout<'a> {
    pub fn new(sheet: &'a Sheet, fonts: &'a Fonts) -> Self {
        let (width, height) = sheet.paper.size();
        Self {
            sheet,
            setter: Setter::new(fonts, sheet.han),
            pages: vec![Page::new()],
            left: MARGIN,
            right: width - MARGIN,
            bottom: height - FOOT,
            height,
            y: MARGIN,
        }
    }

    /// The pages of the sheet.
    pub fn pages(mut self) -> Vec<Page> {
        let sheet = self.sheet;
        self.head();
        self.parties();
        if !sheet.headline.is_empty() {
            self.space(20.0);
            self.paragraph(&sheet.headline, HEADLINE);
        }
        self.space(20.0);
        self.table(&sheet.lines);
        self.space(6.0);
        for sum in &sheet.sums {
            self.sum(sum);
        }
        for table in &sheet.tables {
            self.space(28.0);
            self.table(table);
        }
        if !sheet.notes.is_empty() {
            self.space(24.0);
        }
        for note in &sheet.notes {
            self.paragraph(note, QUIET);
            self.space(6.0);
        }
        self.feet();
        self.pages
    }

    fn width(&self) -> f32 {
        self.right - self.left
    }

    fn draw(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// A line whose top is at `y`.
    fn put(&mut self, placed: Placed, y: f32) {
        let Placed {
            x,
            is_right,
            line,
            style,
        } = placed;
        let x = if is_right { x - line.width } else { x };
        let y = y + style.baseline();
        self.draw(Mark::Text { x, y, line, style });
    }

    /// Lines below each other from `y` on; where they end.
    fn stack(&mut self, lines: Vec<Line>, style: Style, (x, is_right): (f32, bool), y: f32) -> f32 {
        let mut y = y;
        for line in lines {
            let placed = Placed {
                x,
                is_right,
                line,
                style,
            };
            self.put(placed, y);
            y += style.leading();
        }
        y
    }

    fn rule(&mut self, x: f32, gray: f32) {
        let (to, y) = (self.right, self.y);
        self.draw(Mark::Rule { x, to, y, gray });
    }

    fn new_page(&mut self) {
        self.pages.push(Page::new());
        self.y = MARGIN;
    }

    /// A new page, where less than `height` is left of this one.
    fn need(&mut self, height: f32) {
        if self.y + height > self.bottom && self.y > MARGIN {
            self.new_page();
        }
    }

    /// Nothing, but not at the top of a page.
    fn space(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.setter.lines(text, style, self.width()) {
            self.need(style.leading());
            self.y = self.stack(vec![line], style, (self.left, false), self.y);
        }
    }

    fn head(&mut self) {
        let sheet = self.sheet;
        let half = self.width() / 2.0;
        let title = self.setter.lines(&sheet.title, TITLE, half);
        let brand = self.setter.lines(&sheet.brand, BRAND, half - GAP);
        let (left, right, top) = (self.left, self.right, self.y);
        let one = self.stack(title, TITLE, (left, false), top);
        let other = self.stack(brand, BRAND, (right, true), top + 7.0);
        self.y = one.max(other) + 10.0;
        let names = sheet.facts.iter().enumerate().map(|(place, (name, _))| {
            let style = if place == 0 { STRONG } else { QUIET };
            self.setter.line(name, style).width
        });
        let names = names.fold(0.0, f32::max).min(half);
        for (place, (name, value)) in sheet.facts.iter().enumerate() {
            let (named, valued) = match place {
                0 => (STRONG, STRONG),
                _ => (QUIET, TEXT),
            };
            let at = self.left + names + GAP;
            let name = self.setter.lines(name, named, names + 1.0);
            let value = self.setter.lines(value, valued, self.right - at);
            let height = name.len().max(value.len()) as f32 * TEXT.leading();
            self.need(height);
            let y = self.y;
            self.stack(name, named, (self.left, false), y);
            self.stack(value, valued, (at, false), y);
            self.y += height;
        }
    }

    fn parties(&mut self) {
        let sheet = self.sheet;
        let count = sheet.parties.len().max(2) as f32;
        let width = (self.width() - GAP * (count - 1.0)) / count;
        self.space(22.0);
        let columns = sheet.parties.iter().map(|party| {
            let first = [&party.heading, &party.name];
            let mut first = first.into_iter().filter(|text| !text.is_empty());
            let mut lines = Vec::new();
            let strong = first.next().map(String::as_str).unwrap_or_default();
            for line in self.setter.lines(strong, STRONG, width) {
                lines.push((line, STRONG));
            }
            for text in first.chain(&party.lines) {
                for line in self.setter.lines(text, TEXT, width) {
                    lines.push((line, TEXT));
                }
            }
            lines
        });
        let columns: Vec<_> = columns.collect();
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        for _ in 0..rows {
            self.need(TEXT.leading());
            let y = self.y;
            for (place, column) in columns.iter_mut().enumerate() {
                if let Some((line, style)) = column.next() {
                    let x = self.left + place as f32 * (width + GAP);
                    self.stack(vec![line], style, (x, false), y);
                }
            }
            self.y += TEXT.leading();
        }
    }

    /// The columns of a table: those of figures as wide as what stands in them.
    fn columns(&self, table: &Table) -> Columns {
        let most = self.width() * WIDEST;
        let mut right = self.right;
        let mut columns = Vec::new();
        for column in (1..table.heads.len()).rev() {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            let widths = cells.map(|cell| {
                let parts = cell.split('\n');
                let widths = parts.map(|part| self.setter.line(part, TEXT).width);
                widths.fold(0.0, f32::max)
            });
            let head = self.setter.line(&table.heads[column], SMALL).width;
            let width = widths.fold(head, f32::max).min(most) + 0.1;
            columns.push((right - width, right));
            right -= width + GAP;
        }
        columns.push((self.left, right));
        columns.reverse();
        Columns(columns)
    }

    /// Cells that stand beside each other, as strips.
    fn strips(&self, columns: &Columns, cells: &[String], style: Style, note: &str) -> Vec<Strip> {
        let mut strips: Vec<Strip> = Vec::new();
        for (column, (cell, (left, right))) in cells.iter().zip(&columns.0).enumerate() {
            let is_right = column > 0;
            let lines = self.setter.lines(cell, style, right - left);
            for (place, line) in lines.into_iter().enumerate() {
                if strips.len() == place {
                    strips.push(Strip {
                        height: style.leading(),
                        lines: Vec::new(),
                    });
                }
                strips[place].lines.push(Placed {
                    x: if is_right { *right } else { *left },
                    is_right,
                    line,
                    style,
                });
            }
        }
        let (left, right) = columns.0.first().copied().unwrap_or_default();
        if note.is_empty() {
            return strips;
        }
        for line in self.setter.lines(note, SMALL, right - left) {
            strips.push(Strip {
                height: SMALL.leading(),
                lines: vec![Placed {
                    x: left,
                    is_right: false,
                    line,
                    style: SMALL,
                }],
            });
        }
        strips
    }

    fn strip(&mut self, strip: Strip) {
        let y = self.y;
        for placed in strip.lines {
            self.put(placed, y);
        }
        self.y += strip.height;
    }

    fn heads(&mut self, table: &Table, columns: &Columns) {
        for strip in self.strips(columns, &table.heads, SMALL, "") {
            self.strip(strip);
        }
        self.y += 4.0;
        self.rule(self.left, RULE);
        self.y += 7.0;
    }

    fn table(&mut self, table: &Table) {
        if table.heads.is_empty() {
            return;
        }
        // The title stands with the head and a row below it.
        self.need(80.0);
        if !table.title.is_empty() {
            self.paragraph(&table.title, HEADING);
            self.y += 6.0;
        }
        let columns = self.columns(table);
        self.heads(table, &columns);
        let room = self.bottom - MARGIN - 40.0;
        for row in &table.rows {
            let strips = self.strips(&columns, &row.cells, TEXT, &row.note);
            let height: f32 = strips.iter().map(|strip| strip.height).sum();
            let is_split = height > room;
            for (place, strip) in strips.into_iter().enumerate() {
                let needed = match (is_split, place) {
                    (false, 0) => height,
                    _ => strip.height,
                };
                if self.y + needed > self.bottom {
                    self.new_page();
                    self.heads(table, &columns);
                }
                self.strip(strip);
            }
            self.y += 7.0;
        }
    }

    fn sum(&mut self, sum: &Sum) {
        let style = if sum.strong { STRONG } else { TEXT };
        let left = self.left + self.width() * 0.5;
        let amount = self.setter.lines(&sum.amount, style, self.width() * 0.3);
        let wide = amount.iter().map(|line| line.width).fold(0.0, f32::max);
        let label = self
            .setter
            .lines(&sum.label, style, self.right - wide - GAP - left);
        let height = label.len().max(amount.len()) as f32 * style.leading();
        self.need(height + 10.0);
        self.rule(left, FAINT);
        self.y += 5.0;
        let (right, y) = (self.right, self.y);
        self.stack(label, style, (left, false), y);
        self.stack(amount, style, (right, true), y);
        self.y += height + 4.0;
    }

    /// The foot of every page, once their number is known.
    fn feet(&mut self) {
        let sheet = self.sheet;
        let count = self.pages.len();
        let y = self.height - 44.0;
        for place in 0..count {
            let number = sheet.page_of.replace("{page}", &(place + 1).to_string());
            let number = number.replace("{pages}", &count.to_string());
            let number = self.setter.line(&number, SMALL);
            let room = self.width() - number.width - GAP;
            let words = self.setter.lines(&sheet.footer, SMALL, room);
            let rule = Mark::Rule {
                x: self.left,
                to: self.right,
                y,
                gray: FAINT,
            };
            let letters = |x, line| Mark::Text {
                x,
                y: y + 8.0 + SMALL.baseline(),
                line,
                style: SMALL,
            };
            let page = &mut self.pages[place];
            page.push(rule);
            page.push(letters(self.right - number.width, number));
            page.extend(
                words
                    .into_iter()
                    .next()
                    .map(|line| letters(self.left, line)),
            );
        }
    }
}
