//! The `quorate` command.
#![forbid(unsafe_code)]

const _: () = assert!(!quorate_protocol::MUTANTS_COMPILED_IN, "a product build holds no wrong variant of a rule");
const _: () = assert!(!quorate_handoff::MUTANTS_COMPILED_IN, "a product build holds no wrong hand-over");

fn main() -> std::process::ExitCode {
    quorate_node::cli::main()
}
