// A report as one HTML file, in Rust. Every text of the input is somebody's typing: nothing gets into the output but by
// escape().
mod assay;
mod json;

use assay::{Call, Failure, Outcome, Plugin, RawCall, RawWriter, Str, Writer};
use json::Json;

// As in manifest.json.
const ID: &str = "__ID__";
const VERSION: &str = "1.0.0";

/// `text` so that HTML can make nothing of it: no markup, no control characters, no overrides of the writing direction.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            '\u{202A}'..='\u{202E}' => {}
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

const STYLE: &str = "\
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.5rem; font: 1rem/1.55 system-ui, sans-serif; color: #1d2433; }
header { border-bottom: 3px solid #b8923a; margin-bottom: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }
header p, article p { color: #5a6478; }
article { border-top: 1px solid #d9dde5; padding: .8rem 0; break-inside: avoid; }
h3 { font-size: 1.05rem; margin: 0; }
article p { margin: .2rem 0 0; }
";

struct Words {
    language: &'static str,
    report: &'static str,
    findings: &'static str,
    none: &'static str,
}
const ENGLISH: Words = Words { language: "en", report: "Audit report", findings: "Findings", none: "There are none." };
const GERMAN: Words = Words { language: "de", report: "Auditbericht", findings: "Feststellungen", none: "Es gibt keine." };

/// `input` is JSON as sdk/schema/report-input.json describes it, validated by the host.
fn render(call: &Call, format: &str, input: &str, out: &Writer) -> Outcome {
    if format != "html" {
        return Err(Failure::new(assay::UNSUPPORTED, "the only format is html"));
    }
    let input = Json::parse(input).ok_or_else(|| Failure::new(assay::INVALID, "the input is no JSON"))?;
    let words = if call.language() == "de" { &GERMAN } else { &ENGLISH };
    let audit = input.get("audit");
    let number = escape(audit.get("number").text());
    out.write(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{} {}</title>\n<style>\n{}</style>\n</head>\n",
        words.language, words.report, number, STYLE
    ))?;
    out.write(&format!(
        "<body>\n<header>\n<h1>{}</h1>\n<p>{} {} · {}</p>\n</header>\n<h2>{}</h2>\n",
        escape(audit.get("title").text()),
        words.report,
        number,
        escape(input.get("organisation").get("name").text()),
        words.findings
    ))?;
    let findings = input.get("findings").list();
    if findings.is_empty() {
        out.write(&format!("<p>{}</p>\n", words.none))?;
    }
    for finding in findings {
        call.check()?;
        let clause = escape(finding.get("clause").text());
        out.write(&format!(
            "<article>\n<h3>{}</h3>\n<p>{} · {}{}{}</p>\n</article>\n",
            escape(finding.get("title").text()),
            escape(finding.get("number").text()),
            escape(finding.get("grade").text()),
            if clause.is_empty() { "" } else { " · " },
            clause
        ))?;
    }
    out.write("</body>\n</html>\n")
}

extern "C" fn raw_render(call: *const RawCall, format: Str, input: Str, out: *const RawWriter) -> i32 {
    assay::guard(call, |call| render(call, assay::text(format)?, assay::text(input)?, &Writer::of(out)))
}

extern "C" fn get_extension(id: Str) -> *const std::ffi::c_void {
    static REPORT: assay::Report1 = assay::Report1 { render: raw_render };
    assay::extension(id, "report/1", &REPORT)
}

static PLUGIN: Plugin = Plugin::new(ID, VERSION, get_extension);

#[no_mangle]
pub extern "C" fn assay_plugin_v1() -> *const Plugin {
    &PLUGIN
}
