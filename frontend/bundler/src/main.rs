//! Turns the compiled frontend into the module that browsers load.
//!
//! The version of the binding generator comes from `Cargo.lock`, so it always matches the library inside the frontend.

use std::{env, error::Error, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

const USAGE: &str = "usage: bundler <input.wasm> <output folder> <name>";

/// Writes `<name>.js` and `<name>_bg.wasm` for the given module into the output folder.
fn bundle(input: &str, folder: &str, name: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    Bindgen::new().input_path(input).out_name(name).web(true)?.typescript(false).generate(folder)?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a build tool speaks to the person who runs it")]
fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, folder, name] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match bundle(input, folder, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundler: cannot bundle {input}: {error}");
            ExitCode::FAILURE
        }
    }
}
