//! From a file, the environment and flags to a [`Config`].

use std::path::Path;

use super::Config;

/// Variables with our prefix that are not configuration of the server.
const NOT_OURS: &[&str] = &["CASETRAKR_TEST_", "CASETRAKR_TOOLS", "CASETRAKR_COUNT_STATEMENTS", "CASETRAKR_SITE", "CASETRAKR_CONFIG"];

impl Config {
    /// Reads the file, if it is there, lays `environment` (name, value) over it and then what `flags` sets, and checks the
    /// outcome.
    ///
    /// # Errors
    /// One line that names the key and says what is wrong with it.
    pub fn read(path: &Path, environment: impl Iterator<Item = (String, String)>, flags: impl FnOnce(&mut Self)) -> Result<Self, String> {
        let mut table = match std::fs::read_to_string(path) {
            Ok(text) => text.parse::<toml::Table>().map_err(|e| format!("{}: {}", path.display(), one_line(e.message())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => toml::Table::new(),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        // The part that the framework reads for itself.
        table.remove("package");
        for (name, value) in environment {
            overlay(&mut table, &name, value)?;
        }
        let mut config: Self = serde_path(table)?;
        flags(&mut config);
        config.check()?;
        Ok(config)
    }
}

fn overlay(table: &mut toml::Table, name: &str, value: String) -> Result<(), String> {
    let Some(rest) = name.strip_prefix("CASETRAKR_") else { return Ok(()) };
    if NOT_OURS.iter().any(|prefix| name.starts_with(prefix)) {
        return Ok(());
    }
    let (section, key) = rest.split_once('_').ok_or_else(|| format!("{name}: unknown; write CASETRAKR_SECTION_KEY"))?;
    let (section, key) = (section.to_lowercase(), key.to_lowercase());
    let value = typed(&section, &key, value);
    let inner = table
        .entry(section)
        .or_insert_with(|| toml::Value::Table(toml::Table::new()))
        .as_table_mut()
        .ok_or_else(|| format!("{name}: not a section"))?;
    inner.insert(key, value);
    Ok(())
}

/// Environment values are text, and a key of text takes any, such as a password of digits. For other keys numbers, truth
/// values and lists are told by their look, as in the file.
fn typed(section: &str, key: &str, value: String) -> toml::Value {
    if parses(section, alone(key, toml::Value::String(value.clone()))) {
        return toml::Value::String(value);
    }
    if let Ok(number) = value.parse::<i64>() {
        return toml::Value::Integer(number);
    }
    match value.as_str() {
        "true" => toml::Value::Boolean(true),
        "false" => toml::Value::Boolean(false),
        list if list.starts_with('[') => list.parse::<toml::Value>().unwrap_or(toml::Value::String(value)),
        _ => toml::Value::String(value),
    }
}

fn serde_path(table: toml::Table) -> Result<Config, String> {
    // Section by section, so that the message can name the key as people write it.
    let mut whole = toml::Table::new();
    for (section, value) in table {
        let mut probe = toml::Table::new();
        probe.insert(section.clone(), value.clone());
        if let Err(error) = probe.try_into::<Config>() {
            return Err(one_line(&blame(&section, &value, error.message())));
        }
        whole.insert(section, value);
    }
    whole.try_into().map_err(|error: toml::de::Error| one_line(error.message()))
}

/// Finds the key that does not parse on its own, and says it as people write it.
fn blame(section: &str, value: &toml::Value, message: &str) -> String {
    if let Some(entries) = value.as_array() {
        let culprit = entries.iter().position(|entry| !parses(section, toml::Value::Array(vec![entry.clone()])));
        return culprit.map_or_else(|| format!("{section}: {message}"), |at| format!("{section}[{at}]: {message}"));
    }
    let culprit = value.as_table().and_then(|keys| keys.iter().find(|(key, value)| !parses(section, alone(key, (*value).clone()))));
    match culprit {
        Some((key, _)) => format!("{section}.{key}: {message}"),
        None => format!("{section}: {message}"),
    }
}

/// Whether a configuration of this one section can be read.
fn parses(section: &str, inner: toml::Value) -> bool {
    let mut outer = toml::Table::new();
    outer.insert(section.to_owned(), inner);
    outer.try_into::<Config>().is_ok()
}

fn alone(key: &str, value: toml::Value) -> toml::Value {
    let mut inner = toml::Table::new();
    inner.insert(key.to_owned(), value);
    toml::Value::Table(inner)
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
