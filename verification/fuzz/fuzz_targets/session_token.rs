#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| quorate_faults::fuzz::run("session_token", data));
