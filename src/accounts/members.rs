//! Who belongs to the organisation, as what, and who has been asked to.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{ChangeRole, InvitationView, Invite, MemberView, MembersView, RemoveMember, RevokeInvitation, members},
    model::{Permission, Role},
};
use crate::{
    ids::{Id, kinds},
    settings::Split,
    ui::{Badge, Fold, Form, Hidden, Instance, SelectField, Subject, Submit, TextField, Time, Tone},
};

/// `/settings/members`
pub struct MembersPage;

impl MembersPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Members" />
            <Split current="/settings/members">
                <Subject of=members() show=move |view| view! { <Everybody view=view /> } />
            </Split>
        }
        .into_any()
    }
}

#[component]
fn Everybody(view: MembersView) -> impl IntoView {
    let MembersView { members, invitations, manages, may_give } = view;
    let count = members.len().to_string();
    let others: Vec<(String, String)> =
        members.iter().filter(|m| m.takes_over).map(|m| (m.user.to_string(), m.told_apart.clone())).collect();
    let rows = members
        .into_iter()
        .map(|member| {
            let (may_give, others) = (may_give.clone(), others.clone());
            view! { <Member member=member manages=manages may_give=may_give others=others /> }
        })
        .collect_view();
    let invited = manages.then(|| {
        view! {
            <Invitations all=invitations />
            <InviteForm may_give=may_give />
        }
    });
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <span class="count">{count}</span>
            {(!manages).then(|| view! { <p>{format!("Only {}s and owners change this list.", Permission::MemberManage.least_role().label().to_lowercase())}</p> })}
        </div>
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col" class="num">
                            "Open cases"
                        </th>
                        <th scope="col">"Since"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Leaving"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {invited}
        <section>
            <h2>"What the roles are for"</h2>
            <ul>
                {Role::ALL
                    .into_iter()
                    .map(|role| view! { <li><b>{role.label()}</b> ": " {role.explanation()}</li> })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Member(member: MemberView, manages: bool, may_give: Vec<Role>, others: Vec<(String, String)>) -> impl IntoView {
    // Who may not give a role may not take it away either.
    let theirs = manages && may_give.contains(&member.role);
    let role =
        if theirs { view! { <RoleForm member=member.clone() may_give=may_give /> }.into_any() } else { member.role.label().into_any() };
    let heirs = others.into_iter().filter(|(id, _)| *id != member.user.to_string()).collect();
    let leaving = (theirs || member.myself).then(|| view! { <Leaving member=member.clone() heirs=heirs /> });
    view! {
        <tr>
            <th scope="row" class="lead">
                {member.name} {member.myself.then(|| view! { " " <Badge tone=Tone::Info>"You"</Badge> })}
                <div class="hint">{member.email}</div>
            </th>
            <td>{role}</td>
            <td class="num" data-label="Open cases">
                {member.open_cases.to_string()}
            </td>
            <td class="nowrap" data-label="Since">
                <Time iso=member.joined.iso text=member.joined.day />
            </td>
            <td>{leaving}</td>
        </tr>
    }
}

/// A list of roles with a button beside it: without script a choice alone does nothing, and with it a slip would.
#[component]
fn RoleForm(member: MemberView, may_give: Vec<Role>) -> impl IntoView {
    let options = may_give
        .into_iter()
        .rev()
        .map(|role| view! { <option value=role.key() selected=role == member.role>{role.label()}</option> })
        .collect_view();
    view! {
        <Form action={<ChangeRole as ServerFn>::PATH} key=member.user.to_string() class="role-form">
            <Hidden name="user" value=member.user.to_string() />
            <Hidden name="version" value=member.version.to_string() />
            <select name="role" aria-label=format!("Role of {}", member.name)>
                {options}
            </select>
            <Submit class="button small">
                "Save" <span class="visually-hidden">" the role of " {member.name}</span>
            </Submit>
        </Form>
    }
}

/// What becomes of the cases that not everybody sees.
const RESTRICTED: &str = "Restricted cases go only to somebody who can open them already; the others stay unassigned. Those that nobody else can open are then shown to the owners, and to whoever removes a member only if there is no other owner.";

#[component]
fn Leaving(member: MemberView, heirs: Vec<(String, String)>) -> impl IntoView {
    let (word, whom, button) = if member.myself {
        ("Leave", " this organisation".to_owned(), "Leave this organisation".to_owned())
    } else {
        ("Remove", format!(" {}", member.name), format!("Remove {}", member.name))
    };
    // They may hold more than the viewer sees, so this is asked in any case.
    let held = match member.open_cases {
        0 => "Hand over to".to_owned(),
        1 => "Hand the one open case over to".to_owned(),
        many => format!("Hand the {many} open cases over to"),
    };
    let mut options = vec![(String::new(), "Nobody: leave the cases unassigned".to_owned())];
    options.extend(heirs);
    let heading = move || view! { {word} " " <span class="visually-hidden">{whom.clone()}</span> };
    view! {
        <Fold class="leaving" heading=heading>
            <Form action={<RemoveMember as ServerFn>::PATH} key=format!("leave-{}", member.user) class="stack" leave=true>
                <Hidden name="user" value=member.user.to_string() />
                <SelectField name="hand_over_to" label=held options=options hint=RESTRICTED />
                <div>
                    <Submit class="button danger small">{button}</Submit>
                </div>
            </Form>
        </Fold>
    }
}

#[component]
fn Invitations(all: Vec<InvitationView>) -> impl IntoView {
    let none = all.is_empty();
    let rows = all.into_iter().map(|one| view! { <Invitation one=one /> }).collect_view();
    view! {
        <section>
            <h2>"Invitations"</h2>
            {none.then(|| view! { <p>"Nobody has been invited who has not answered."</p> })}
            {rows}
        </section>
    }
}

#[component]
fn Invitation(one: InvitationView) -> impl IntoView {
    view! {
        <div class="session">
            <b>{one.email.clone()}</b>
            <p class="hint">
                {one.role.label()} ", invited by " {one.invited_by} ", works until "
                <Time iso=one.expires.iso text=one.expires.text />
            </p>
            <Form action={<RevokeInvitation as ServerFn>::PATH} key=one.id.to_string()>
                <Hidden name="invitation" value=one.id.to_string() />
                <Submit class="button small">
                    "Take back" <span class="visually-hidden">" the invitation of " {one.email}</span>
                </Submit>
            </Form>
        </div>
    }
}

#[component]
fn InviteForm(may_give: Vec<Role>) -> impl IntoView {
    let options = may_give.into_iter().map(|role| (role.key().to_owned(), format!("{}: {}", role.label(), role.explanation()))).collect();
    let how = if use_context::<Instance>().is_some_and(|instance| instance.sends_mail) {
        "They get a link by mail. It works once, for seven days."
    } else {
        "The link works once, for seven days. This installation sends no mail: whoever runs it finds the link in the server\u{2019}s log and passes it on."
    };
    view! {
        <section>
            <h2>"Invite somebody"</h2>
            <p>{how}</p>
            <Form action={<Invite as ServerFn>::PATH} class="form-narrow">
                <Hidden name="key" value={Id::<kinds::Invitation>::fresh().to_string()} />
                <TextField name="email" label="E-mail" kind="email" required=true />
                <SelectField name="role" label="Role" options=options value=Role::Caseworker.key() />
                <div class="form-actions">
                    <Submit class="button primary">"Send invitation"</Submit>
                </div>
            </Form>
        </section>
    }
}
