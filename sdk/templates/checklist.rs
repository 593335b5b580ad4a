// A checklist in Rust: the texts lie in catalogue.*.json and are built into the library.
mod assay;

use assay::{Call, Outcome, Plugin, RawCall, RawWriter, Str, Writer};

// As in manifest.json.
const ID: &str = "__ID__";
const VERSION: &str = "1.0.0";

/// Writes all catalogues in the language of the call. Ids must be the same in all languages.
fn catalogues(call: &Call, out: &Writer) -> Outcome {
    out.write("{\"catalogues\": [")?;
    out.write(match call.language() {
        "de" => include_str!("../catalogue.de.json"),
        _ => include_str!("../catalogue.en.json"),
    })?;
    out.write("]}")
}

extern "C" fn raw_catalogues(call: *const RawCall, out: *const RawWriter) -> i32 {
    assay::guard(call, |call| catalogues(call, &Writer::of(out)))
}

extern "C" fn get_extension(id: Str) -> *const std::ffi::c_void {
    static CHECKLIST: assay::Checklist1 = assay::Checklist1 { catalogues: raw_catalogues };
    assay::extension(id, "checklist/1", &CHECKLIST)
}

static PLUGIN: Plugin = Plugin::new(ID, VERSION, get_extension);

#[no_mangle]
pub extern "C" fn assay_plugin_v1() -> *const Plugin {
    &PLUGIN
}
