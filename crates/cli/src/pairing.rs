//! A hall's pairing code on the laptop's terminal: a QR to scan, the same to type, the fingerprint to compare; a new one as
//! soon as one was used or is too old. Not how a code is taken (`field::Hall`).

use field::{Hall, pairing_address, print_fingerprint};
use protocol::{Code, Failure};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether the code shown is still good, and whether somebody left a browser open.
const LOOK: Duration = Duration::from_millis(500);

/// Where browsers come to.
pub struct Door {
    pub hall: Arc<Hall>,
    /// `https://ADDRESS:PORT`.
    pub url: String,
    /// SHA-256 of the certificate, hex.
    pub fingerprint: String,
}

/// Keeps a good code on the screen, and locks browsers nobody is at. Ends with the program.
pub fn keep_door(door: Door, json: bool) {
    std::thread::spawn(move || {
        loop {
            door.hall.lock_idle();
            if !door.hall.has_code()
                && let Ok(made) = door.hall.make_code()
                && let Ok(text) = said(&door, &made.code, json)
            {
                println!("{text}");
                let _ = std::io::Write::flush(&mut std::io::stdout());
            }
            std::thread::sleep(LOOK);
        }
    });
}

fn said(door: &Door, code: &str, json: bool) -> Result<String, Failure> {
    let address = pairing_address(&door.url, &door.fingerprint, code);
    if json {
        return Ok(json!({ "pair": address }).to_string());
    }
    let qr = QrCode::new(&address).map_err(|_| Failure::new(Code::Internal))?;
    let picture = qr.render::<Dense1x2>().quiet_zone(true).build();
    let print = print_fingerprint(&door.fingerprint);
    Ok(format!(
        "{picture}\n平板或手机扫上面的二维码；或在浏览器打开 {}，输入配对码 {code}（5 分钟内用一次）。\n\
         浏览器问证书时，核对 SHA-256 指纹：{print}",
        door.url
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_carries_code_and_fingerprint_where_no_server_sees_them() {
        let hall = Hall::new(std::path::Path::new("no-such-folder"), Arc::new(field::SystemHost));
        let (url, fingerprint) = ("https://192.168.1.5:8443".to_owned(), "ab".repeat(32));
        let door = Door { hall: Arc::new(hall), url, fingerprint };
        let text = said(&door, "7K3M-0000-0000-0000", true).unwrap_or_default();
        let expected = format!("https://192.168.1.5:8443/#{}:7K3M-0000-0000-0000", "ab".repeat(32));
        assert_eq!(text, json!({ "pair": expected }).to_string());
        let text = said(&door, "7K3M-0000-0000-0000", false).unwrap_or_default();
        assert!(text.contains("AB:AB:") && text.contains("7K3M-0000-0000-0000"), "{text}");
        assert!(text.lines().count() > 20, "there is a QR above the words");
    }
}
