//! How wide texts are, told to charts: the same fonts and shaping as on the page.

use super::Fonts;
use crate::chart::TextWidth;

impl TextWidth for Fonts<'_> {
    fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let text = super::flow::settable(text);
        self.line(&text, bold).iter().map(|piece| f64::from(piece.width)).sum::<f64>() * size / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_text_and_size() {
        let fonts = Fonts::shipped().unwrap();
        // Digits of Noto Sans are 572 thousandths wide, all of them: columns of numbers align.
        assert_eq!(fonts.width("0123456789", 10.0, false), 57.2);
        assert_eq!(fonts.width("11", 10.0, false), fonts.width("08", 10.0, false));
        assert!(fonts.width("wide", 10.0, true) > fonts.width("wide", 10.0, false));
        assert_eq!(fonts.width("", 10.0, false), 0.0);
        assert!(fonts.width("שלום", 10.0, false) > 10.0);
    }
}
