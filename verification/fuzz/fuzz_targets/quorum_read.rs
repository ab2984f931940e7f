#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| quorate_faults::fuzz::run("quorum_read", data));
