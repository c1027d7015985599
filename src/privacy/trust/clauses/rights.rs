//! Sections 7 to 14: periods, rights, cookies, security, age, changes and contact.

use super::{Kept, kept};

pub(super) const KEPT: &[Kept] = &[
    kept(
        "7.1",
        "Sign-ins end when idle and in any case after a day; links work once and expire; a message goes from the queue when it is delivered.",
        &["sessions_end_when_idle_and_in_any_case_after_a_day", "a_reset_link_expires", "invitations_are_taken_back_replaced_and_expire"],
    )
    .see(&[("The table of periods", "/privacy/retention")])
    .missing("The published table of periods and the jobs that carry it out are being built."),
    kept(
        "7.2",
        "What is personal in the record is sealed with a key of its subject. Destroying the key makes it unreadable, and the record still proves itself.",
        &["erasing_a_subjects_key_leaves_the_chain_verifiable"],
    )
    .missing("Asking for deletion in the product is being built. Until then, write to the operator."),
    kept("8.1", "Everybody sees their account and each of their sign-ins.", &["my_sessions_are_listed_and_end_with_the_next_request"])
        .see(&[("Your account", "/me")])
        .missing("The whole package as files is being built."),
    kept("8.2", "Everybody corrects their own name; what people wrote is edited with its history.", &["a_name_is_changed_for_all_to_see", "an_entry_is_edited_with_its_history_and_only_by_its_author"])
        .see(&[("Your account", "/me")]),
    kept("8.3", "As 7.2.", &["erasing_a_subjects_key_leaves_the_chain_verifiable"])
        .missing("Asking for deletion in the product is being built. Until then, write to the operator."),
    kept("8.4", "Nothing rests on consent or on interests beyond security without a switch, since nothing of the kind is collected.", &["pp_7_a_visit_leaves_nothing_behind", "pp_16_the_contact_stands_on_the_page"])
        .missing("Objecting purpose by purpose in the product is being built."),
    kept("8.5", "The list of cases leaves as a file that other programs read, and files like it can be brought in.", &["the_list_goes_out_as_a_file_without_formulas", "the_permit_log_comes_in_whole_and_comes_in_once"]),
    kept("8.6", "Without consent nothing that needs it happens.", &["pp_7_a_visit_leaves_nothing_behind"])
        .see(&[("Your privacy choices", "/privacy/choices")]),
    kept("8.7", "The operator's address stands in the policy as text and as a link. A policy without it cannot be published.", &["pp_16_the_contact_stands_on_the_page", "pp_16_nothing_is_published_while_a_variable_is_open"])
        .see(&[("The form", "/privacy/request")]),
    kept("8.8", "By writing to the operator, whose address every version of the policy has.", &["pp_16_the_contact_stands_on_the_page"])
        .missing("Restriction as a state of the data is being built."),
    kept("8.9", "A case is moved, assigned, closed and decided by a member, never by a job: no background work touches one but an import that a member started.", &["no_case_is_decided_by_a_machine"]),
    kept("8.10", "The authority must be set before a policy is published, and stands in it.", &["pp_16_nothing_is_published_while_a_variable_is_open"]),
    kept("8.11", "By answering the operator, whose address every version of the policy has.", &["pp_16_the_contact_stands_on_the_page"])
        .missing("Appeals as requests of their own are being built."),
    kept("9.1", "The cookie is set by signing in and taken back by signing out; no other page sets one.", &["signing_out_ends_the_session", "sec_7_a_planted_session_is_never_taken_over", "public_pages_need_nobody"])
        .see(&[("Every cookie", "/cookies")]),
    kept("9.2", "Off until chosen: a visit sets no cookie.", &["pp_7_a_visit_leaves_nothing_behind"]).see(&[("Every cookie", "/cookies")]),
    kept("9.3", "Off until chosen: a visit leaves no row and no cookie.", &["pp_7_a_visit_leaves_nothing_behind"]).see(&[("Every cookie", "/cookies")]),
    kept("9.4", "Every page links to the list of cookies; without a choice only what is necessary is set.", &["every_page_leads_to_what_is_promised", "pp_7_a_visit_leaves_nothing_behind"])
        .see(&[("Your privacy choices", "/privacy/choices")]),
    kept("10.1", "Each control is listed with its tests, and a weakness can be reported to an address that machines find.", &["every_control_has_tests_that_exist", "pp_13_security_txt_is_good_for_less_than_a_year", "every_answer_has_the_security_headers"])
        .see(&[("Security", "/security"), ("security.txt", "/.well-known/security.txt")]),
    kept("11.1", "No account is made without the unticked box for 18 or older being ticked; the moment is stored and no date of birth is asked for.", &["pp_14_an_account_takes_adulthood_and_no_date_of_birth"])
        .see(&[("The form", "/signup")]),
    kept(
        "12.1",
        "Versions are stored for ever and answer the same bytes; the database refuses to change one. A change that matters is refused with less than 30 days' notice, mailed to everybody and shown until acknowledged.",
        &[
            "pp_15_a_published_version_never_changes",
            "pp_15_a_version_answers_the_same_bytes_for_ever",
            "pp_15_a_change_that_matters_is_announced_thirty_days_ahead",
            "pp_15_people_are_told_until_they_acknowledge",
            "the_difference_is_shown_clause_by_clause",
        ],
    )
    .see(&[("All versions", "/privacy/versions"), ("What changed last", "/privacy/changes"), ("Feed", "/privacy.atom")]),
    kept("13.1", "Name, addresses and data protection officer are part of the published version.", &["pp_16_the_contact_stands_on_the_page", "pp_16_nothing_is_published_while_a_variable_is_open"]),
    kept("14.1", "Until something is chosen, only the cookie of a sign-in exists.", &["pp_7_a_visit_leaves_nothing_behind", "public_pages_need_nobody"])
        .see(&[("Every cookie", "/cookies")])
        .missing("The banner itself is being built. As long as nothing but the necessary exists there is nothing to ask."),
];
