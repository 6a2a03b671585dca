//! The file: pages as PDF operators, and the fonts reduced to the glyphs that are used.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{
    Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use rustybuzz::ttf_parser::{GlyphId, RawFace, Tag};
use sha2::{Digest as _, Sha256};
use subsetter::GlyphRemapper;

use crate::{
    PdfError, Sheet,
    fonts::{Font, FontId, Fonts},
    layout::{Mark, Page},
    text::{Cluster, Line, Run, Style},
};

/// Of miniz: small enough, and several times as fast as the best.
const COMPRESSION: u8 = 6;

const SYSTEM_INFO: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// Glyphs of one font that the file uses.
struct Used {
    name: String,
    glyphs: GlyphRemapper,
    /// By the glyph's number in the file: its number in the font, and the text that it stands for.
    known: BTreeMap<u16, (u16, String)>,
}

#[derive(Default)]
struct UsedFonts(Vec<(FontId, Used)>);

impl UsedFonts {
    fn of(&mut self, id: FontId) -> &mut Used {
        let place = match self.0.iter().position(|(known, _)| *known == id) {
            Some(place) => place,
            None => {
                let used = Used {
                    name: format!("F{}", self.0.len()),
                    glyphs: GlyphRemapper::new(),
                    known: BTreeMap::new(),
                };
                self.0.push((id, used));
                self.0.len() - 1
            }
        };
        &mut self.0[place].1
    }
}

/// The bytes of a sheet's file.
pub(crate) fn file(sheet: &Sheet, fonts: &Fonts, pages: &[Page]) -> Result<Vec<u8>, PdfError> {
    let mut next = Ref::new(1);
    let (catalog, tree, info) = (next.bump(), next.bump(), next.bump());
    let mut used = UsedFonts::default();
    let (width, height) = sheet.paper.size();
    let contents: Vec<Vec<u8>> = pages
        .iter()
        .map(|page| content(page, height, fonts, &mut used))
        .collect();
    let mut pdf = Pdf::new();
    let mut digest = Sha256::new();
    let mut set = Vec::new();
    for (id, used) in &used.0 {
        let font = fonts.get(*id);
        let place = next.bump();
        set.push((used.name.clone(), place));
        digest.update(&font.name);
        embed(&mut pdf, font, used, place, &mut next)?;
    }
    let mut kids = Vec::new();
    for content in &contents {
        let (page, stream) = (next.bump(), next.bump());
        kids.push(page);
        digest.update(content);
        let packed = compress_to_vec_zlib(content, COMPRESSION);
        pdf.stream(stream, &packed).filter(Filter::FlateDecode);
        let mut page = pdf.page(page);
        page.parent(tree)
            .media_box(Rect::new(0.0, 0.0, width, height))
            .contents(stream);
        let mut resources = page.resources();
        let mut named = resources.fonts();
        for (name, font) in &set {
            named.pair(Name(name.as_bytes()), *font);
        }
    }
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(kids).count(count);
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(&sheet.language));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    let (year, month, day) = sheet.date;
    let number = sheet.facts.first().map(|(_, value)| value.as_str());
    let title = format!("{} {}", sheet.title, number.unwrap_or_default());
    pdf.document_info(info)
        .title(TextStr(title.trim()))
        .author(TextStr(&sheet.brand))
        .producer(TextStr("Till"))
        .creation_date(Date::new(year).month(month).day(day).utc_offset_hour(0));
    // The file's name is what is in it.
    digest.update(&title);
    let id = digest.finalize()[..16].to_vec();
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

/// The operators of a page.
fn content(page: &Page, height: f32, fonts: &Fonts, used: &mut UsedFonts) -> Vec<u8> {
    let mut content = Content::new();
    for mark in page {
        match mark {
            Mark::Rule { x, to, y, gray } => {
                content
                    .set_stroke_gray(*gray)
                    .set_line_width(0.75)
                    .move_to(*x, height - y)
                    .line_to(*to, height - y)
                    .stroke();
            }
            Mark::Text { x, y, line, style } => {
                letters(&mut content, line, *style, (*x, height - y), fonts, used);
            }
        }
    }
    content.finish().into_vec()
}

fn letters(
    content: &mut Content,
    line: &Line,
    style: Style,
    (x, y): (f32, f32),
    fonts: &Fonts,
    used: &mut UsedFonts,
) {
    if line.runs.is_empty() {
        return;
    }
    content.begin_text().set_fill_gray(style.gray);
    let mut x = x;
    for run in &line.runs {
        let font = fonts.get(run.font);
        let used = used.of(run.font);
        content.set_font(Name(used.name.as_bytes()), style.size);
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        show(content, run, style, font, used);
        x += run.glyphs.iter().map(|glyph| glyph.advance).sum::<f32>();
    }
    content.end_text();
}

/// Content that one operator shows: glyphs, and moves between them in thousandths of an em, to the left.
enum Piece {
    Glyphs(Vec<u8>),
    Move(f32),
}

/// Shows a run. A glyph stands for the text that it stood for first; where it stands for another here, or several glyphs
/// stand for one text, the text is named.
fn show(content: &mut Content, run: &Run, style: Style, font: &Font, used: &mut Used) {
    let mut pieces = Vec::new();
    for cluster in &run.clusters {
        let is_plain = is_plain(run, cluster, used);
        if !is_plain {
            flush(content, &mut pieces);
            content
                .begin_marked_content_with_properties(Name(b"Span"))
                .properties()
                .actual_text(TextStr(&cluster.text));
        }
        for glyph in &run.glyphs[cluster.glyphs.clone()] {
            let number = used.glyphs.remap(glyph.id);
            used.known
                .entry(number)
                .or_insert_with(|| (glyph.id, String::new()));
            let thousandths = 1_000.0 / style.size;
            let usual = advance(font, glyph.id);
            let rest = glyph.advance * thousandths - usual - glyph.x_offset * thousandths;
            if glyph.y_offset != 0.0 {
                flush(content, &mut pieces);
                content.set_rise(glyph.y_offset);
            }
            moved(&mut pieces, -glyph.x_offset * thousandths);
            match pieces.last_mut() {
                Some(Piece::Glyphs(bytes)) => bytes.extend(number.to_be_bytes()),
                _ => pieces.push(Piece::Glyphs(number.to_be_bytes().to_vec())),
            }
            moved(&mut pieces, -rest);
            if glyph.y_offset != 0.0 {
                flush(content, &mut pieces);
                content.set_rise(0.0);
            }
        }
        if !is_plain {
            flush(content, &mut pieces);
            content.end_marked_content();
        }
    }
    flush(content, &mut pieces);
}

/// True where one glyph says what its text is, in this place as in the others.
fn is_plain(run: &Run, cluster: &Cluster, used: &mut Used) -> bool {
    let [glyph] = &run.glyphs[cluster.glyphs.clone()] else {
        return false;
    };
    let number = used.glyphs.remap(glyph.id);
    let known = used
        .known
        .entry(number)
        .or_insert_with(|| (glyph.id, cluster.text.clone()));
    if known.1.is_empty() {
        known.1.clone_from(&cluster.text);
    }
    // Glyph 0 is an empty box, whatever it stands for.
    number != 0 && known.1 == cluster.text
}

fn moved(pieces: &mut Vec<Piece>, by: f32) {
    // Less than what is rounded off when glyphs are placed.
    if by.abs() > 0.01 {
        pieces.push(Piece::Move(by));
    }
}

fn flush(content: &mut Content, pieces: &mut Vec<Piece>) {
    if pieces.is_empty() {
        return;
    }
    let mut shown = content.show_positioned();
    let mut items = shown.items();
    for piece in pieces.drain(..) {
        match piece {
            Piece::Glyphs(bytes) => items.show(Str(&bytes)),
            Piece::Move(by) => items.adjust(by),
        };
    }
}

/// Width of a glyph in thousandths of an em.
fn advance(font: &Font, glyph: u16) -> f32 {
    let width = font.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
    f32::from(width) * 1_000.0 / font.units()
}

/// Writes a font with the glyphs that are used.
fn embed(
    pdf: &mut Pdf,
    font: &Font,
    used: &Used,
    place: Ref,
    next: &mut Ref,
) -> Result<(), PdfError> {
    let broken = || PdfError::Font(font.name.clone());
    let (cid, descriptor, cmap, stream) = (next.bump(), next.bump(), next.bump(), next.bump());
    let subset = subsetter::subset(font.data, font.index, &used.glyphs).map_err(|_| broken())?;
    // The tag of a subset, six capitals; it has no meaning, and need not differ between files.
    let base = format!("TILLAA+{}", font.name);
    let base = Name(base.as_bytes());
    pdf.type0_font(place)
        .base_font(base)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(cmap);
    let mut written = pdf.cid_font(cid);
    let kind = match font.is_cff() {
        true => CidFontType::Type0,
        false => CidFontType::Type2,
    };
    written
        .subtype(kind)
        .base_font(base)
        .system_info(SYSTEM_INFO)
        .font_descriptor(descriptor)
        .default_width(0.0);
    if !font.is_cff() {
        written.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let widths = used
        .glyphs
        .remapped_gids()
        .map(|glyph| advance(font, glyph));
    written.widths().consecutive(0, widths);
    written.finish();
    let mut unicode = UnicodeCmap::<u16>::new(Name(b"Custom"), SYSTEM_INFO);
    for (number, (_, text)) in &used.known {
        if !text.is_empty() {
            unicode.pair_with_multiple(*number, text.chars());
        }
    }
    let unicode = compress_to_vec_zlib(unicode.finish().as_slice(), COMPRESSION);
    pdf.cmap(cmap, &unicode).filter(Filter::FlateDecode);
    let face = &font.face;
    let em = |units: i16| f32::from(units) * 1_000.0 / font.units();
    let bounds = face.global_bounding_box();
    let mut written = pdf.font_descriptor(descriptor);
    written
        .name(base)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(
            em(bounds.x_min),
            em(bounds.y_min),
            em(bounds.x_max),
            em(bounds.y_max),
        ))
        .italic_angle(0.0)
        .ascent(em(face.ascender()))
        .descent(em(face.descender()))
        .cap_height(em(face.capital_height().unwrap_or_else(|| face.ascender())))
        .stem_v(if face.is_bold() { 130.0 } else { 85.0 });
    match font.is_cff() {
        true => written.font_file3(stream),
        false => written.font_file2(stream),
    };
    written.finish();
    let outlines = match font.is_cff() {
        true => RawFace::parse(&subset, 0)
            .ok()
            .and_then(|raw| raw.table(Tag::from_bytes(b"CFF ")))
            .ok_or_else(broken)?,
        false => &subset,
    };
    let packed = compress_to_vec_zlib(outlines, COMPRESSION);
    let mut written = pdf.stream(stream, &packed);
    written.filter(Filter::FlateDecode);
    match font.is_cff() {
        true => {
            written.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        }
        false => {
            let length = i32::try_from(outlines.len()).unwrap_or(i32::MAX);
            written.pair(Name(b"Length1"), length);
        }
    }
    Ok(())
}
