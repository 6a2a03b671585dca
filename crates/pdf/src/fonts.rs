//! Fonts: Inter is part of the program; other scripts are drawn with fonts of the system, loaded when they are first
//! needed.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use rustybuzz::{Face, ttf_parser};

use crate::Han;

const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");

/// Folders of a system's fonts, deep, at most.
const DEPTH: usize = 4;
/// Entries of these folders that are looked at, at most.
const ENTRIES: usize = 20_000;
/// Bytes of a font file, at most.
const LARGEST: u64 = 64 << 20;

/// A script that the program's own font does not draw.
struct Script {
    /// For people.
    name: &'static str,
    /// Names of files without weight and ending, the best first.
    files: &'static [&'static str],
    /// Code points.
    ranges: &'static [(u32, u32)],
    /// The package of Debian that has a font for it.
    package: &'static str,
    /// True where one file has a face for each [`Han`].
    is_collection: bool,
}

const CORE: &str = "fonts-noto-core";

const fn script(
    name: &'static str,
    files: &'static [&'static str],
    ranges: &'static [(u32, u32)],
) -> Script {
    Script {
        name,
        files,
        ranges,
        package: CORE,
        is_collection: false,
    }
}

/// The last one draws what no other does.
const SCRIPTS: &[Script] = &[
    script(
        "Arabic",
        &["NotoSansArabic", "NotoNaskhArabic"],
        &[
            (0x600, 0x6FF),
            (0x750, 0x77F),
            (0x8A0, 0x8FF),
            (0xFB50, 0xFDFF),
            (0xFE70, 0xFEFF),
        ],
    ),
    script(
        "Hebrew",
        &["NotoSansHebrew"],
        &[(0x590, 0x5FF), (0xFB1D, 0xFB4F)],
    ),
    Script {
        name: "Chinese, Japanese and Korean",
        files: &["NotoSansCJK"],
        ranges: &[
            (0x1100, 0x11FF),
            (0x2E80, 0x9FFF),
            (0xA960, 0xA97F),
            (0xAC00, 0xD7FF),
            (0xF900, 0xFAFF),
            (0xFE30, 0xFE4F),
            (0xFF00, 0xFFEF),
            (0x20000, 0x3FFFF),
        ],
        package: "fonts-noto-cjk",
        is_collection: true,
    },
    script("Devanagari", &["NotoSansDevanagari"], &[(0x900, 0x97F)]),
    script("Bengali", &["NotoSansBengali"], &[(0x980, 0x9FF)]),
    script("Gurmukhi", &["NotoSansGurmukhi"], &[(0xA00, 0xA7F)]),
    script("Gujarati", &["NotoSansGujarati"], &[(0xA80, 0xAFF)]),
    script("Tamil", &["NotoSansTamil"], &[(0xB80, 0xBFF)]),
    script("Telugu", &["NotoSansTelugu"], &[(0xC00, 0xC7F)]),
    script("Kannada", &["NotoSansKannada"], &[(0xC80, 0xCFF)]),
    script("Malayalam", &["NotoSansMalayalam"], &[(0xD00, 0xD7F)]),
    script("Sinhala", &["NotoSansSinhala"], &[(0xD80, 0xDFF)]),
    script("Thai", &["NotoSansThai"], &[(0xE00, 0xE7F)]),
    script("Lao", &["NotoSansLao"], &[(0xE80, 0xEFF)]),
    script("Myanmar", &["NotoSansMyanmar"], &[(0x1000, 0x109F)]),
    script(
        "Georgian",
        &["NotoSansGeorgian"],
        &[(0x10A0, 0x10FF), (0x1C90, 0x1CBF)],
    ),
    script("Armenian", &["NotoSansArmenian"], &[(0x530, 0x58F)]),
    script("Ethiopic", &["NotoSansEthiopic"], &[(0x1200, 0x139F)]),
    script("Khmer", &["NotoSansKhmer"], &[(0x1780, 0x17FF)]),
    script("other", &["NotoSans", "DejaVuSans"], &[]),
];

/// Scripts for which an operator is told that fonts are missing: languages of many buyers.
const EXPECTED: usize = 3;

/// A font, with what the writer needs of it.
pub(crate) struct Font {
    pub name: String,
    pub data: &'static [u8],
    pub index: u32,
    pub face: Face<'static>,
}

impl Font {
    fn new(name: String, data: &'static [u8], index: u32) -> Option<Self> {
        let face = Face::from_slice(data, index)?;
        Some(Self {
            name,
            data,
            index,
            face,
        })
    }

    pub fn has(&self, c: char) -> bool {
        self.face.glyph_index(c).is_some()
    }

    /// Units of the font in an em.
    pub fn units(&self) -> f32 {
        f32::from(ttf_parser::Face::units_per_em(&self.face))
    }

    /// True where its outlines are PostScript's.
    pub fn is_cff(&self) -> bool {
        self.face.tables().cff.is_some()
    }
}

/// One weight of a script's font: its files' bytes, and a face for each form.
#[derive(Default)]
struct Slot {
    bytes: OnceLock<Option<&'static [u8]>>,
    faces: [OnceLock<Option<Font>>; 5],
}

/// Names a font of [`Fonts`]: in the order of first use it becomes `F0`, `F1` in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FontId {
    /// 0: the program's own; else one more than the place among the scripts.
    script: u8,
    bold: bool,
    form: u8,
}

/// A script that no font of this machine draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The script.
    pub script: &'static str,
    /// Debian's package with a font for it.
    pub package: &'static str,
}

/// The fonts of a process. A font of the system is read when a document first needs it, and then kept.
pub struct Fonts {
    own: [Font; 2],
    files: HashMap<String, PathBuf>,
    slots: Vec<[Slot; 2]>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts")
            .field("files", &self.files.len())
            .finish()
    }
}

impl Fonts {
    /// The program's own, and those of the system.
    pub fn system() -> Self {
        Self::in_folders(&[
            Path::new("/usr/share/fonts"),
            Path::new("/usr/local/share/fonts"),
        ])
    }

    /// The program's own, and those in some folders. Files are only looked for, not read.
    pub fn in_folders(folders: &[&Path]) -> Self {
        let own = |name: &str, data| Font::new(name.to_owned(), data, 0);
        let (regular, bold) = (
            own("Inter-Regular", REGULAR),
            own("Inter-SemiBold", SEMI_BOLD),
        );
        Self {
            own: [
                regular.expect("a test reads the program's own fonts"),
                bold.expect("a test reads the program's own fonts"),
            ],
            files: found(folders),
            slots: SCRIPTS.iter().map(|_| Default::default()).collect(),
        }
    }

    /// Scripts of many buyers that no font here draws: their characters would be empty boxes.
    pub fn missing(&self) -> Vec<Missing> {
        let scripts = SCRIPTS.iter().take(EXPECTED);
        let missing = scripts.filter(|script| self.file(script, false).is_none());
        missing
            .map(|script| Missing {
                script: script.name,
                package: script.package,
            })
            .collect()
    }

    pub(crate) fn get(&self, id: FontId) -> &Font {
        let own = &self.own[usize::from(id.bold)];
        let Some(place) = usize::from(id.script).checked_sub(1) else {
            return own;
        };
        self.loaded(place, id.bold, id.form).unwrap_or(own)
    }

    /// The font that draws a character; the program's own, with an empty box, where none does.
    pub(crate) fn of(&self, c: char, bold: bool, han: Han) -> FontId {
        let own = FontId {
            script: 0,
            bold,
            form: 0,
        };
        if self.own[usize::from(bold)].has(c) {
            return own;
        }
        let code = u32::from(c);
        let last = SCRIPTS.len() - 1;
        let place = SCRIPTS
            .iter()
            .position(|script| {
                let mut ranges = script.ranges.iter();
                ranges.any(|(from, to)| (*from..=*to).contains(&code))
            })
            .unwrap_or(last);
        for place in [place, last] {
            let form = match SCRIPTS[place].is_collection {
                true => han as u8,
                false => 0,
            };
            if self
                .loaded(place, bold, form)
                .is_some_and(|font| font.has(c))
            {
                let script = u8::try_from(place + 1).unwrap_or(0);
                return FontId { script, bold, form };
            }
        }
        own
    }

    fn file(&self, script: &Script, bold: bool) -> Option<&PathBuf> {
        let weights: &[&str] = if bold {
            &["-Bold", "-SemiBold", "-Regular", ""]
        } else {
            &["-Regular", ""]
        };
        let names = script
            .files
            .iter()
            .flat_map(|file| weights.iter().map(move |weight| format!("{file}{weight}")));
        names.into_iter().find_map(|name| self.files.get(&name))
    }

    fn loaded(&self, place: usize, bold: bool, form: u8) -> Option<&Font> {
        let slot = &self.slots[place][usize::from(bold)];
        let script = &SCRIPTS[place];
        let bytes = (*slot.bytes.get_or_init(|| {
            let bytes = std::fs::read(self.file(script, bold)?).ok()?;
            // Read once in a process and kept as long as it lives.
            Some(Vec::leak(bytes))
        }))?;
        let font = slot.faces[usize::from(form)].get_or_init(|| {
            let index = match (script.is_collection, form) {
                (false, _) => 0,
                (true, form) if form == Han::Japanese as u8 => 0,
                (true, form) if form == Han::Korean as u8 => 1,
                (true, form) if form == Han::Traditional as u8 => 3,
                (true, form) if form == Han::HongKong as u8 => 4,
                (true, _) => 2,
            };
            let weight = if bold { "Bold" } else { "Regular" };
            Font::new(
                format!("{}-{weight}-{index}", script.files[0]),
                bytes,
                index,
            )
        });
        font.as_ref()
    }
}

/// Font files by their names without ending. Of several with one name, the one whose path sorts first.
fn found(folders: &[&Path]) -> HashMap<String, PathBuf> {
    let mut found: HashMap<String, PathBuf> = HashMap::new();
    let mut waiting: Vec<(PathBuf, usize)> = folders
        .iter()
        .map(|folder| (folder.to_path_buf(), 0))
        .collect();
    let mut seen = 0;
    while let Some((folder, depth)) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > ENTRIES {
                return found;
            }
            let path = entry.path();
            let Ok(about) = std::fs::metadata(&path) else {
                continue;
            };
            if about.is_dir() {
                if depth < DEPTH {
                    waiting.push((path, depth + 1));
                }
                continue;
            }
            let ending = path.extension().and_then(|ending| ending.to_str());
            let is_font = matches!(ending, Some("ttf" | "otf" | "ttc")) && about.len() <= LARGEST;
            let name = path.file_stem().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|_| is_font).map(str::to_owned) {
                let known = found.entry(name).or_insert_with(|| path.clone());
                if path < *known {
                    *known = path;
                }
            }
        }
    }
    found
}
