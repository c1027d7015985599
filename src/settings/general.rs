//! What the organisation is called, in which zone its days begin and end, and how it writes numbers and dates.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{ChangeOrganisation, LOCALE_FIELD, OrganisationView, organisation},
    index::Split,
};
use crate::{
    locale::Locale,
    ui::{Form, Hidden, SelectField, Subject, Submit, TextField},
};

/// `/settings/organisation`
pub struct OrganisationPage;

impl OrganisationPage {
    pub(crate) fn view() -> AnyView {
        let show = |view: OrganisationView| {
            if view.manages { Either::Left(view! { <OrganisationForm view=view /> }) } else { Either::Right(view! { <Told view=view /> }) }
        };
        view! {
            <Title text="Name and time zone" />
            <Split current="/settings/organisation">
                <div class="page-head">
                    <h1>"Name and time zone"</h1>
                </div>
                <Subject of=organisation() show=show />
            </Split>
        }
        .into_any()
    }
}

#[component]
fn OrganisationForm(view: OrganisationView) -> impl IntoView {
    view! {
        <Form action={<ChangeOrganisation as ServerFn>::PATH} class="form-narrow" leave=true merges=true>
            <Hidden name="version" value=view.version.to_string() />
            <TextField
                name="organisation"
                label="Name"
                hint="Members see it at the top of every page; whoever is invited sees it too."
                value=view.name
                autocomplete="organization"
                required=true
            />
            <TextField
                name="time_zone"
                label="Time zone"
                hint="Times are shown in it, and a day that counts for a deadline ends in it. Write its place, such as Europe/Lisbon."
                value=view.time_zone
                proposals=proposals()
                required=true
            />
            <SelectField
                name=LOCALE_FIELD
                label="Numbers and dates"
                hint="How they are written here. It decides what 1,234 and 05/01/2026 mean when somebody types them."
                options=locales()
                value=view.locale
            />
            <div class="form-actions">
                <Submit>"Save"</Submit>
            </div>
        </Form>
    }
}

/// For those who may look and not change.
#[component]
fn Told(view: OrganisationView) -> impl IntoView {
    view! {
        <p>"Admins and owners of your organisation can change this."</p>
        <dl class="topics">
            <dt>"Name"</dt>
            <dd>{view.name}</dd>
            <dt>"Time zone"</dt>
            <dd>{view.time_zone}</dd>
            <dt>"Numbers and dates"</dt>
            <dd>{Locale::parse(&view.locale).unwrap_or_default().label()}</dd>
        </dl>
    }
}

fn locales() -> Vec<(String, String)> {
    Locale::ALL.into_iter().map(|locale| (locale.key().to_owned(), locale.label().to_owned())).collect()
}

/// What a field for a time zone proposes.
pub(super) fn proposals() -> Vec<String> {
    ZONES.map(str::to_owned).to_vec()
}

/// Proposals while typing: one for each common offset and rule. Any other name of the IANA list works as well.
const ZONES: [&str; 40] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Phoenix",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jerusalem",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Honolulu",
];
