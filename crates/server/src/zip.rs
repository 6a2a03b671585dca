//! ZIP archives that are sent while they are made (PKWARE's APPNOTE.TXT 6.3, sections 4.3 to 4.5): one file behind the
//! other, each with its checksum behind it, and the list of all at the end. Files are not compressed: PDF files are
//! already, and what is sent is compressed on the way. They stand in the stored blocks of Deflate, which readers of
//! streams take where the size is told behind a file.

use crc32fast::Hasher;
use jiff::civil::DateTime;

/// Bytes of a stored block, at most.
const BLOCK: usize = 0xffff;
/// Flags of each file: its size stands behind it, and its name is UTF-8.
const FLAGS: u16 = 0x0808;
/// The method of each file: Deflate.
const DEFLATE: u16 = 8;
/// The version that reads Deflate.
const VERSION: u16 = 20;

/// The refusal of an archive, or of a file in it, of more than 4 GiB: sizes and places have 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an archive has more than 4 GiB")
    }
}

/// An archive that is being made; each step gives the bytes to send next.
#[derive(Debug)]
pub struct Archive {
    /// The moment that all files carry, as MS-DOS writes time and day.
    moment: (u16, u16),
    /// Bytes that were given.
    sent: u64,
    files: Vec<File>,
    sum: Hasher,
}

#[derive(Debug)]
struct File {
    name: String,
    /// Place of its head in the archive.
    start: u32,
    crc: u32,
    packed: u32,
    size: u32,
}

impl Archive {
    /// Files in an archive, at most.
    pub const MOST_FILES: usize = 20_000;
    /// Bytes of an archive before which a file begins, at most; offsets have 32 bits.
    pub const LONGEST: u64 = 3 << 30;

    /// An empty archive, whose files carry this moment.
    pub fn new(moment: DateTime) -> Self {
        let two = |number: i8| u16::try_from(number).unwrap_or_default();
        let year = u16::try_from((moment.year() - 1980).clamp(0, 127)).unwrap_or_default();
        let day = (year << 9) | (two(moment.month()) << 5) | two(moment.day());
        let (hour, minute) = (two(moment.hour()), two(moment.minute()));
        let time = (hour << 11) | (minute << 5) | (two(moment.second()) / 2);
        Self {
            moment: (time, day),
            sent: 0,
            files: Vec::new(),
            sum: Hasher::new(),
        }
    }

    /// True where another file may begin.
    pub fn has_room(&self) -> bool {
        self.files.len() < Self::MOST_FILES && self.sent < Self::LONGEST
    }

    /// Begins a file; the name is short, and no other file's.
    ///
    /// # Errors
    /// The archive is too long.
    pub fn begin(&mut self, name: &str) -> Result<Vec<u8>, TooLong> {
        self.files.push(File {
            name: name.to_owned(),
            start: u32::try_from(self.sent).map_err(|_| TooLong)?,
            crc: 0,
            packed: 0,
            size: 0,
        });
        self.sum = Hasher::new();
        let mut head = Bytes(b"PK\x03\x04".to_vec());
        head.short(VERSION).short(FLAGS).short(DEFLATE);
        head.short(self.moment.0).short(self.moment.1);
        head.long(0).long(0).long(0);
        head.short(length(name)).short(0).text(name);
        Ok(self.counted(head.0))
    }

    /// Adds bytes to the file that was begun last.
    ///
    /// # Errors
    /// The file is too long.
    pub fn add(&mut self, bytes: &[u8]) -> Result<Vec<u8>, TooLong> {
        self.sum.update(bytes);
        let mut packed = Vec::with_capacity(bytes.len() + 5 * (bytes.len() / BLOCK + 1));
        for block in bytes.chunks(BLOCK) {
            packed.extend(stored(false, block));
        }
        if let Some(file) = self.files.last_mut() {
            file.size = longer(file.size, bytes)?;
            file.packed = longer(file.packed, &packed)?;
        }
        Ok(self.counted(packed))
    }

    /// Ends the file that was begun last.
    ///
    /// # Errors
    /// The file is too long.
    pub fn end(&mut self) -> Result<Vec<u8>, TooLong> {
        let last = stored(true, &[]);
        let mut tail = Bytes(last.clone());
        let crc = std::mem::take(&mut self.sum).finalize();
        if let Some(file) = self.files.last_mut() {
            file.crc = crc;
            file.packed = longer(file.packed, &last)?;
            tail.0.extend(b"PK\x07\x08");
            tail.long(crc).long(file.packed).long(file.size);
        }
        Ok(self.counted(tail.0))
    }

    /// The list of all files, which ends the archive.
    ///
    /// # Errors
    /// The archive is too long.
    pub fn finish(&mut self) -> Result<Vec<u8>, TooLong> {
        let start = u32::try_from(self.sent).map_err(|_| TooLong)?;
        let count = u16::try_from(self.files.len()).map_err(|_| TooLong)?;
        let mut list = Bytes(Vec::new());
        for file in &self.files {
            list.0.extend(b"PK\x01\x02");
            list.short(VERSION)
                .short(VERSION)
                .short(FLAGS)
                .short(DEFLATE);
            list.short(self.moment.0).short(self.moment.1);
            list.long(file.crc).long(file.packed).long(file.size);
            // No further fields, no comment, the first disk, no attributes.
            list.short(length(&file.name)).short(0).short(0).short(0);
            list.short(0).long(0).long(file.start).text(&file.name);
        }
        let size = u32::try_from(list.0.len()).map_err(|_| TooLong)?;
        list.0.extend(b"PK\x05\x06");
        list.short(0).short(0).short(count).short(count);
        list.long(size).long(start).short(0);
        Ok(self.counted(list.0))
    }

    fn counted(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.sent += bytes.len() as u64;
        bytes
    }
}

/// A block of Deflate that is not compressed (RFC 1951, 3.2.4); of at most [`BLOCK`] bytes.
fn stored(is_last: bool, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut block = Bytes(vec![u8::from(is_last)]);
    block.short(length).short(!length);
    block.0.extend(bytes);
    block.0
}

/// A size with these bytes added.
fn longer(size: u32, bytes: &[u8]) -> Result<u32, TooLong> {
    let more = u32::try_from(bytes.len()).ok();
    more.and_then(|more| size.checked_add(more)).ok_or(TooLong)
}

fn length(name: &str) -> u16 {
    u16::try_from(name.len()).unwrap_or(u16::MAX)
}

/// Bytes that are written as the format wants numbers: the lowest byte first.
struct Bytes(Vec<u8>);

impl Bytes {
    fn short(&mut self, number: u16) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn long(&mut self, number: u32) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend(text.as_bytes());
        self
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut archive = Archive::new(jiff::civil::date(2026, 12, 1).at(19, 30, 58, 0));
        let mut all = Vec::new();
        for (name, bytes) in files {
            all.extend(archive.begin(name).unwrap());
            // In pieces of any length.
            let (first, rest) = bytes.split_at(bytes.len() / 3);
            all.extend(archive.add(first).unwrap());
            all.extend(archive.add(rest).unwrap());
            all.extend(archive.end().unwrap());
        }
        all.extend(archive.finish().unwrap());
        all
    }

    #[test]
    fn an_archive_is_laid_out_as_the_format_says() {
        let all = archive(&[("a.txt", b"abc".to_vec())]);
        let tail = all.len() - 22;
        assert_eq!(&all[..4], b"PK\x03\x04");
        assert_eq!(&all[tail..tail + 4], b"PK\x05\x06");
        let list = u32::from_le_bytes(all[tail + 16..tail + 20].try_into().unwrap()) as usize;
        assert_eq!(&all[list..list + 4], b"PK\x01\x02");
        // 0x352441c2 is the CRC-32 of "abc".
        assert_eq!(all[list + 16..list + 20], 0x3524_41c2_u32.to_le_bytes());
        assert_eq!(all[list + 24..list + 28], 3_u32.to_le_bytes());
    }

    #[test]
    fn another_program_reads_it() {
        let big: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let files = [
            ("customer-data.json", b"{}\n".to_vec()),
            ("documents/Rechnung-\u{e4}.pdf", big),
            ("documents/empty.pdf", Vec::new()),
        ];
        let mut kept = tempfile::NamedTempFile::new().unwrap();
        kept.write_all(&archive(&files)).unwrap();
        let program = "import sys, zipfile, zlib\n\
                       z = zipfile.ZipFile(sys.argv[1])\n\
                       assert z.testzip() is None\n\
                       for one in z.infolist(): print(one.filename, one.file_size, zlib.crc32(z.read(one)), one.date_time)";
        let told = std::process::Command::new("python3")
            .env("PYTHONIOENCODING", "utf-8")
            .args(["-c", program])
            .arg(kept.path())
            .output()
            .expect("python3 is there, as for other tests");
        assert!(
            told.status.success(),
            "{}",
            String::from_utf8_lossy(&told.stderr)
        );
        let expected: String = (files.iter())
            .map(|(name, bytes)| {
                let (size, crc) = (bytes.len(), crc32fast::hash(bytes));
                format!("{name} {size} {crc} (2026, 12, 1, 19, 30, 58)\n")
            })
            .collect();
        assert_eq!(String::from_utf8_lossy(&told.stdout), expected);
    }

    #[test]
    fn an_archive_has_room_for_so_many_files() {
        let mut archive = Archive::new(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
        for n in 0..Archive::MOST_FILES {
            assert!(archive.has_room());
            archive.begin(&n.to_string()).unwrap();
            archive.end().unwrap();
        }
        assert!(!archive.has_room());
        archive.finish().unwrap();
    }

    #[test]
    fn no_size_wraps() {
        let new = || Archive::new(jiff::civil::date(2026, 12, 1).at(0, 0, 0, 0));
        let last = u64::from(u32::MAX);
        let mut archive = new();
        archive.sent = last;
        archive.begin("a").unwrap();
        assert_eq!(
            archive.begin("b"),
            Err(TooLong),
            "it would start behind 4 GiB"
        );
        assert_eq!(archive.finish(), Err(TooLong));
        let mut archive = new();
        archive.begin("a").unwrap();
        archive.files[0].size = u32::MAX - 2;
        archive.add(b"ab").unwrap();
        assert_eq!(archive.add(b"c"), Err(TooLong));
        let mut archive = new();
        archive.begin("a").unwrap();
        archive.files[0].packed = u32::MAX - 5;
        assert_eq!(
            archive.add(b"a"),
            Err(TooLong),
            "a block has a head of five bytes"
        );
        archive.end().unwrap();
        archive.files[0].packed = u32::MAX - 4;
        assert_eq!(archive.end(), Err(TooLong));
    }
}
