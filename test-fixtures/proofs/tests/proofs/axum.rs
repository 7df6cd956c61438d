//! Of the service with axum.

use crate::support::client::{ask, get, pipelined, Answer, Ask};
use crate::support::http2::streams;
use crate::support::servers::Server::Axum;
use crate::support::table::proof;

fn from(path: &str) -> Answer {
    get(Axum, path).send()
}

fn post(path: &str) -> Ask {
    ask(Axum, "POST", path)
}

fn json(path: &str, body: &str) -> Answer {
    post(path).header("Content-Type: application/json").body(body).send()
}

proof! {
    // What panics
    axum_query_panics: from("/query/1");
    axum_query_panics_http2: streams(Axum, ["/query/1", "/health"]);
    axum_panic_pipelined: pipelined(Axum, ["/query/1", "/health"]), pipelined(Axum, ["/health", "/query/1"]);
    axum_extractor_panics: from("/extractor");
    axum_response_panics: from("/response");
    axum_middleware_panics: from("/middleware");
    axum_panic_beside: crate::beside_a_panic(Axum);
    axum_panic_caught: from("/caught/1");
    axum_panic_answered: from("/answered/1");
    axum_row_accessor_panics: from("/column/mail");
    axum_row_accessor_null: from("/column/nickname");
    axum_checkout_panics: crate::both(Axum, "/checkout");
    axum_offloaded_panics: from("/offloaded");
    axum_task_panics: from("/detached"), from("/logged/axum,%20detached");
    axum_stream_panics: from("/stream/true");
    axum_stream_panics_at_once: from("/stream/false");
    axum_recovers: from("/recovers"), post("/recovers").send(), from("/recovers");
    axum_input_panics: from("/input");
    axum_input_fixed: from("/input_fixed?page=1"), get(Axum, "/input_fixed").header("x-tenant: a").send(),
        get(Axum, "/input_fixed?page=1").header("x-tenant: a").send();
    axum_file_panics: from("/file");
    axum_file_fixed: from("/file_fixed");
    axum_lock_poisoned: from("/lock/1"), from("/lock/0"), from("/lock/1");
    axum_lock_fixed: from("/lock_fixed/0"), from("/lock_fixed/1");
    axum_lock_reader: from("/lock_read/0"), from("/lock_read/1");
    axum_lock_writer: from("/lock_write/0"), from("/lock_write/1");
    axum_env_panics: from("/health"), from("/env_unwrapped");
    axum_env_answered: from("/env_mapped");
    axum_future_dropped: from("/unawaited"), from("/logged/axum,%20unawaited");
    axum_future_awaited: from("/awaited"), from("/logged/axum,%20awaited");

    // Rows that are not there
    axum_row_missing: from("/row/1"), from("/row/7");
    axum_row_missing_panics: from("/row_unwrapped/7");
    axum_row_missing_null: from("/row_null/7");
    axum_row_missing_internal: from("/row_internal/7");
    axum_row_missing_fixed: from("/row_fixed/7"), from("/row_fixed/1");
    axum_no_rows_changed: ask(Axum, "PUT", "/rename/7").body("Bob").send();
    axum_no_rows_changed_fixed: ask(Axum, "PUT", "/rename_fixed/7").body("Bob").send(),
        ask(Axum, "PUT", "/rename_fixed/1").body("Ann").send();

    // Errors that are thrown away
    axum_swallowed_list: from("/swallowed_list");
    axum_swallowed_absent: from("/swallowed_absent");
    axum_swallowed_unauthorized: from("/swallowed_unauthorized");
    axum_swallowed_write: post("/swallowed_write").send();
    axum_swallowed_task: post("/swallowed_task").send();
    axum_swallowed_fixed: from("/swallowed_fixed");
    axum_dropped_cause: from("/dropped");

    // Errors that are answered as a success
    axum_error_string: from("/error_string");
    axum_error_text: from("/error_text");
    axum_error_json: from("/error_json");
    axum_error_own: from("/error_own");
    axum_error_fixed: from("/error_fixed");

    // Errors whose text is sent
    axum_leaked_display: from("/leaked_display");
    axum_leaked_transparent: from("/leaked_transparent");
    axum_leaked_debug: from("/leaked_debug");
    axum_leaked_header: get(Axum, "/leaked_header").shows("x-error").send();
    axum_leaked_cookie: get(Axum, "/leaked_cookie").shows("set-cookie").send();
    axum_leaked_redirect: get(Axum, "/leaked_redirect").shows("location").send();
    axum_extension_not_sent: from("/not_leaked_extension");
    axum_stream_error_not_sent: from("/not_leaked_stream");
    axum_leaked_fixed: from("/leaked_fixed");

    // Extractors
    axum_extension_missing: from("/extension"), from("/extension_fixed");
    axum_path_arity: from("/arity/1"), from("/arity_fixed/1/2");
    axum_path_rejected: from("/number/x");
    axum_query_rejected: from("/query");
    axum_json_rejected: json("/json", "{"), json("/json", "{}"), post("/json").body("{}").send();
    axum_optional_json: post("/optional_json").send(), post("/optional_json").body("{}").send(),
        json("/optional_json", "{"), json("/optional_json", "{}");
}
