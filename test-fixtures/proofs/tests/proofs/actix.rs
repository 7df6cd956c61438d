//! Of the service with actix-web.

use crate::support::client::{ask, get, pipelined, Answer, Ask};
use crate::support::http2::streams;
use crate::support::servers::Server::Actix;
use crate::support::table::proof;

fn from(path: &str) -> Answer {
    get(Actix, path).send()
}

fn post(path: &str) -> Ask {
    ask(Actix, "POST", path)
}

fn json(path: &str, body: &str) -> Answer {
    post(path).header("Content-Type: application/json").body(body).send()
}

proof! {
    // What panics
    actix_query_panics: from("/query/1");
    actix_query_panics_http2: streams(Actix, ["/query/1", "/health"]);
    actix_panic_pipelined: pipelined(Actix, ["/query/1", "/health"]), pipelined(Actix, ["/health", "/unwritten"]);
    actix_extractor_panics: from("/extractor");
    actix_error_response_panics: from("/error_response");
    actix_panic_beside: crate::beside_a_panic(Actix);
    actix_panic_caught: from("/caught/unwritten");
    actix_row_accessor_panics: from("/column/mail");
    actix_checkout_panics: crate::both(Actix, "/checkout");
    actix_offloaded_panics: from("/offloaded");
    actix_offloaded_unwrapped: from("/offloaded_unwrapped");
    actix_task_panics: from("/detached"), from("/logged/actix,%20detached");
    actix_stream_panics: from("/stream/true");
    actix_stream_panics_at_once: from("/stream/false");
    actix_input_panics: from("/input");
    actix_input_fixed: from("/input_fixed"), get(Actix, "/input_fixed").header("x-tenant: a").send();
    actix_file_panics: from("/file");
    actix_todo_panics: from("/unwritten");
    actix_lock_poisoned: from("/lock/1"), from("/lock/0"), from("/lock/1");
    actix_lock_fixed: from("/lock_fixed/0"), from("/lock_fixed/1");
    actix_lock_writer: from("/lock_write/0"), from("/lock_read");
    actix_env_panics: from("/health"), from("/env_unwrapped");
    actix_env_answered: from("/env_mapped");
    actix_future_dropped: from("/unawaited"), from("/logged/actix,%20unawaited");

    // Rows that are not there
    actix_row_missing: from("/row/1"), from("/row/7");
    actix_row_missing_panics: from("/row_unwrapped/7");
    actix_row_missing_null: from("/row_null/7");
    actix_row_missing_null_json: from("/row_null_json/7");
    actix_row_missing_option: from("/row_option/7"), from("/row_option/1");
    actix_row_missing_internal: from("/row_internal/7");
    actix_row_missing_fixed: from("/row_fixed/7"), from("/row_fixed/1");
    actix_no_rows_changed: ask(Actix, "PUT", "/rename/7").body("Bob").send();
    actix_no_rows_changed_fixed: ask(Actix, "DELETE", "/users/7").send();

    // Errors that are thrown away
    actix_swallowed_zero: from("/swallowed_zero");
    actix_swallowed_absent: from("/swallowed_absent");
    actix_swallowed_write: post("/swallowed_write").send();
    actix_swallowed_guard: from("/swallowed_guard");
    actix_swallowed_guard_fixed: from("/swallowed_guard_fixed");
    actix_dropped_cause: from("/dropped");

    // Errors that are answered as a success
    actix_error_default: from("/error_default");
    actix_error_ok: from("/error_ok");
    actix_error_arm: from("/error_arm");
    actix_error_fixed: from("/error_fixed");

    // Errors whose text is sent
    actix_leaked_helper: from("/leaked_helper");
    actix_leaked_helper_4xx: from("/leaked_helper_4xx");
    actix_leaked_default: from("/leaked_default");
    actix_leaked_on_the_way: from("/leaked_on_the_way");
    actix_leaked_io: from("/leaked_io");
    actix_leaked_box: from("/leaked_box");
    actix_response_of_its_own: from("/not_leaked");
    actix_leaked_fixed: from("/leaked_fixed");

    // Extractors
    actix_data_missing: from("/data"), from("/data_fixed");
    actix_data_wrapped: from("/data_wrapped");
    actix_path_rejected: from("/number/x");
    actix_query_rejected: from("/by_query");
    actix_json_rejected: json("/json", "{"), json("/json", "{}"), post("/json").body("{}").send();
    actix_optional_json: json("/optional_json", "{");
}
