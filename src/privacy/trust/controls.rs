//! What the software does to be safe: controls with the requirement of OWASP ASVS 5.0.0 that they meet and the tests
//! that hold them.

/// One control.
pub struct Control {
    /// Its id in the project's own list.
    pub id: &'static str,
    /// The requirement it meets, if it has a number there.
    pub asvs: &'static str,
    /// What is done.
    pub what: &'static str,
    /// The tests.
    pub tests: &'static [&'static str],
}

/// A topic with its controls.
pub struct Topic {
    /// Its heading.
    pub title: &'static str,
    /// Its controls.
    pub controls: &'static [Control],
}

const fn control(id: &'static str, asvs: &'static str, what: &'static str, tests: &'static [&'static str]) -> Control {
    Control { id, asvs, what, tests }
}

/// Every topic.
pub const TOPICS: &[Topic] = &[
    Topic {
        title: "Signing in",
        controls: &[
            control(
                "SEC-1",
                "6.2.1",
                "Passwords have 15 to 256 characters of any kind; what is guessed early is refused. They are kept as argon2id hashes only.",
                &["sec_1_password_lengths_count_code_points", "sec_1_passwords_that_are_guessed_early_are_refused"],
            ),
            control(
                "SEC-2",
                "6.3.1",
                "Guessing is slowed by account and by network, also where many try at once, and nobody who guesses keeps the owner out.",
                &[
                    "sec_2_guessing_is_slowed_and_the_owner_is_not_locked_out",
                    "sec_2_of_many_guesses_at_once_no_more_are_judged_than_of_as_many_in_a_row",
                    "sec_11_nobody_who_guesses_keeps_the_owner_out",
                    "sec_64_one_address_gets_so_many_messages_an_hour_whoever_asks",
                ],
            ),
            control(
                "SEC-3",
                "6.3.8",
                "No answer tells whether an address has an account.",
                &["sec_3_answers_do_not_tell_who_has_an_account"],
            ),
            control(
                "SEC-4",
                "6.4.1",
                "Links by mail work once and expire, and a newer one makes the older void.",
                &["a_reset_link_works_once_and_ends_every_session", "a_newer_reset_makes_the_older_link_void", "a_reset_link_expires"],
            ),
            control(
                "SEC-5",
                "4.1.3",
                "Links are made from the configured address, never from what a request claims.",
                &["sec_5_a_poisoned_host_changes_no_link"],
            ),
        ],
    },
    Topic {
        title: "Sessions",
        controls: &[
            control(
                "SEC-7",
                "7.2.4",
                "A session is made anew at sign-in; one planted before is never taken over.",
                &["sec_7_a_planted_session_is_never_taken_over"],
            ),
            control(
                "SEC-8",
                "7.3.1",
                "Sessions end when idle and in any case after a day.",
                &["sessions_end_when_idle_and_in_any_case_after_a_day"],
            ),
            control(
                "SEC-9",
                "7.4.3",
                "People see their sessions and end them; a new password ends the others.",
                &["my_sessions_are_listed_and_end_with_the_next_request", "changing_the_password_takes_the_old_one_and_ends_the_others"],
            ),
        ],
    },
    Topic {
        title: "Who may do what",
        controls: &[
            control(
                "SEC-30",
                "8.4.1",
                "A query for an organisation's data needs that organisation, checked when it compiles and by a test.",
                &[
                    "every_statement_of_a_tenant_names_the_tenant_and_no_global_one_touches_tenant_data",
                    "sql_stands_where_the_organisation_is_bound",
                ],
            ),
            control(
                "SEC-32",
                "8.4.1",
                "On PostgreSQL the database itself shows no row of another organisation.",
                &["sec_32_without_the_organisation_postgres_shows_no_row"],
            ),
            control(
                "SEC-33",
                "8.2.1",
                "Every function is called as every kind of person, and a function without a row in that table fails the build.",
                &[
                    "sec_33_every_function_answers_every_actor_as_the_catalogue_says",
                    "sec_33_who_belongs_elsewhere_or_no_longer_gets_nothing",
                ],
            ),
            control(
                "SEC-35",
                "8.4.1",
                "Planted strings of one organisation never show up for another.",
                &["sec_35_planted_strings_of_one_never_reach_the_other", "a_restricted_case_shows_nowhere_but_to_those_named"],
            ),
        ],
    },
    Topic {
        title: "Requests and pages",
        controls: &[
            control(
                "SEC-20",
                "3.5.1",
                "What comes from another site changes nothing.",
                &["sec_20_what_comes_from_another_site_changes_nothing", "sec_20_unsafe_methods_only_from_here"],
            ),
            control(
                "SEC-27",
                "3.7.2",
                "Redirects stay on this installation.",
                &["sec_27_redirects_stay_here", "sec_27_signing_in_leads_nowhere_else"],
            ),
            control(
                "SEC-40",
                "3.4.3",
                "A strict content security policy and its companions stand on every answer, errors included; no page allows inline script or style.",
                &["every_answer_has_the_security_headers", "nothing_is_styled_inline_and_only_sanitised_html_is_set"],
            ),
            control("SEC-45", "3.6.1", "Nothing is loaded from anywhere else.", &["pp_1_every_address_in_what_is_served_is_ours"]),
            control(
                "SEC-74",
                "16.5.1",
                "No body and no address makes the server fail, and no answer repeats what the database says.",
                &["rel_13_no_body_makes_any_function_fail", "rel_13_no_query_makes_a_page_fail"],
            ),
            control(
                "SEC-78",
                "1.3.1",
                "What people write is text wherever it stands; Markdown is sanitised.",
                &["sec_78_what_people_write_is_text_wherever_it_stands"],
            ),
        ],
    },
    Topic {
        title: "Files",
        controls: &[
            control(
                "SEC-50",
                "5.2.1",
                "Sizes are counted while a body comes in, declared or not.",
                &["an_oversized_body_is_refused_declared_or_not", "too_large_is_said_before_it_is_stored"],
            ),
            control("SEC-52", "2.3.3", "An upload that breaks off leaves nothing.", &["a_stream_that_breaks_leaves_nothing"]),
            control("SEC-56", "1.2.10", "What leaves as a table holds no formulas.", &["the_list_goes_out_as_a_file_without_formulas"]),
        ],
    },
    Topic {
        title: "Records and secrets",
        controls: &[
            control(
                "SEC-70",
                "13.3.1",
                "Sealed values open only with the instance's key and in their own place.",
                &["sealed_values_open_only_in_their_context", "purposes_have_different_keys"],
            ),
            control(
                "SEC-71",
                "16.2.5",
                "The log never sees a token or a case; refused forms give back no secret.",
                &["the_log_never_sees_a_token_or_a_case", "secrets_are_never_kept"],
            ),
            control(
                "SEC-72",
                "16.4.2",
                "Every change is in a hash chain; changing, removing, swapping or cutting events shows, and so does changing rows past the product.",
                &[
                    "sec_72_a_changed_event_shows",
                    "sec_72_a_removed_event_shows",
                    "sec_72_two_events_in_the_wrong_order_show",
                    "sec_72_a_cut_tail_shows",
                    "values_emptied_without_an_erasure_are_found",
                    "an_organisation_cannot_disappear_with_its_chain",
                    "a_title_changed_behind_the_product_is_found",
                    "a_chain_cut_with_its_head_is_found_by_the_marker",
                ],
            ),
        ],
    },
];

/// What is not there, so that nobody assumes it.
pub const ABSENT: &[&str] = &[
    "A second factor for signing in.",
    "Encryption of case text within the database: whoever has the database and the instance key can read it. Protect both, and encrypt the disks.",
    "TLS of its own: a proxy in front of this server has to do it.",
    "An independent security audit. None has taken place yet.",
];
