//! Of the service with Rocket.

use crate::support::client::{ask, get, Answer, Ask};
use crate::support::servers::Server::Rocket;
use crate::support::table::proof;

fn from(path: &str) -> Answer {
    get(Rocket, path).send()
}

fn post(path: &str) -> Ask {
    ask(Rocket, "POST", path)
}

fn json(path: &str, body: &str) -> Answer {
    post(path).header("Content-Type: application/json").body(body).send()
}

proof! {
    // What panics
    rocket_query_panics: from("/query/1");
    rocket_guard_panics: from("/guard");
    rocket_responder_panics: from("/responder");
    rocket_catcher_panics: from("/teapot");
    rocket_request_fairing_panics: from("/request_fairing");
    rocket_response_fairing_panics: from("/response_fairing");
    rocket_row_accessor_panics: from("/column/mail");
    rocket_checkout_panics: crate::both(Rocket, "/checkout");
    rocket_offloaded_panics: from("/offloaded");
    rocket_task_panics: from("/detached"), from("/logged/rocket,%20detached");
    rocket_stream_panics: from("/stream");
    rocket_input_panics: from("/days/1");
    rocket_input_zero: json("/shares", "0"), json("/shares", "4");
    rocket_input_fixed: from("/days_fixed/1"), from("/days_fixed/1-2");
    rocket_file_panics: from("/file");
    rocket_lock_poisoned: from("/lock/1"), from("/lock/0"), from("/lock/1");
    rocket_lock_fixed: from("/lock_fixed/0"), from("/lock_fixed/1");
    rocket_env_panics: from("/health"), from("/env_unwrapped");
    rocket_env_answered: from("/env_mapped");
    rocket_future_dropped: from("/unawaited"), from("/logged/rocket,%20unawaited");

    // Rows that are not there
    rocket_row_missing: from("/row/1"), from("/row/7");
    rocket_row_missing_panics: from("/row_unwrapped/7");
    rocket_row_missing_null: from("/row_null/7");
    rocket_row_missing_option: from("/row_option/7");
    rocket_row_missing_fixed: from("/row_fixed/7"), from("/row_fixed/1");
    rocket_no_rows_changed: ask(Rocket, "PUT", "/rename/7").body("Bob").send();
    rocket_no_rows_changed_fixed: ask(Rocket, "DELETE", "/users/7").send();

    // Errors that are thrown away
    rocket_swallowed_absent: from("/swallowed_absent");
    rocket_swallowed_write: post("/swallowed_write").send();
    rocket_swallowed_guard: from("/swallowed_guard");
    rocket_swallowed_guard_fixed: from("/swallowed_guard_fixed");
    rocket_swallowed_fixed: from("/gone_fixed");
    rocket_dropped_cause: from("/dropped");

    // Errors that are answered as a success
    rocket_error_string: from("/error_string");
    rocket_error_json: from("/error_json");
    rocket_error_value: from("/error_value");
    rocket_error_unit: from("/error_unit");
    rocket_error_derived: from("/error_derived");
    rocket_error_written: from("/error_written");
    rocket_error_fixed: from("/error_fixed");
    rocket_error_fixed_custom: from("/error_fixed_custom");

    // Errors whose text is sent
    rocket_leaked_custom: from("/leaked_custom");
    rocket_leaked_bad_request: from("/leaked_bad_request");
    rocket_leaked_responder: from("/leaked_responder");
    rocket_leaked_fixed: from("/leaked_fixed");

    // Guards
    rocket_path_rejected: from("/number/x");
    rocket_query_rejected: from("/by_query");
    rocket_json_rejected: json("/json", "{"), json("/json", "{}");
    rocket_optional_json: json("/optional_json", "{");
}
