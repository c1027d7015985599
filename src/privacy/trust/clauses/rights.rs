//! Sections 7 to 14: periods, rights, cookies, security, age, changes and contact.

use super::evidence::{ClauseEvidence, kept};

pub(super) const KEPT: &[ClauseEvidence] = &[
    kept(
        "7.1",
        "The published table is made from the rules that a daily run carries out. A rule names columns that exist, and a legal hold stops it for what the hold covers.",
        &[
            "the_daily_run_does_what_the_published_table_says",
            "pp_10_nothing_is_kept_too_long_and_nothing_goes_too_soon",
            "the_pages_show_rules_and_numbers",
            "every_rule_names_columns_that_exist",
            "counted_rows_and_sums_run_out",
            "requests_go_thirty_six_months_after_they_were_closed",
            "a_package_that_never_went_out_goes_seven_days_after_its_request_ended",
        ],
    )
    .see(&[("The table of periods", "/privacy/retention")]),
    kept(
        "7.2",
        "Whoever has an account asks for its deletion themselves, with their password, and sees before what stays and why. It is kept for 30 days, then erased; a legal hold stops exactly what it covers. A backup that is put back brings nobody back: what was erased since is erased again before anything is served. The proof plants a string in every personal column, and finds nothing of what is to go afterwards.",
        &[
            "dr_5_a_deleted_account_is_kept_for_a_month_and_then_gone",
            "dr_4_a_held_account_stays_until_the_hold_is_released",
            "dr_4_an_organisation_is_erased_around_exactly_what_is_held",
            "dr_3_the_name_of_a_member_goes_from_every_timeline_and_record",
            "dr_3_what_was_written_about_a_request_goes_with_the_account",
            "dr_25_what_is_on_the_list_is_erased_at_the_start",
            "dr_25_a_server_on_an_old_backup_is_ready_only_when_nobody_is_back",
            "dr_2_erasing_one_leaves_two_hundred_others_byte_for_byte",
            "dr_2_dr_3_dr_5_dr_7_dr_24_the_selftest_proves_everything",
            "erasing_a_subjects_key_leaves_the_chain_verifiable",
        ],
    )
    .see(&[("Your data, and deleting it", "/me/privacy"), ("The table of periods", "/privacy/retention"), ("The form", "/privacy/request")]),
    kept(
        "8.1",
        "Everything held about an account stands on one page, without script. A signed copy as HTML, JSON and CSV is handed out against the password; the proof finds in it all that is to be given, and nothing of anybody else. Without signing in: by the form and a link to the address on file; a person grants it, a program makes the copy. Without an account, a person answers.",
        &[
            "dr_9_everything_held_is_shown_without_script",
            "dr_7_the_copy_is_signed_and_only_for_who_proves_it",
            "dr_2_dr_3_dr_5_dr_7_dr_24_the_selftest_proves_everything",
            "dr_16_an_answer_is_taken_by_its_requester_for_seven_days_and_five_times",
            "dr_16_a_package_is_made_for_whoever_does_not_sign_in_and_taken_by_its_link",
            "an_agents_request_is_carried_out_once_the_account_is_named",
        ],
    )
    .see(&[("Your data", "/me/privacy"), ("The form", "/privacy/request")]),
    kept(
        "8.2",
        "Everybody corrects their own name and address; the address before is kept as evidence. What people wrote is edited with its history. Whoever does not sign in asks by the form: the operator corrects it there, and the answer says what it was and what it is.",
        &[
            "a_name_is_changed_for_all_to_see",
            "an_address_is_corrected_once_its_link_is_opened",
            "an_entry_is_edited_with_its_history_and_only_by_its_author",
            "a_correction_is_made_and_its_answer_says_before_and_after",
            "dr_9_every_kind_goes_its_way_without_script",
        ],
    )
    .see(&[("Your account", "/me"), ("Your data", "/me/privacy"), ("The form", "/privacy/request")]),
    kept(
        "8.3",
        "As 7.2. By the form, a person accepts or refuses; there is no refusal without its ground and the place to complain. Granted, it goes the same way without signing in: 30 days to keep the account, then erasure, and a certificate on the page of the request.",
        &[
            "dr_5_a_deleted_account_is_kept_for_a_month_and_then_gone",
            "dr_3_the_search_finds_what_is_left_over",
            "dr_2_dr_3_dr_5_dr_7_dr_24_the_selftest_proves_everything",
            "dr_11_a_refusal_says_why_and_where_to_complain",
            "an_erasure_that_was_asked_for_by_link_goes_to_its_end_and_leaves_a_certificate",
            "whoever_keeps_the_account_reads_that_nothing_is_erased",
        ],
    )
    .see(&[("Your data, and deleting it", "/me/privacy"), ("The form", "/privacy/request")]),
    kept(
        "8.4",
        "Each purpose stands there with its basis. Objecting to the one for security cuts addresses and removes browsers at once, of sign-ins so far and to come; what rests on consent has its switch. Where nothing can be switched off, the form leads to a person.",
        &[
            "an_objection_switches_off_what_it_says",
            "an_objection_switches_its_purpose_off_and_can_be_taken_back",
            "cb_16_only_what_is_withdrawn_goes",
            "dr_9_every_kind_goes_its_way_without_script",
        ],
    )
    .see(&[("Your data and what it is for", "/me/privacy"), ("Your privacy choices", "/privacy/choices"), ("The form", "/privacy/request")]),
    kept(
        "8.5",
        "The copy of one's data has every table as JSON and CSV, with a published schema and check sums that are signed. The list of cases leaves as a file that other programs read, and files like it can be brought in. The archive of an organisation is taken in by an empty installation, and everything in it is as it was.",
        &[
            "dr_6_an_archive_taken_in_elsewhere_is_the_same_organisation",
            "dr_7_the_copy_is_signed_and_only_for_who_proves_it",
            "dr_8_cells_of_the_copy_are_no_formulas",
            "the_list_goes_out_as_a_file_without_formulas",
            "the_permit_log_comes_in_whole_and_comes_in_once",
        ],
    )
    .see(&[("Your data", "/me/privacy"), ("The schema", "/privacy/package-1.schema.json")]),
    kept(
        "8.6",
        "Withdrawing takes no more than consenting, works at once, removes cookies and events, holds on every device of an account, and leaves a receipt. Asked for by the form, it is in force before anybody looks at it.",
        &[
            "cb_07_withdrawing_takes_no_more_than_consenting",
            "cb_16_withdrawing_removes_cookies_and_rows_and_stops_at_once",
            "a_withdrawal_is_in_force_before_anybody_looks_at_it",
            "cb_28_a_choice_made_on_one_device_holds_on_the_others",
            "cb_29_a_receipt_is_what_its_schema_says_and_names_no_address_and_no_browser",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices")]),
    kept(
        "8.7",
        "The operator's address stands in the policy as text and as a link. The form needs no account and no script; each request has its deadline, its states and a page to follow it. What concerns a case goes to the desk of its organisation, and nothing tells whether anything is held.",
        &[
            "pp_16_the_contact_stands_on_the_page",
            "dr_9_every_kind_goes_its_way_without_script",
            "dr_12_known_and_unknown_addresses_get_the_same_answer_in_the_same_time",
            "dr_15_the_operator_passes_a_request_on_and_the_requester_keeps_one_link",
            "what_names_an_organisation_is_passed_on_within_two_working_days_or_warned_of",
            "a_list_of_450_requests_is_walked_page_by_page",
        ],
    )
    .see(&[("The form", "/privacy/request"), ("The desk of an organisation", "/desk")]),
    kept(
        "8.8",
        "Granted, it is a state of the account that the software keeps to: nothing its person does is counted, only necessary messages are sent, nobody is offered the name for new work, and the data stays for its person to read, correct, take or delete. They end it at once; the operator only a week after saying why.",
        &[
            "dr_17_a_restricted_account_is_kept_and_otherwise_left_alone",
            "dr_17_nothing_of_a_restricted_person_is_swept_until_the_restriction_ends",
            "dr_17_a_forged_form_gives_nothing_new_to_a_restricted_member",
            "dr_17_its_person_ends_a_restriction_at_once_and_an_announced_end_does_not_end_another",
            "dr_9_every_kind_goes_its_way_without_script",
            "dr_10_the_vectors",
        ],
    )
    .see(&[("Your data, and restricting its use", "/me/privacy#restriction"), ("The form", "/privacy/request?kind=restriction&concern=account")]),
    kept(
        "8.9",
        "A case is moved, assigned, closed and decided by a member, never by a job. Background work touches cases only to carry out what a person started: an import, the erasure of an account, or that of a closed organisation.",
        &["no_case_is_decided_by_a_machine", "a_closed_organisation_can_be_read_and_not_changed_and_then_is_gone"],
    ),
    kept(
        "8.10",
        "The authority must be set before a policy is published, and stands in it. A refusal names where to complain, and so does the answer to a complaint. A complaint to the operator or an organisation is a request with a page to follow it; under the law of the United Kingdom it is due in 30 days.",
        &[
            "pp_16_nothing_is_published_while_a_variable_is_open",
            "dr_11_a_refusal_says_why_and_where_to_complain",
            "the_answer_to_a_complaint_says_who_can_be_asked_next",
            "dr_10_the_vectors",
            "dr_9_every_kind_goes_its_way_without_script",
        ],
    )
    .see(&[("The form", "/privacy/request")]),
    kept(
        "8.11",
        "A refusal is appealed on the page of the request. The appeal is a request of its own, with its own deadline and answer. Whoever refused cannot decide on it while anybody else looks after requests there; where nobody does, the requester is told that it was the same person. Its answer names the authority and the court.",
        &[
            "an_appeal_is_decided_by_somebody_else_and_has_its_own_time",
            "where_there_is_nobody_else_the_requester_reads_that",
            "at_an_organisation_another_admin_decides_an_appeal",
            "dr_11_no_sequence_reaches_what_may_not_be",
        ],
    )
    .see(&[("The form", "/privacy/request")]),
    kept(
        "9.1",
        "The cookie is set by signing in and taken back by signing out. The only other necessary one holds the answer about cookies, once it was given. Whatever the code can set stands in the list.",
        &[
            "signing_out_ends_the_session",
            "sec_7_a_planted_session_is_never_taken_over",
            "cb_03_every_cookie_that_the_code_can_set_is_in_the_registry",
            "the_page_of_cookies_is_the_registry",
        ],
    )
    .see(&[("Every cookie", "/cookies")]),
    kept(
        "9.2",
        "Off until chosen: a visit sets no cookie. An appearance that somebody picks without allowing preferences lasts until the browser is closed.",
        &[
            "cb_01_before_a_choice_there_is_no_cookie_and_no_event",
            "cb_05_no_box_is_ticked_before_somebody_ticks_it",
            "how_things_look_lasts_as_long_as_somebody_allows",
        ],
    )
    .see(&[("Every cookie", "/cookies"), ("Appearance", "/appearance")]),
    kept(
        "9.3",
        "Off until chosen: a visit leaves no row and no cookie, and neither does one after a no. Withdrawing stops it in browser and server alike.",
        &[
            "pp_7_a_visit_leaves_nothing_behind",
            "cb_01_before_a_choice_there_is_no_cookie_and_no_event",
            "cb_02_after_refusing_there_is_the_refusal_and_nothing_else",
            "cb_16_withdrawing_removes_cookies_and_rows_and_stops_at_once",
        ],
    )
    .see(&[("Every cookie", "/cookies"), ("Your privacy choices", "/privacy/choices")]),
    kept(
        "9.4",
        "Pages, refusals and failures included, ask while nothing is chosen and no opt-out signal is sent, and lead to the choices. The list of cookies is made from the registry that the code is held to.",
        &[
            "every_page_leads_to_what_is_promised",
            "every_page_of_members_asks_and_leads_to_the_choices",
            "cb_30_refusals_ask_and_lead_to_the_choices_and_set_no_cookie",
            "the_page_of_cookies_is_the_registry",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices"), ("Every cookie", "/cookies")]),
    kept("10.1", "Each control is listed with its tests, and a weakness can be reported to an address that machines find.", &["every_control_has_tests_that_exist", "pp_13_security_txt_is_good_for_less_than_a_year", "every_answer_has_the_security_headers"])
        .see(&[("Security", "/security"), ("security.txt", "/.well-known/security.txt")]),
    kept("11.1", "No account is made without the unticked box for 18 or older being ticked; the moment is stored and no date of birth is asked for. The operator erases a child's account with one command, at once.", &["pp_14_an_account_takes_adulthood_and_no_date_of_birth", "pp_14_the_operator_erases_the_account_of_a_child_at_once"])
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
    kept("13.1", "Name, addresses and data protection officer are part of the published version.", &["pp_16_the_contact_stands_on_the_page", "pp_16_nothing_is_published_while_a_variable_is_open", "pp_16_nobody_is_served_over_https_without_an_address_to_write_to"]),
    kept(
        "14.1",
        "The banner is in the page itself and works without script. Its three answers are one kind of button, refusing comes first, and a no holds as long as a yes. Until something is chosen, a visit sets no cookie; only signing in does, and picking an appearance, until the browser is closed.",
        &[
            "cb_01_before_a_choice_there_is_no_cookie_and_no_event",
            "cb_06_the_three_answers_are_one_kind_of_button_and_refusing_comes_first",
            "cb_08_every_answer_is_a_plain_form_that_comes_back",
            "cb_14_a_no_holds_exactly_as_long_as_a_yes",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices"), ("Every cookie", "/cookies")]),
];
