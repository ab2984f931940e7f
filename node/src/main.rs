//! The `quorate` command.
#![forbid(unsafe_code)]

const _: () = assert!(!quorate_protocol::MUTANTS_COMPILED_IN, "a product build holds no wrong variant of a rule");

fn main() -> std::process::ExitCode {
    quorate_node::cli::main()
}
