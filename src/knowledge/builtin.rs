//! The knowledge files shipped in the binary.

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// Name and text of each file. `std` comes first: every other file names its types.
        pub(super) const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../knowledge/", $path, ".toml"))),)*];
    };
}

files! {
    "libraries/std",
    "libraries/error_text",
    "libraries/env",
    "libraries/pools",
    "libraries/sqlx",
    "libraries/diesel",
    "libraries/diesel_async",
    "libraries/sea_orm",
    "libraries/tokio_postgres",
    "libraries/postgres",
    "libraries/rusqlite",
    "libraries/tokio_rusqlite",
    "libraries/mongodb",
    "libraries/redis",
    "libraries/patterns",
    "libraries/mysql_async",
    "libraries/mysql",
    "libraries/libsql",
    "libraries/fred",
    "libraries/surrealdb",
    "libraries/clickhouse",
    "libraries/scylla",
    "libraries/neo4rs",
    "libraries/rbatis",
    "libraries/elasticsearch",
    "libraries/io",
    "libraries/archives",
    "libraries/object_storage",
    "libraries/url",
    "libraries/tokens",
    "libraries/mail",
    "libraries/ldap",
    "libraries/reqwest",
    "libraries/ureq",
    "libraries/awc",
    "libraries/tungstenite",
    "libraries/tonic",
    "libraries/aws",
    "libraries/password",
    "libraries/report",
    "libraries/memo",
    "libraries/graphql",
    "libraries/actors",
    "libraries/rocket_db",
    "frameworks/axum",
    "frameworks/actix_web",
    "frameworks/rocket",
}
