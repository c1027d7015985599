//! The head and sections 1 to 6: what is collected, for what, whose it is, and who else sees it.

use super::evidence::{ClauseEvidence, kept};

pub(super) const KEPT: &[ClauseEvidence] = &[
    kept(
        "0.1",
        "Skip links come first on every page. Date, operator and addresses come from the version that the operator published; with one of them missing it cannot be published.",
        &["skip_links_stand_first_on_every_page", "pp_15_the_page_says_the_date_of_the_version_in_force", "pp_16_nothing_is_published_while_a_variable_is_open"],
    )
    .see(&[("The policy in force", "/privacy")]),
    kept(
        "0.2",
        "Making an account stores which version was shown and when, in a table of its own. Nothing reads that table as consent.",
        &["pp_15_an_acknowledgement_says_which_version_and_is_no_consent", "pp_15_people_are_told_until_they_acknowledge"],
    ),
    kept(
        "1.1a",
        "The form for an account asks for name, address, organisation and password, and the table of accounts has columns for nothing else. Every column of the database is described with its purpose; one that is not fails the tests.",
        &[
            "pp_14_an_account_takes_adulthood_and_no_date_of_birth",
            "a_form_hears_all_its_complaints_at_once",
            "dr_1_the_schema_and_the_registry_agree_exactly",
        ],
    )
    .see(&[("The form", "/signup"), ("Your data and what it is for", "/me/privacy")]),
    kept(
        "1.1b",
        "This software has no billing yet: no form field and no column takes a card or a bank account, and no page loads anything from Stripe.",
        &["pp_5_no_field_and_no_column_for_a_card"],
    )
    .missing("Billing by redirect to Stripe's own pages is not built."),
    kept(
        "1.1c",
        "Every row of case data begins with its organisation's id; a query without it does not compile, and PostgreSQL refuses it once more.",
        &["sec_35_planted_strings_of_one_never_reach_the_other", "every_statement_of_a_tenant_names_the_tenant_and_no_global_one_touches_tenant_data", "sec_32_without_the_organisation_postgres_shows_no_row"],
    ),
    kept(
        "1.1d",
        "Support is by mail to the operator's address, which stands in the policy. The software stores nothing of it.",
        &["pp_16_the_contact_stands_on_the_page"],
    )
    .missing("Support tickets within the product are not built."),
    kept(
        "1.2a",
        "Address and browser are stored with each sign-in, shown to its owner, and with nothing else. 30 days after its last use the address is cut to its network and the browser removed; 30 days after its end the sign-in is deleted.",
        &[
            "my_sessions_are_listed_and_end_with_the_next_request",
            "nobody_ends_the_session_of_somebody_else",
            "the_daily_run_does_what_the_published_table_says",
            "an_address_is_shortened_to_its_network",
            "periods_in_the_clauses_are_those_of_the_rules",
        ],
    )
    .see(&[("Your own sign-ins", "/me/security"), ("The table of periods", "/privacy/retention")]),
    kept(
        "1.2b",
        "A visit without consent leaves no row and no cookie behind. With consent, events of a fixed list are counted; withdrawing removes the events of that browser and stops counting at once. One switch decides for browser and server.",
        &[
            "pp_7_a_visit_leaves_nothing_behind",
            "pp_7_without_consent_fifty_pages_leave_no_row",
            "cb_16_withdrawing_removes_cookies_and_rows_and_stops_at_once",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices")]),
    kept(
        "1.2c",
        "The log of a request holds its time, kind of page, outcome and cost. The path is cut before it can hold a case number or a token, and no field of a log line has the name of a private column, except where the log stands in for mail.",
        &[
            "the_log_never_sees_a_token_or_a_case",
            "log_lines_of_requests_hold_no_planted_string",
            "no_field_of_a_log_line_has_the_name_of_a_private_column",
            "a_line_with_a_field_of_that_name_is_not_written_whoever_says_it",
        ],
    ),
    kept(
        "2.1",
        "Opening, working and closing cases is what the data is used for, and each change is on record. Every column names the purpose that it serves.",
        &["a_case_is_opened_worked_closed_and_reopened", "dr_1_the_schema_and_the_registry_agree_exactly", "every_entry_makes_sense"],
    )
    .see(&[("Your data and what it is for", "/me/privacy")]),
    kept("2.2", "There is nothing to pay for in this software yet, so nothing is used for it.", &["pp_5_no_field_and_no_column_for_a_card"])
        .missing("Billing is not built."),
    kept(
        "2.3",
        "Mail is written in few places of the source, all about the account, its security, requests about personal data, this policy and the sub-processors. There is no newsletter.",
        &["pp_4_mail_is_about_the_account_and_nothing_else"],
    ),
    kept("2.4", "Help is asked for by mail; every error page shows a reference that says nothing about the content.", &["pp_16_the_contact_stands_on_the_page", "browser(404 and 403)"]),
    kept(
        "2.5",
        "Use is counted only with consent, by the hour, and what is counted names no case and no person.",
        &[
            "pp_7_without_consent_fifty_pages_leave_no_row",
            "what_is_counted_names_no_case_and_no_person",
            "whoever_runs_the_instance_sees_exactly_what_was_counted",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices")]),
    kept("2.6", "What the law may ask for later is kept in a chained record that shows when it was changed.", &["sec_72_a_changed_event_shows", "sec_72_a_cut_tail_shows"]),
    kept(
        "2.7",
        "Guessing is slowed by account and by network without locking the owner out; what comes from another site changes nothing.",
        &["sec_2_guessing_is_slowed_and_the_owner_is_not_locked_out", "sec_20_what_comes_from_another_site_changes_nothing"],
    ),
    kept(
        "2.8",
        "No page names a foreign host, the rules for the browser allow none, and the program itself connects to nobody but its database and, where one is set, the mail server. The Global Privacy Control signal is taken as a no, and the page says so.",
        &[
            "pp_1_every_address_in_what_is_served_is_ours",
            "pp_1_the_program_connects_to_nobody_else",
            "cb_17_a_signal_is_a_no_and_the_page_says_so",
            "cb_27_there_is_no_interface_for_advertisers",
        ],
    )
    .see(&[("Outbound connections", "#evidence"), ("Opt-out signal", "/.well-known/gpc.json")]),
    kept(
        "3.1",
        "An owner takes the whole organisation along as one archive at any time, also while it is being closed: every table of it as CSV and JSON, restricted cases included, with a check sum of each file and a signature. What goes in follows from one list that a new table cannot be missing from. An empty installation takes the archive back in, on either database, and the hash of everything is the same. Whoever supervises takes the list of cases along as a file. A closed organisation can be read for 30 days, is erased, and leaves a certificate.",
        &[
            "pp_2_an_owner_takes_everything_along_without_script",
            "pp_2_every_table_goes_into_the_archive_or_stays_out_for_a_reason",
            "pp_2_an_archive_holds_everything_of_the_organisation_and_nothing_of_another",
            "pp_2_everything_can_be_taken_while_the_organisation_is_being_closed",
            "dr_6_an_archive_taken_in_elsewhere_is_the_same_organisation",
            "dr_7_the_archive_is_signed_and_an_altered_byte_shows",
            "dr_8_cells_of_the_archive_are_no_formulas",
            "the_list_goes_out_as_a_file_without_formulas",
            "a_closed_organisation_can_be_read_and_not_changed_and_then_is_gone",
            "browser(PP-2: an owner takes everything along)",
        ],
    )
    .see(&[("How an archive is built", "/privacy/archive-1.schema.json"), ("The key of its signature", "/.well-known/casetrakr-signing-key.pem")]),
    kept(
        "3.2",
        "Only members reach an organisation's cases. The operator has no role there, and no page shows cases to them; there is nothing to be granted yet. Whoever runs the machine itself can write an archive at its command line: that stands in the organisation's own record before it begins, and every owner is told by mail.",
        &["the_command_line_leaves_a_trace_and_tells_the_owners", "sec_33_who_belongs_elsewhere_or_no_longer_gets_nothing", "sec_33_every_function_answers_every_actor_as_the_catalogue_says", "pp_4_mail_is_about_the_account_and_nothing_else"],
    )
    .missing("Access for a limited time that an organisation grants is not built, so there is none."),
    kept(
        "3.3",
        "Who entered or imported what, and when, is on record in the organisation's own chain.",
        &["the_permit_log_comes_in_whole_and_comes_in_once", "sec_72_a_changed_event_shows"],
    )
    .missing("Recording the legal basis and the source for each person is not built."),
    kept(
        "4.1",
        "The policy names the basis of each purpose in section 2, and a text that does not is not published. Each column names its purpose, and a personal one without a basis fails the tests.",
        &["every_purpose_names_its_basis", "dr_1_the_schema_and_the_registry_agree_exactly", "every_entry_makes_sense"],
    )
    .see(&[("Your data and what it is for", "/me/privacy")]),
    kept(
        "4.2",
        "As 4.1; the interest served is the protection of accounts, and it is tested. Objecting to it has an effect at once (8.4).",
        &[
            "every_purpose_names_its_basis",
            "every_entry_makes_sense",
            "sec_2_guessing_is_slowed_and_the_owner_is_not_locked_out",
            "an_objection_switches_off_what_it_says",
        ],
    )
    .see(&[("Your data and what it is for", "/me/privacy")]),
    kept(
        "4.3",
        "As 4.1; records that the law may ask for cannot be changed unseen, and a legal hold keeps what it covers and nothing else.",
        &[
            "every_purpose_names_its_basis",
            "every_entry_makes_sense",
            "sec_72_a_cut_tail_with_a_rewritten_head_shows",
            "a_hold_keeps_the_rows_of_its_account_and_no_others",
        ],
    )
    .see(&[("Your data and what it is for", "/me/privacy")]),
    kept(
        "4.4",
        "What needs consent does not happen without it, and ends when it is withdrawn. Looking around is no consent; each choice leaves a receipt.",
        &[
            "every_purpose_names_its_basis",
            "cb_04_looking_around_is_no_consent",
            "cb_16_withdrawing_removes_cookies_and_rows_and_stops_at_once",
            "cb_12_the_receipt_its_event_and_the_cookie_are_there_together_or_not_at_all",
        ],
    )
    .see(&[("Your privacy choices", "/privacy/choices")]),
    kept("5.1", "Stripe is not in use: nothing in this software connects to it.", &["pp_5_no_field_and_no_column_for_a_card", "pp_1_the_program_connects_to_nobody_else"])
        .see(&[("Sub-processors", "/subprocessors")]),
    kept("5.2", "The register is the configuration itself, so that the page shows exactly what is configured.", &["pp_8_the_page_names_exactly_the_register"])
        .see(&[("Sub-processors", "/subprocessors")]),
    kept(
        "5.3",
        "No tool of anybody else for analytics or monitoring is built in, and no page loads one. What is counted with consent stays in this server's own database.",
        &[
            "pp_1_every_address_in_what_is_served_is_ours",
            "pp_8_the_page_names_exactly_the_register",
            "cb_27_there_is_no_interface_for_advertisers",
        ],
    )
    .see(&[("Sub-processors", "/subprocessors")]),
    kept(
        "5.4",
        "A sub-processor that starts sooner than 30 days after it is listed stops the start of the server. Owners are told by mail, everybody by a feed.",
        &["dr_31_a_subprocessor_is_announced_thirty_days_ahead"],
    )
    .see(&[("Sub-processors", "/subprocessors"), ("Feed", "/subprocessors.atom")]),
    kept(
        "6.1",
        "Country and protection must be set before a policy is published. A sub-processor outside of the EEA and the United Kingdom needs a mechanism, or the server does not start.",
        &["pp_9_a_country_outside_needs_what_protects_data_there", "pp_16_nothing_is_published_while_a_variable_is_open"],
    )
    .see(&[("Sub-processors", "/subprocessors")]),
];
