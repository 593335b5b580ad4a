// Corrective actions as a table. A cell that a spreadsheet would calculate begins with an apostrophe.
#[path = "../../../../sdk/templates/assay.rs"]
mod assay;
#[path = "../../../../sdk/templates/json.rs"]
mod json;

use assay::{Call, Failure, Outcome, Plugin, RawCall, RawWriter, Str, Writer};
use json::Json;

// As in manifest.json.
const ID: &str = "com.example.action-list";
const VERSION: &str = "1.0.0";

/// Whether a program that reads the cell may drop the character before it looks for a formula.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// `text` as a quoted cell of CSV.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['\t', '\r']) || text.trim_start_matches(is_unseen).starts_with(['=', '+', '-', '@']);
    let mut safe = String::from(if formula { "\"'" } else { "\"" });
    for c in text.chars() {
        match c {
            '"' => safe.push_str("\"\""),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}

fn render(call: &Call, format: &str, input: &str, out: &Writer) -> Outcome {
    if format != "csv" {
        return Err(Failure::new(assay::UNSUPPORTED, "the only format is csv"));
    }
    let input = Json::parse(input).ok_or_else(|| Failure::new(assay::INVALID, "the input is no JSON"))?;
    out.write(match call.language() {
        "de" => "Nummer,Maßnahme,Verantwortlich,Fällig,Stand\n",
        _ => "Number,Action,Owner,Due,State\n",
    })?;
    for action in input.get("corrective_actions").list() {
        call.check()?;
        let cells = ["number", "title", "owner", "due", "state"].map(|name| cell(action.get(name).text()));
        out.write(&(cells.join(",") + "\n"))?;
    }
    Ok(())
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
