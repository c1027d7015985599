//! The design system: what the product is drawn with. It knows no domain; a
//! component takes words and addresses and gives markup, and the classes are in
//! `style/`. Everything reads and works before the WASM arrives: menus are
//! `<details>`, dialogs `<dialog>`, tabs, pagers and chips are links. The
//! browser is touched in event handlers and effects only.
//!
//! The page at `/ui` (development builds) shows all of it in every state.

mod account_menu;
mod badge;
#[cfg_attr(feature = "hydrate", path = "browser.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "browser_absent.rs")]
pub mod browser;
mod chips;
mod colophon;
mod count;
mod dialog;
mod empty;
mod fault_view;
mod field;
mod focus;
mod form;
mod frame;
#[cfg_attr(not(debug_assertions), path = "gallery_absent.rs")]
mod gallery;
mod icon;
mod keys;
mod menu;
mod notice;
mod notices;
mod pager;
mod palette;
mod progress;
mod shortcuts;
mod sign_in_again;
mod table;
mod tabs;
mod time;
mod toast;
mod tone;
mod visitor;

pub use account_menu::AccountMenu;
pub use badge::{Badge, Overdue, Priority, State, Tag};
pub use chips::{Chip, Chips};
pub use colophon::Colophon;
pub use count::{counted, grouped};
pub use dialog::Dialog;
pub use empty::Empty;
pub use fault_view::{FaultView, Reference, Subject};
pub use field::{CheckField, ChoiceField, Hidden, PasswordField, SelectField, Submit, TextArea, TextField};
pub use focus::SkipLinks;
pub use form::{Complaint, Form, FormState, Returned};
pub use frame::{Frame, NavItem};
pub use gallery::GalleryPage;
pub use icon::Icon;
pub use menu::Menu;
pub use notice::Notice;
pub use notices::Notices;
pub use pager::Pager;
pub use palette::{Command, Palette};
pub use progress::{Progress, Skeleton};
pub use shortcuts::ShortcutHelp;
pub use sign_in_again::{SignInAgain, SignInDialog};
pub use table::{Sort, SortLink};
pub use tabs::{Steps, Tab, Tabs};
pub use time::Time;
pub use toast::{ToastRegion, Toasts, provide_toasts, use_toasts};
pub use tone::Tone;
pub use visitor::Visitor;
