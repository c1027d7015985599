//! Every setting that there is, by name and in a sentence; and the same as a list at the side of each of their pages.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    accounts::{Permission, Viewer},
    ui::{Command, Icon},
};

/// A page of settings.
struct Topic {
    group: &'static str,
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    says: &'static str,
    /// What it takes to open it.
    needs: Permission,
}

const TOPICS: [Topic; 10] = [
    Topic {
        group: "Organisation",
        label: "Name and time zone",
        href: "/settings/organisation",
        icon: "building",
        says: "What your organisation is called, and in which zone its days begin and end.",
        needs: Permission::MemberRead,
    },
    Topic {
        group: "Organisation",
        label: "Members",
        href: "/settings/members",
        icon: "people",
        says: "Who belongs to it and as what. Invite, change roles, hand work over when somebody leaves.",
        needs: Permission::MemberRead,
    },
    Topic {
        group: "Work",
        label: "Case types",
        href: "/settings/case-types",
        icon: "cases",
        says: "What you work on: the states a case goes through, its fields, and how it is numbered.",
        needs: Permission::CaseRead,
    },
    Topic {
        group: "Data",
        label: "Import",
        href: "/settings/import",
        icon: "upload",
        says: "Bring in cases with their history from a CSV file. See what would happen first.",
        needs: Permission::CaseImport,
    },
    Topic {
        group: "Data",
        label: "Export everything",
        href: "/settings/export",
        icon: "download",
        says: "The whole organisation as one archive, to read, to load elsewhere and to check.",
        needs: Permission::OrgExport,
    },
    Topic {
        group: "Data",
        label: "Record",
        href: "/settings/record",
        icon: "shield",
        says: "Who did what, and when: a chain in which a changed or missing event shows.",
        needs: Permission::AuditRead,
    },
    Topic {
        group: "Data",
        label: "Usage data",
        href: "/settings/usage",
        icon: "reports",
        says: "Which pages were opened and what was done, counted only where people allowed it. All of it.",
        needs: Permission::OrgManage,
    },
    Topic {
        group: "Data",
        label: "Record of processing",
        href: "/settings/processing",
        icon: "shield",
        says: "Which personal data is kept, what for, on which basis and for how long. To print, and as JSON and CSV.",
        needs: Permission::AuditRead,
    },
    Topic {
        group: "Data",
        label: "Retention",
        href: "/settings/retention",
        icon: "clock",
        says: "What the daily run removed, what it would remove today and in the next thirty days, and what is held back.",
        needs: Permission::AuditRead,
    },
    Topic {
        group: "Organisation",
        label: "Close the organisation",
        href: "/settings/close",
        icon: "building",
        says: "Read-only for thirty days, then erased, with a certificate.",
        needs: Permission::OrgClose,
    },
];

const GROUPS: [&str; 3] = ["Organisation", "Work", "Data"];

fn open_to_viewer() -> Vec<&'static Topic> {
    let viewer = use_context::<Option<Viewer>>().flatten();
    TOPICS.iter().filter(|topic| viewer.as_ref().is_some_and(|viewer| viewer.may(topic.needs))).collect()
}

/// Where the command palette leads.
pub fn commands(viewer: &Viewer) -> Vec<Command> {
    let place = |label: &str, href: &str, icon| Command { label: label.into(), href: href.into(), icon: String::from(icon) };
    let mut all = vec![place("Home", "/home", "home"), place("Cases", "/cases", "cases")];
    if viewer.may(Permission::CaseCreate) {
        all.push(place("New case", "/cases/new", "plus"));
    }
    let topics = TOPICS.iter().filter(|topic| viewer.may(topic.needs));
    all.extend(topics.map(|topic| place(topic.label, topic.href, topic.icon)));
    all.extend([
        place("Settings", "/settings", "settings"),
        place("My account", "/me", "person"),
        place("Sign-ins and password", "/me/security", "lock"),
        place("Appearance", "/appearance", "theme"),
        place("Your privacy choices", "/privacy/choices", "shield"),
        place("Privacy policy", "/privacy", "shield"),
        place("Privacy requests", "/privacy/request", "shield"),
    ]);
    all
}

/// `/settings`
pub struct SettingsPage;

impl SettingsPage {
    pub(crate) fn view() -> AnyView {
        let open = open_to_viewer();
        let sections = GROUPS.into_iter().map(|group| view! { <Group group=group open=open.clone() /> }).collect_view();
        let nothing = open.is_empty().then(|| {
            view! { <p>"You belong to no organisation here. " <a href="/me">"Create one"</a> ", or open an invitation."</p> }
        });
        view! {
            <Title text="Settings" />
            <div class="page-head">
                <h1>"Settings"</h1>
                <p>"Of your organisation. What concerns only you is under " <a href="/me">"My account"</a> "."</p>
            </div>
            {nothing}
            {sections}
        }
        .into_any()
    }
}

#[component]
fn Group(group: &'static str, open: Vec<&'static Topic>) -> impl IntoView {
    let topics: Vec<_> = open.into_iter().filter(|topic| topic.group == group).collect();
    (!topics.is_empty()).then(|| {
        let row = |topic: &'static Topic| {
            view! {
                <dt>
                    <a href=topic.href>
                        <Icon name=topic.icon />
                        " "
                        {topic.label}
                    </a>
                </dt>
                <dd>{topic.says}</dd>
            }
        };
        view! {
            <section>
                <h2>{group}</h2>
                <dl class="topics">{topics.into_iter().map(row).collect_view()}</dl>
            </section>
        }
    })
}

/// A page of settings beside the list of all of them.
#[component]
pub fn Split(
    /// The address of the page itself.
    current: &'static str,
    children: Children,
) -> impl IntoView {
    let open = open_to_viewer();
    let group = |group: &'static str| {
        let topics: Vec<_> = open.iter().filter(|topic| topic.group == group).collect();
        (!topics.is_empty()).then(|| {
            let item = |topic: &&Topic| {
                view! {
                    <li>
                        <a href=topic.href aria-current=(topic.href == current).then_some("page")>
                            {topic.label}
                        </a>
                    </li>
                }
            };
            view! {
                <h2>{group}</h2>
                <ul>{topics.into_iter().map(item).collect_view()}</ul>
            }
        })
    };
    view! {
        <div class="split">
            <nav class="split-nav" aria-label="Settings">
                {GROUPS.into_iter().map(group).collect_view()}
            </nav>
            <div>
                <a class="split-back" href="/settings">
                    <Icon name="left" />
                    "All settings"
                </a>
                {children()}
            </div>
        </div>
    }
}
