//! A checkout's address for a phone's camera.

use qrcode::{Color, EcLevel, QrCode, types::QrError};
use std::fmt::Write as _;

/// Modules of white around the code, which cameras need.
const QUIET: usize = 4;

/// The text as inline SVG: one path on white, whatever the page's colours are, and as sharp as its size asks.
/// `None` where it is too long for a code (about 2,300 bytes).
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    let code = code(text).ok()?;
    let side = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(side).enumerate() {
        let mut x = 0;
        while x < side {
            let run = row[x..].iter().take_while(|c| **c == Color::Dark).count();
            if run > 0 {
                let (left, top) = (x + QUIET, y + QUIET);
                // Runs of dark modules, one rectangle each.
                let _ = write!(path, "M{left} {top}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    let size = side + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"QR code of the address\" \
         shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

/// Readable where a seventh of it is dirty, else where a fifteenth is.
fn code(text: &str) -> Result<QrCode, QrError> {
    QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_black_on_white_with_its_quiet_zone_and_a_name() {
        let text = "https://till.example/checkout/polar_c_0123456789abcdefghijklmnopqrstuvwxyz";
        let svg = svg(text).unwrap();
        let side = code(text).unwrap().width() + 8;
        assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
        assert!(svg.contains("fill=\"#fff\"") && svg.contains("role=\"img\""));
        assert!(
            svg.contains("d=\"M4 4h7v1h-7z"),
            "the finder's edge begins behind the quiet zone"
        );
        assert!(!svg.contains("style"));
        assert!(svg.len() < 20_000, "{}", svg.len());
    }

    #[test]
    fn the_drawn_squares_are_the_codes_dark_ones() {
        let dark = code("till")
            .unwrap()
            .to_colors()
            .iter()
            .filter(|c| **c == Color::Dark)
            .count();
        let svg = svg("till").unwrap();
        let drawn: usize = svg
            .split('h')
            .filter_map(|part| part.split_once("v1")?.0.parse::<usize>().ok())
            .sum();
        assert_eq!(drawn, dark);
    }

    #[test]
    fn what_does_not_fit_is_no_code() {
        assert!(svg(&"x".repeat(2_900)).is_some());
        assert!(svg(&"x".repeat(3_000)).is_none());
    }
}
