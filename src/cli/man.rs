//! The command `man`: a man page for the program and for each of its commands.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::app::{Keymap, key_name};
use crate::cli::arguments::Arguments;
use crate::cli::output::print_output;
use crate::text::Charset;

/// Prints the page of a command, or of the program.
pub fn man(names: &[String]) -> anyhow::Result<ExitCode> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    // Gives each command its full name and the options of the program.
    program.build();
    let mut command = &program;
    for name in names {
        let Some(subcommand) = command.find_subcommand(name) else {
            let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            match names.as_slice() {
                [] => bail!("`{}` has no command `{name}`", command.get_name()),
                names => bail!("no command `{name}`; the commands are {}", names.join(", ")),
            }
        };
        command = subcommand;
    }
    print_output(&page(command)?)
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    if command.get_name() == "codeleaf" {
        page.extend(keys().into_bytes());
    }
    Ok(page)
}

/// The key bindings as a section of the man page, in roff.
fn keys() -> String {
    let mut page = String::from(".SH KEYS\n");
    for binding in Keymap::built_in().bindings() {
        let keys = binding.keys.iter();
        let keys = keys.map(|key| key_name(*key, Charset::Ascii).replace('\\', "\\e"));
        let keys = keys.collect::<Vec<String>>().join(" ");
        let help = binding.help.replace('-', "\\-");
        page += &format!(".TP\n\\fB{keys}\\fR\n{help}\n");
    }
    page
}
