use super::SeenKeys;
use clap::{Arg, Command};

/// What may stand at a place of a line: commands, their flags, the values of their arguments.
#[derive(Clone, Debug)]
pub(crate) struct Completion {
    command: Command,
    keys: SeenKeys,
    values: fn(argument: &str) -> &'static [&'static str],
}

impl Completion {
    /// Of a command line's commands. `values` says what an argument of a name may be, where clap does not know it.
    pub(crate) fn new(command: Command, keys: SeenKeys, values: fn(&str) -> &'static [&'static str]) -> Self {
        let mut command = command;
        command.build();
        Self { command, keys, values }
    }

    /// Where the word begins that ends a line, and what it may become, in order.
    pub(super) fn of(&self, line: &str) -> (usize, Vec<String>) {
        let start = line.rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let (before, word) = line.split_at(start);
        let (mut command, mut place) = (&self.command, 0);
        let mut flag: Option<&Arg> = None;
        for earlier in before.split_whitespace() {
            if let Some(sub) = command.find_subcommand(earlier) {
                (command, place, flag) = (sub, 0, None);
            } else if let Some(name) = earlier.strip_prefix("--") {
                flag = command.get_arguments().find(|arg| arg.get_long() == Some(name)).filter(takes_value);
            } else if flag.take().is_none() {
                place += 1;
            }
        }
        let mut found = match (flag, word.strip_prefix('-')) {
            (None, Some(_)) => flags(command),
            (None, None) => self.words(command, place, word),
            (Some(flag), _) => self.values(flag, word),
        };
        found.retain(|candidate| candidate.starts_with(word));
        found.sort();
        found.dedup();
        (start, found)
    }

    fn words(&self, command: &Command, place: usize, word: &str) -> Vec<String> {
        if place == 0 && command.has_subcommands() {
            let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set());
            return visible.map(|sub| sub.get_name().to_owned()).collect();
        }
        command.get_positionals().nth(place).map(|argument| self.values(argument, word)).unwrap_or_default()
    }

    fn values(&self, argument: &Arg, word: &str) -> Vec<String> {
        let name = argument.get_id().as_str();
        if name == "key" {
            return self.keys.beginning_with(word);
        }
        let possible = argument.get_possible_values();
        let possible = possible.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name().to_owned());
        possible.chain((self.values)(name).iter().map(|&value| value.to_owned())).collect()
    }
}

fn flags(command: &Command) -> Vec<String> {
    let visible = command.get_arguments().filter(|argument| !argument.is_hide_set());
    visible.filter_map(|argument| argument.get_long().map(|name| format!("--{name}"))).collect()
}

fn takes_value(argument: &&Arg) -> bool {
    argument.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ArgAction;

    fn completion() -> Completion {
        let key = || Arg::new("key").required(true);
        let version = Arg::new("with_version").long("with-version").action(ArgAction::SetTrue);
        let get = Command::new("get").arg(key()).arg(version);
        let cas = Command::new("cas").arg(key()).arg(Arg::new("is").long("is").value_parser(["new", "old"]));
        let kill = Command::new("kill").arg(Arg::new("node"));
        let key_command = Command::new("key").subcommand(Command::new("inspect").arg(key()));
        let keys = SeenKeys::default();
        ["tea", "time", "a b", "-x", "milk"].iter().for_each(|key| keys.note(Some(&key.into())));
        let command = Command::new("").no_binary_name(true).disable_help_flag(true);
        let command = command.subcommands([get, cas, kill, key_command, Command::new("gone").hide(true)]);
        Completion::new(command, keys, |name| if name == "node" { &["1", "2"] } else { &[] })
    }

    fn of(line: &str) -> Vec<String> {
        completion().of(line).1
    }

    #[test]
    fn what_may_come_next() {
        assert_eq!(of(""), ["cas", "get", "help", "key", "kill"]);
        assert_eq!(of("ge"), ["get"]);
        assert_eq!(of("get t"), ["tea", "time"]);
        assert_eq!(of("get --w"), ["--with-version"]);
        assert_eq!(of("get --with-version t"), ["tea", "time"], "a switch takes no value");
        assert_eq!(of("cas tea --is "), ["new", "old"]);
        assert_eq!(of("cas --is old m"), ["milk"]);
        assert_eq!(of("kill "), ["1", "2"]);
        assert_eq!(of("key in"), ["inspect"]);
        assert_eq!(of("key inspect m"), ["milk"]);
        assert!(of("kill 1 ").is_empty() && of("nonsense ").is_empty());
        assert_eq!(completion().of("get t").0, 4);
    }
}
