// The plugin ABI of Assay in Rust, as far as a checklist or a report needs it; sdk/include/assay is what it must agree with.
// A panic becomes a failure of the call: none crosses the boundary.
#![allow(dead_code)]
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

pub const OK: i32 = 0;
pub const FAILED: i32 = 1;
pub const UNSUPPORTED: i32 = 2;
pub const INVALID: i32 = 3;
pub const CANCELLED: i32 = 4;

/// UTF-8 text or bytes of somebody else.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    data: *const u8,
    length: u64,
}

impl Str {
    pub const fn of(text: &'static str) -> Str {
        Str { data: text.as_ptr(), length: text.len() as u64 }
    }
    fn lend(bytes: &[u8]) -> Str {
        Str { data: bytes.as_ptr(), length: bytes.len() as u64 }
    }
    /// The caller sees to it that the bytes live.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        std::slice::from_raw_parts(self.data, self.length as usize)
    }
}

#[repr(C)]
pub struct RawHost {
    struct_size: u32,
    abi_minor: u32,
    context: *mut c_void,
    name: Str,
    version: Str,
    get_extension: extern "C" fn(*const RawHost, Str) -> *const c_void,
}

#[repr(C)]
pub struct RawCall {
    struct_size: u32,
    reserved: u32,
    context: *mut c_void,
    language: Str,
    cancelled: extern "C" fn(*const RawCall) -> i32,
    deadline_ms: extern "C" fn(*const RawCall) -> i64,
    progress: extern "C" fn(*const RawCall, i32),
    fail: extern "C" fn(*const RawCall, i32, Str, Str),
}

#[repr(C)]
pub struct RawWriter {
    context: *mut c_void,
    write: extern "C" fn(*const RawWriter, Str) -> i32,
}

#[repr(C)]
struct Magic {
    signature: u64,
    struct_size: u32,
    abi_major: u32,
    abi_minor: u32,
    sdk_version: u32,
}

/// What a plugin gives to the host.
#[repr(C)]
pub struct Plugin {
    magic: Magic,
    id: Str,
    version: Str,
    init: extern "C" fn(*const RawHost, *const RawCall) -> i32,
    deinit: extern "C" fn(),
    get_extension: extern "C" fn(Str) -> *const c_void,
}

// Nothing in it changes.
unsafe impl Sync for Plugin {}

impl Plugin {
    pub const fn new(id: &'static str, version: &'static str, get_extension: extern "C" fn(Str) -> *const c_void) -> Plugin {
        Plugin {
            magic: Magic {
                signature: 0x3147_4c50_5941_5341,
                struct_size: std::mem::size_of::<Plugin>() as u32,
                abi_major: 1,
                abi_minor: 0,
                sdk_version: 10000,
            },
            id: Str::of(id),
            version: Str::of(version),
            init,
            deinit,
            get_extension,
        }
    }
}

extern "C" fn init(_host: *const RawHost, call: *const RawCall) -> i32 {
    guard(call, |_| {
        // What a panic says goes to the host, not to the standard error.
        std::panic::set_hook(Box::new(|_| {}));
        Ok(())
    })
}

extern "C" fn deinit() {
    let _ = catch_unwind(|| drop(std::panic::take_hook()));
}

/// The struct of the extension when `id` is the one that `name` names, else null.
pub fn extension<T>(id: Str, name: &str, table: &'static T) -> *const c_void {
    // The host's text lives until the function returns.
    if unsafe { id.bytes() } == name.as_bytes() {
        table as *const T as *const c_void
    } else {
        std::ptr::null()
    }
}

/// Why a call fails.
pub struct Failure {
    pub status: i32,
    pub message: String,
}

impl Failure {
    pub fn new(status: i32, message: &str) -> Failure {
        Failure { status, message: message.to_string() }
    }
}

pub type Outcome = Result<(), Failure>;

/// The running call.
pub struct Call {
    raw: *const RawCall,
}

impl Call {
    pub fn language(&self) -> &str {
        unsafe { std::str::from_utf8((*self.raw).language.bytes()).unwrap_or("") }
    }
    /// Ends the call when the host has given up on it; ask often.
    pub fn check(&self) -> Outcome {
        if unsafe { ((*self.raw).cancelled)(self.raw) } != 0 {
            return Err(Failure::new(CANCELLED, "the call was cancelled"));
        }
        Ok(())
    }
}

/// An output of the running call.
pub struct Writer {
    raw: *const RawWriter,
}

impl Writer {
    pub fn of(raw: *const RawWriter) -> Writer {
        Writer { raw }
    }
    pub fn write(&self, text: &str) -> Outcome {
        let status = unsafe { ((*self.raw).write)(self.raw, Str::lend(text.as_bytes())) };
        if status != OK {
            return Err(Failure::new(status, "the output could not be written"));
        }
        Ok(())
    }
}

/// The text of an argument, which must be UTF-8.
pub fn text<'a>(argument: Str) -> Result<&'a str, Failure> {
    std::str::from_utf8(unsafe { argument.bytes() }).map_err(|_| Failure::new(INVALID, "the input is not UTF-8"))
}

/// Runs `body` and turns whatever comes of it into a status. Every function that the host calls is made of this.
pub fn guard<F: FnOnce(&Call) -> Outcome>(call: *const RawCall, body: F) -> i32 {
    let running = Call { raw: call };
    let failure = match catch_unwind(AssertUnwindSafe(|| body(&running))) {
        Ok(Ok(())) => return OK,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::new(FAILED, "a panic"),
    };
    unsafe { ((*call).fail)(call, failure.status, Str::of(""), Str::lend(failure.message.as_bytes())) };
    failure.status
}

/// See assay/ext/checklist.h.
#[repr(C)]
pub struct Checklist1 {
    pub catalogues: extern "C" fn(*const RawCall, *const RawWriter) -> i32,
}

/// See assay/ext/report.h.
#[repr(C)]
pub struct Report1 {
    pub render: extern "C" fn(*const RawCall, Str, Str, *const RawWriter) -> i32,
}
