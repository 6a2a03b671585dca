//! The targets as a program. Built with `--cfg fuzzing` it is libFuzzer's, and `TILL_FUZZ` names the target;
//! else it replays files: `till-fuzz TARGET FILE...`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod fuzzer {
    #![allow(unsafe_code)]

    use std::sync::LazyLock;

    static TARGET: LazyLock<till_fuzz::Target> = LazyLock::new(|| {
        let name = std::env::var("TILL_FUZZ").expect("TILL_FUZZ names the target");
        till_fuzz::target(&name).expect("TILL_FUZZ names a target that exists")
    });

    libfuzzer_sys::fuzz_target!(|data: &[u8]| { (*TARGET)(data) });
}

#[cfg(not(fuzzing))]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(target) = till_fuzz::target(&name) else {
        eprintln!("till-fuzz TARGET FILE...   see scripts/fuzz");
        std::process::exit(2);
    };
    for path in arguments {
        target(&std::fs::read(&path).expect("the file can be read"));
        println!("{path} holds");
    }
}
