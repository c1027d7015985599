//! The design system: what the product is drawn with. It knows no domain; a
//! component takes words and addresses and gives markup, and the classes are in
//! `style/`. Everything reads and works before the WASM arrives: menus are
//! `<details>`, tabs, pagers and chips are links. A [`Dialog`] is only for what
//! takes script anyway. The browser's half is `live`, and the islands: [`Palette`], [`ToastRegion`] and
//! whatever features make of [`SignInDialog`] and their own.
//!
//! The page at `/ui` (development builds) shows all of it in every state.

mod icon;
mod palette;
pub mod sign_in_again;
pub mod toast;

pub use icon::{Icon, drawing};
pub use palette::{Command, Palette};
pub use sign_in_again::SignInDialog;
pub use toast::ToastRegion;

#[cfg(feature = "hydrate")]
pub mod live;

#[cfg(feature = "ssr")]
mod about;
#[cfg(feature = "ssr")]
mod account_menu;
#[cfg(feature = "ssr")]
pub mod address;
#[cfg(feature = "ssr")]
mod badge;
#[cfg(feature = "ssr")]
mod chips;
#[cfg(feature = "ssr")]
mod dialog;
#[cfg(feature = "ssr")]
mod empty;
#[cfg(feature = "ssr")]
mod fault_view;
#[cfg(feature = "ssr")]
mod field;
#[cfg(feature = "ssr")]
mod focus;
#[cfg(feature = "ssr")]
mod fold;
#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
#[cfg_attr(not(debug_assertions), path = "gallery_absent.rs")]
mod gallery;
#[cfg(feature = "ssr")]
mod instance;
#[cfg(feature = "ssr")]
mod menu;
#[cfg(feature = "ssr")]
mod notice;
#[cfg(feature = "ssr")]
mod notices;
#[cfg(feature = "ssr")]
mod pager;
#[cfg(feature = "ssr")]
mod progress;
#[cfg(feature = "ssr")]
mod shortcuts;
#[cfg(feature = "ssr")]
mod table;
#[cfg(feature = "ssr")]
mod tabs;
#[cfg(feature = "ssr")]
mod time;
#[cfg(feature = "ssr")]
mod tone;
#[cfg(feature = "ssr")]
mod unplaced;
#[cfg(feature = "ssr")]
mod visitor;

#[cfg(feature = "ssr")]
pub use crate::count::{counted, grouped, sized};
#[cfg(feature = "ssr")]
pub use about::{ABOUT_LINKS, About};
#[cfg(feature = "ssr")]
pub use account_menu::AccountMenu;
#[cfg(feature = "ssr")]
pub use badge::{Badge, Overdue, Priority, State, Tag};
#[cfg(feature = "ssr")]
pub use chips::{Chip, Chips, FilterPanel};
#[cfg(feature = "ssr")]
pub use dialog::Dialog;
#[cfg(feature = "ssr")]
pub use empty::Empty;
#[cfg(feature = "ssr")]
pub use fault_view::{FaultView, Reference, Subject, WayOn, loaded};
#[cfg(feature = "ssr")]
pub use field::{
    CheckField, ChoiceField, FileField, Hidden, PasswordField, SelectField, Submit, TextArea, TextField, TokenFields, inside_textarea,
    kind_showing,
};
#[cfg(feature = "ssr")]
pub use focus::SkipLinks;
#[cfg(feature = "ssr")]
pub use fold::Fold;
#[cfg(feature = "ssr")]
pub use form::{Complaint, ForField, Form, FormState, Placed, Returned, SHOWN_FOR, ShownFor};
#[cfg(feature = "ssr")]
pub use frame::{Frame, NavItem};
#[cfg(feature = "ssr")]
pub use gallery::GalleryPage;
#[cfg(feature = "ssr")]
pub use instance::Instance;
#[cfg(feature = "ssr")]
pub use menu::Menu;
#[cfg(feature = "ssr")]
pub use notice::Notice;
#[cfg(feature = "ssr")]
pub use notices::Notices;
#[cfg(feature = "ssr")]
pub use pager::Pager;
#[cfg(feature = "ssr")]
pub use progress::{Progress, Skeleton};
#[cfg(feature = "ssr")]
pub use shortcuts::ShortcutHelp;
#[cfg(feature = "ssr")]
pub use table::{Sort, SortLink};
#[cfg(feature = "ssr")]
pub use tabs::{Steps, Tab, Tabs};
#[cfg(feature = "ssr")]
pub use time::Time;
#[cfg(feature = "ssr")]
pub use tone::Tone;
#[cfg(feature = "ssr")]
pub use unplaced::Unplaced;
#[cfg(feature = "ssr")]
pub use visitor::Visitor;
