//! Who runs this installation, as pages name them.

/// What every page may say of the operator.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    /// Their name; empty where they have not said.
    pub operator: String,
    /// Where people write to them; empty where they have not said.
    pub email: String,
    /// Whether this installation sends mail itself.
    pub sends_mail: bool,
}
