//! Message bodies as plain text.

/// Tags that mark a body as HTML. A lone `<` in plain text ("BP <120") does not.
const TAGS: &[&str] = &[
    "<p",
    "<br",
    "<div",
    "<span",
    "<html",
    "<body",
    "<ul",
    "<ol",
    "<li",
    "<b>",
    "<i>",
    "<strong",
    "<em>",
    "<a ",
    "<table",
    "<img",
    "<script",
    "<style",
    "<font",
    "<h1",
    "<h2",
    "<h3",
    "<blockquote",
    "<!doctype",
];

/// A body as plain text: HTML is rendered to text, line ends are unified,
/// control characters other than line breaks and tabs are dropped.
///
/// Hidden and bidirectional characters are kept: the window shows them.
pub(crate) fn to_text(body: &str) -> String {
    let lower = body.to_ascii_lowercase();
    let plain = if TAGS.iter().any(|t| lower.contains(t)) {
        html2text::config::plain_no_decorate()
            .string_from_read(body.as_bytes(), 10_000)
            .unwrap_or_else(|_| body.to_owned())
    } else {
        body.to_owned()
    };
    let unified = plain.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    kept.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_text_and_scripts_vanish() {
        let html = "<p>Hello &amp; good day</p><script>alert(1)</script><p>My <b>knee</b> hurts<br>still</p>";
        let text = to_text(html);
        assert!(text.starts_with("Hello & good day"), "{text}");
        assert!(text.contains("My knee hurts\nstill"), "{text}");
        assert!(!text.contains("alert") && !text.contains('<'), "{text}");
    }

    #[test]
    fn images_with_handlers_leave_nothing() {
        assert!(
            !to_text("<img src=x onerror=alert(1)>hi <a href=\"javascript:alert(1)\">there</a>")
                .contains("alert")
        );
    }

    #[test]
    fn plain_text_with_a_less_than_sign_stays() {
        assert_eq!(
            to_text("BP <120 & I <3 you\r\nthanks\u{0}"),
            "BP <120 & I <3 you\nthanks"
        );
    }
}
