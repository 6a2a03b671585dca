//! Text: which font draws it, in which direction, where its lines break, and the glyphs of each line.

use std::ops::Range;

use icu_segmenter::{GraphemeClusterSegmenter, LineSegmenter, options::LineBreakOptions};
use rustybuzz::{Direction, Feature, UnicodeBuffer, ttf_parser::Tag};
use unicode_bidi::{BidiInfo, Level};

use crate::{
    Han,
    fonts::{FontId, Fonts},
};

/// Style of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    /// Points.
    pub size: f32,
    pub bold: bool,
    /// 0 is black.
    pub gray: f32,
}

/// A glyph; distances in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub id: u16,
    pub advance: f32,
    pub x_offset: f32,
    pub y_offset: f32,
}

/// Glyphs that stand for a text together; most are one for one character.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub glyphs: Range<usize>,
    pub text: String,
}

/// Glyphs of one font, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub font: FontId,
    pub glyphs: Vec<Glyph>,
    pub clusters: Vec<Cluster>,
}

/// One line, from left to right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub width: f32,
    pub runs: Vec<Run>,
}

/// Sets texts of one document.
pub(crate) struct Setter<'a> {
    pub fonts: &'a Fonts,
    pub han: Han,
    features: [Feature; 1],
}

/// A text without what no document shows: control characters are blanks, and blanks at the ends go.
fn shown(text: &str) -> String {
    let plain = |c: char| match c {
        '\n' => '\n',
        c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => ' ',
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    text.trim().to_owned()
}

impl<'a> Setter<'a> {
    pub fn new(fonts: &'a Fonts, han: Han) -> Self {
        // Figures of one width stand below each other.
        let tabular = Feature::new(Tag::from_bytes(b"tnum"), 1, ..);
        Self {
            fonts,
            han,
            features: [tabular],
        }
    }

    /// A text in one line, whatever its width.
    pub fn line(&self, text: &str, style: Style) -> Line {
        let text = shown(text).replace('\n', " ");
        let bidi = BidiInfo::new(&text, None);
        self.shaped(&text, &bidi, 0..text.len(), style)
    }

    /// The lines of a text that is at most so wide, in points. A word that is wider breaks between characters.
    pub fn lines(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let text = shown(text);
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let paragraph = paragraph.trim();
            let bidi = BidiInfo::new(paragraph, None);
            let whole = self.shaped(paragraph, &bidi, 0..paragraph.len(), style);
            if whole.width <= width {
                lines.push(whole);
                continue;
            }
            for range in self.broken(paragraph, style, width) {
                lines.push(self.shaped(paragraph, &bidi, range, style));
            }
        }
        lines
    }

    fn width(&self, text: &str, style: Style) -> f32 {
        let bidi = BidiInfo::new(text, None);
        self.shaped(text, &bidi, 0..text.len(), style).width
    }

    /// Places where the lines of a paragraph begin and end, blanks at their ends left out.
    fn broken(&self, text: &str, style: Style, width: f32) -> Vec<Range<usize>> {
        let blank = self.width("\u{a0}", style);
        let mut lines = Lines {
            text,
            width,
            done: Vec::new(),
            current: 0..0,
            filled: 0.0,
        };
        let segmenter = LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default());
        let mut from = 0;
        for to in segmenter.segment_str(text) {
            if to == 0 {
                continue;
            }
            let piece = &text[from..to];
            let word = piece.trim_end();
            let blanks = (piece.chars().count() - word.chars().count()) as f32 * blank;
            let wide = self.width(word, style);
            if wide <= width {
                lines.put(from..to, wide, blanks);
            } else {
                let clusters = GraphemeClusterSegmenter::new();
                let mut start = 0;
                for end in clusters.segment_str(piece) {
                    if end > 0 {
                        let wide = self.width(&piece[start..end], style);
                        lines.put(from + start..from + end, wide, 0.0);
                    }
                    start = end;
                }
            }
            from = to;
        }
        lines.end();
        lines.done
    }

    /// The glyphs of a part of a paragraph, in the order in which they stand.
    fn shaped(&self, text: &str, bidi: &BidiInfo<'_>, range: Range<usize>, style: Style) -> Line {
        let mut line = Line::default();
        let Some(paragraph) = bidi.paragraphs.first() else {
            return line;
        };
        if range.is_empty() {
            return line;
        }
        let (levels, runs) = match bidi.has_rtl() {
            true => bidi.visual_runs(paragraph, range),
            false => (Vec::new(), vec![range]),
        };
        for run in runs {
            let is_rtl = levels.get(run.start).is_some_and(Level::is_rtl);
            let mut parts = self.of_one_font(text, run, style);
            if is_rtl {
                parts.reverse();
            }
            for (font, part) in parts {
                let run = self.run(font, &text[part], is_rtl, style);
                line.width += run.glyphs.iter().map(|glyph| glyph.advance).sum::<f32>();
                line.runs.push(run);
            }
        }
        line
    }

    /// Parts that one font draws. Marks and blanks stay with the font before them, where that has them.
    fn of_one_font(
        &self,
        text: &str,
        range: Range<usize>,
        style: Style,
    ) -> Vec<(FontId, Range<usize>)> {
        let mut parts: Vec<(FontId, Range<usize>)> = Vec::new();
        for (place, c) in text[range.clone()].char_indices() {
            let (from, to) = (range.start + place, range.start + place + c.len_utf8());
            if let Some((font, part)) = parts.last_mut() {
                let follows = !c.is_alphanumeric() || is_format(c);
                let stays = is_format(c) || (follows && self.fonts.get(*font).has(c));
                if stays {
                    part.end = to;
                    continue;
                }
            }
            let font = self.fonts.of(c, style.bold, self.han);
            match parts.last_mut() {
                Some((last, part)) if *last == font => part.end = to,
                _ => parts.push((font, from..to)),
            }
        }
        parts
    }

    fn run(&self, id: FontId, text: &str, is_rtl: bool, style: Style) -> Run {
        let font = self.fonts.get(id);
        let scale = style.size / font.units();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(match is_rtl {
            true => Direction::RightToLeft,
            false => Direction::LeftToRight,
        });
        // A hyphen as wide as a figure would tear words apart.
        let features: &[Feature] = match text.trim_start_matches('-').contains('-') {
            true => &[],
            false => &self.features,
        };
        let shaped = rustybuzz::shape(&font.face, features, buffer);
        let (infos, places) = (shaped.glyph_infos(), shaped.glyph_positions());
        let glyphs = infos.iter().zip(places).map(|(info, place)| Glyph {
            id: u16::try_from(info.glyph_id).unwrap_or(0),
            advance: place.x_advance as f32 * scale,
            x_offset: place.x_offset as f32 * scale,
            y_offset: place.y_offset as f32 * scale,
        });
        let glyphs: Vec<Glyph> = glyphs.collect();
        // Starts of clusters in the text, in its order; each ends where the next begins.
        let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut at = 0;
        while at < infos.len() {
            let start = infos[at].cluster as usize;
            let mut end = at + 1;
            while end < infos.len() && infos[end].cluster as usize == start {
                end += 1;
            }
            let next = starts.partition_point(|other| *other <= start);
            let until = starts.get(next).copied().unwrap_or(text.len());
            clusters.push(Cluster {
                glyphs: at..end,
                text: text.get(start..until).unwrap_or_default().to_owned(),
            });
            at = end;
        }
        Run {
            font: id,
            glyphs,
            clusters,
        }
    }
}

/// Characters that draw nothing by themselves.
fn is_format(c: char) -> bool {
    matches!(u32::from(c), 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFE00..=0xFE0F | 0xFEFF)
}

/// Lines that are being filled.
struct Lines<'t> {
    text: &'t str,
    width: f32,
    done: Vec<Range<usize>>,
    current: Range<usize>,
    filled: f32,
}

impl Lines<'_> {
    /// Puts a word on the line, or on the next where it does not fit any more.
    fn put(&mut self, range: Range<usize>, wide: f32, blanks: f32) {
        if self.filled > 0.0 && self.filled + wide > self.width {
            self.end();
        }
        if self.current.is_empty() {
            self.current.start = range.start;
        }
        self.current.end = range.end;
        self.filled += wide + blanks;
    }

    fn end(&mut self) {
        let line = &self.text[self.current.clone()];
        let end = self.current.start + line.trim_end().len();
        if end > self.current.start {
            self.done.push(self.current.start..end);
        }
        self.current = self.current.end..self.current.end;
        self.filled = 0.0;
    }
}
