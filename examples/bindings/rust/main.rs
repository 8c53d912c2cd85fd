//! libtrestle from Rust, with no crate.
//!
//!     rustc main.rs -L native=LIBDIR && ./main
use std::ffi::{c_char, CStr};
use std::fmt;

#[link(name = "trestle")]
extern "C" {
    fn tr_version() -> *const c_char;
    fn tr_err_name(code: i32) -> *const c_char;
    fn tr_err_text(code: i32) -> *const c_char;
    fn tr_hash_keccak256(data: *const u8, len: usize, out: *mut u8);
}

/// An error code of the library.
#[derive(Debug, PartialEq, Eq)]
struct Error(i32);

/// The library's texts are constants: they live as long as the program.
fn text(of: *const c_char) -> &'static str {
    unsafe { CStr::from_ptr(of) }.to_str().expect("the library's texts are ASCII")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, sentence) = unsafe { (tr_err_name(self.0), tr_err_text(self.0)) };
        write!(f, "{}: {}", text(name), text(sentence))
    }
}

fn check(code: i32) -> Result<(), Error> {
    if code == 0 { Ok(()) } else { Err(Error(code)) }
}

fn keccak256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    unsafe { tr_hash_keccak256(data.as_ptr(), data.len(), out.as_mut_ptr()) };
    out
}

fn main() {
    println!("trestle {}", text(unsafe { tr_version() }));
    let hash = keccak256(b"transfer(address,uint256)");
    println!("transfer(address,uint256) is {:02x?}", &hash[..4]);
    assert_eq!(hash[..4], [0xa9, 0x05, 0x9c, 0xbb]);
    assert_eq!(check(0), Ok(()));
    let error = check(3).expect_err("code 3 is an error");
    println!("{error}");
    assert!(error.to_string().starts_with("TR_E_SHORT: "));
}
