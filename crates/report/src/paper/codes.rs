//! Code 128 and QR as dark and light modules. What is in a code is the caller's; both kinds carry the same text.

use super::PaperError;

/// Light modules that a Code 128 needs on either side (ISO/IEC 15417).
pub const CODE128_QUIET_MODULES: u32 = 10;
/// Light modules that a QR code needs all around (ISO/IEC 18004).
pub const QR_QUIET_MODULES: u32 = 4;

/// The bars from left to right, dark = true. Letters first, then digits in pairs: half as wide.
pub fn code128(text: &str) -> Result<Vec<bool>, PaperError> {
    let digits_from = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(digits_from);
    let is_paired = digits.len() % 2 == 0 && digits.bytes().all(|b| b.is_ascii_digit());
    // The library writes the character sets as letters of their own: Ɓ begins set B, Ć goes on in set C.
    let written = match (letters.is_empty(), is_paired && !digits.is_empty()) {
        (true, true) => format!("\u{0106}{digits}"),
        (false, true) => format!("\u{0181}{letters}\u{0106}{digits}"),
        (_, false) => format!("\u{0181}{text}"),
    };
    let code = barcoders::sym::code128::Code128::new(written).map_err(|_| PaperError::Code)?;
    Ok(code.encode().into_iter().map(|module| module == 1).collect())
}

/// Rows of a QR code from the top, dark = true; a quarter of it may be dirty or torn.
pub fn qr(text: &str) -> Result<Vec<Vec<bool>>, PaperError> {
    modules(text, qrcode::EcLevel::Q)
}

/// The same for a long text on a page that is kept flat: a seventh of it may be dirty or torn.
pub fn long_qr(text: &str) -> Result<Vec<Vec<bool>>, PaperError> {
    modules(text, qrcode::EcLevel::M)
}

fn modules(text: &str, level: qrcode::EcLevel) -> Result<Vec<Vec<bool>>, PaperError> {
    let code =
        qrcode::QrCode::with_error_correction_level(text, level).map_err(|_| PaperError::Code)?;
    let width = code.width();
    let dark: Vec<bool> =
        code.into_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
    Ok(dark.chunks(width).map(<[bool]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labels_code_is_as_short_as_pairs_of_digits_make_it() {
        // Start, J, K, to set C, 8 pairs, check: 13 characters of 11 modules, and a stop of 13.
        assert_eq!(code128("JK0123456789012345").unwrap().len(), 13 * 11 + 13);
        // An odd number of digits stays in set B.
        assert_eq!(code128("JK012").unwrap().len(), 7 * 11 + 13);
        assert_eq!(code128("钥"), Err(PaperError::Code));
    }

    #[test]
    fn a_labels_code_is_a_small_qr() {
        let rows = qr("JK0123456789012345").unwrap();
        assert_eq!((rows.len(), rows[0].len()), (21, 21));
    }
}
