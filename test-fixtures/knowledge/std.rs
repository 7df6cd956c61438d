//! Results of queries on their way through the standard library and the crates around it, in axum handlers: whatever
//! becomes of them, what fails is the query.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use eyre::{OptionExt, WrapErr};
use futures::future::{self, FutureExt, TryFutureExt};
use futures::stream::{self, StreamExt, TryStreamExt};
use itertools::Itertools;
use rayon::prelude::*;
use sqlx::{PgPool, Row};
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

type Found<T> = Result<T, sqlx::Error>;

fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/results", get(results))
        .route("/replaced", get(replaced))
        .route("/options", get(options))
        .route("/contexts", get(contexts))
        .route("/tests", get(tests))
        .route("/lists", get(lists))
        .route("/iterators", get(iterators))
        .route("/closures", get(closures))
        .route("/maps", get(maps))
        .route("/futures", get(futures_of))
        .route("/joined", get(joined))
        .route("/tasks", get(tasks))
        .route("/streams", get(streams))
        .route("/rows", get(rows))
        .route("/locks", get(locks))
        .route("/boxes", get(boxes))
        .route("/stop", get(stop))
        .with_state(pool)
}

async fn count(pool: &PgPool) -> Found<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(pool).await
}

async fn find(pool: &PgPool) -> Found<Option<i64>> {
    sqlx::query_scalar("SELECT id FROM notes").fetch_optional(pool).await
}

async fn list(pool: &PgPool) -> Found<Vec<i64>> {
    sqlx::query_scalar("SELECT id FROM notes").fetch_all(pool).await
}

async fn name(pool: &PgPool) -> Found<String> {
    sqlx::query_scalar("SELECT text FROM notes").fetch_one(pool).await
}

async fn results(State(pool): State<PgPool>) -> String {
    let plain = count(&pool).await;
    let a = plain.as_ref().unwrap(); //~ unwrapped_query
    let mut again = count(&pool).await;
    *again.as_mut().unwrap() += 1; //~ unwrapped_query
    let b = count(&pool).await.and(count(&pool).await).unwrap(); //~ unwrapped_query
    let c = count(&pool).await.inspect(|n| tracing::debug!(n)).unwrap(); //~ unwrapped_query
    let named = name(&pool).await;
    let d = named.as_deref().unwrap(); //~ unwrapped_query
    let e = plain.as_ref().copied().unwrap(); //~ unwrapped_query
    let f = plain.as_ref().cloned().unwrap(); //~ unwrapped_query
    let g = find(&pool).await.transpose().map(|n| n.unwrap()); //~ unwrapped_query
    let h = count(&pool).await.map(|n| Ok::<i64, sqlx::Error>(n)).flatten().unwrap(); //~ unwrapped_query
    let i = unsafe { count(&pool).await.unwrap_unchecked() }; //~ unwrapped_query
    let j = count(&pool).await.expect_err("it must fail"); //~ unwrapped_query
    let k = count(&pool).await.map_err(|error| error.to_string()).clone().unwrap(); //~ unwrapped_query
    let l: i64 = count(&pool).await.iter().sum::<i64>() + count(&pool).await.into_iter().sum::<i64>();
    format!("{a} {b} {c} {d} {e} {f} {g:?} {h} {i} {j} {k} {l}")
}

/// What takes the place of a failure has not failed.
async fn replaced(State(pool): State<PgPool>) -> String {
    let a: i64 = count(&pool).await.or(Ok::<i64, sqlx::Error>(0)).unwrap();
    let b: i64 = count(&pool).await.or_else(|_| Ok::<i64, sqlx::Error>(0)).unwrap();
    let c = count(&pool).await.map_or(0, |n| n + 1);
    let d = count(&pool).await.ok().or_else(|| Some(0)).unwrap();
    let e = count(&pool).await.ok().unwrap_or_else(|| 0);
    let f = count(&pool).await.ok().xor(Some(1)).unwrap();
    let g = count(&pool).await.or_else(|error| Err::<i64, sqlx::Error>(error)).unwrap(); //~ unwrapped_query
    format!("{a} {b} {c} {d} {e} {f} {g}")
}

async fn options(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let a = count(&pool).await.ok().expect("a count"); //~ unwrapped_query
    let b = unsafe { count(&pool).await.ok().unwrap_unchecked() }; //~ unwrapped_query
    let c = count(&pool).await.ok().and(Some(1)).unwrap(); //~ unwrapped_query
    let d = count(&pool).await.ok().inspect(|n| tracing::debug!(n)).unwrap(); //~ unwrapped_query
    let e = find(&pool).await.ok().flatten();
    let f = count(&pool).await.ok().zip(Some(1)).unwrap(); //~ unwrapped_query
    let g = count(&pool).await.ok().ok_or_else(|| StatusCode::BAD_GATEWAY)?;
    let mut kept = count(&pool).await.ok();
    let h = kept.clone().unwrap(); //~ unwrapped_query
    *kept.as_mut().unwrap() += 1; //~ unwrapped_query
    let i = kept.take().unwrap(); //~ unwrapped_query
    let j = *kept.insert(2) + *kept.get_or_insert(3) + *kept.get_or_insert_with(|| 4);
    let k = kept.replace(5);
    let mut named = name(&pool).await.ok();
    let l = named.as_deref_mut().unwrap().len(); //~ unwrapped_query
    let m = find(&pool).await.map_err(|_| StatusCode::BAD_GATEWAY)?.is_none_or(|n| n > 1);
    let n: i64 = named.iter().count() as i64 + named.into_iter().count() as i64;
    // the row that is not there is another lint's
    let o = find(&pool).await.map_err(|_| StatusCode::BAD_GATEWAY)?.unwrap();
    Ok(format!("{a} {b} {c} {d} {e:?} {f:?} {g} {h} {i} {j} {k:?} {l} {m} {n} {o}"))
}

async fn contexts(State(pool): State<PgPool>) -> String {
    let a = anyhow::Context::context(count(&pool).await, "counting");
    let b = count(&pool).await.context("counting").unwrap(); //~ unwrapped_query
    let c = count(&pool).await.with_context(|| "counting").unwrap(); //~ unwrapped_query
    let d = count(&pool).await.wrap_err("counting").unwrap(); //~ unwrapped_query
    let e = count(&pool).await.wrap_err_with(|| "counting").unwrap(); //~ unwrapped_query
    let f = count(&pool).await.ok().context("counting").unwrap(); //~ unwrapped_query
    let g = count(&pool).await.ok().with_context(|| "counting").unwrap(); //~ unwrapped_query
    let h = count(&pool).await.ok().ok_or_eyre("counting").unwrap(); //~ unwrapped_query
    format!("{} {b} {c} {d} {e} {f} {g} {h}", a.is_ok())
}

/// A result that has been looked at first.
async fn tests(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let first = count(&pool).await;
    if first.is_err_and(|error| matches!(error, sqlx::Error::PoolTimedOut)) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let second = count(&pool).await;
    if let Some(error) = second.as_ref().err() {
        tracing::error!(%error, "counting");
        return Err(StatusCode::BAD_GATEWAY);
    }
    let third = count(&pool).await;
    assert!(third.as_ref().is_ok()); //~ unwrapped_query
    Ok(format!("{}", second.unwrap()))
}

async fn lists(State(pool): State<PgPool>) -> String {
    let mut ids = list(&pool).await.unwrap(); //~ unwrapped_query
    let copies = (ids.clone(), ids.to_vec(), ids.to_owned(), ids.as_slice().len());
    let empty = ids.is_empty() || ids.contains(&1);
    // a list that is too short is no failure of the query
    let some = (*ids.first_mut().unwrap(), *ids.last_mut().unwrap(), *ids.get(0).unwrap(), *ids.get_mut(0).unwrap());
    let taken = (ids.pop().unwrap(), ids.remove(0), ids.swap_remove(0));
    let parts = ids.chunks(2).count() + ids.windows(2).count();
    let sum: i64 = ids.par_iter().sum::<i64>() + ids.clone().into_par_iter().sum::<i64>();
    ids.iter_mut().for_each(|id| *id += 1);
    let rest: Vec<i64> = ids.drain(..).collect();
    let mut queue: VecDeque<Found<i64>> = VecDeque::new();
    queue.push_back(count(&pool).await);
    let mut all: Vec<Found<i64>> = Vec::with_capacity(2);
    all.push(count(&pool).await);
    all.extend(vec![count(&pool).await]);
    let both = vec![count(&pool).await, count(&pool).await];
    let first = both.into_iter().next().map(|n| n.unwrap()); //~ unwrapped_query
    let last = queue.pop_back().is_some();
    format!("{copies:?} {empty} {some:?} {taken:?} {parts} {sum} {rest:?} {last} {} {first:?}", all.len())
}

async fn rows(State(pool): State<PgPool>) -> Result<String, sqlx::Error> {
    let rows = sqlx::query("SELECT id, text FROM notes").fetch_all(&pool).await?;
    let a = rows.iter().rev().skip(1).take(5).step_by(2).map(|row| row.get::<i64, _>(0)).max_by(|a, b| a.cmp(b)); //~ unwrapped_query
    let b = rows.iter().enumerate().map(|(at, row)| at as i64 + row.get::<i64, _>(0)).min_by(|a, b| a.cmp(b)); //~ unwrapped_query
    let c = rows.iter().zip(rows.iter()).any(|(left, right)| left.get::<i64, _>(0) == right.get::<i64, _>(1)); //~ unwrapped_query
    let d = rows.iter().chain(rows.iter()).all(|row| row.get::<i64, _>(0) > 1); //~ unwrapped_query
    let e = rows.iter().max_by_key(|row| row.get::<i64, _>(0)).is_some(); //~ unwrapped_query
    let f = rows.iter().min_by_key(|row| row.get::<i64, _>(0)).is_some(); //~ unwrapped_query
    let g = rows.iter().position(|row| row.get::<i64, _>(0) == 1); //~ unwrapped_query
    let h = rows.iter().fold(0, |sum, row| sum + row.get::<i64, _>(0)); //~ unwrapped_query
    let i = rows.iter().find_map(|row| row.get::<Option<i64>, _>(0)); //~ unwrapped_query
    let j = rows.iter().flat_map(|row| row.get::<Vec<i64>, _>(0)).count(); //~ unwrapped_query
    let k = rows.iter().last().map(|row| row.get::<i64, _>(0)); //~ unwrapped_query
    let l = rows.iter().nth(1).map(|row| row.get::<i64, _>(0)); //~ unwrapped_query
    let m = rows.iter().next_back().map(|row| row.get::<i64, _>(0)); //~ unwrapped_query
    let mut ahead = rows.iter().peekable();
    let n = ahead.peek().map(|row| row.get::<i64, _>(0)); //~ unwrapped_query
    let (o, p): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.get::<bool, _>(0)); //~ unwrapped_query
    let q = rows.iter().skip_while(|row| row.get::<bool, _>(0)).take_while(|row| row.get::<bool, _>(1)).count(); //~ unwrapped_query
    let r = rows.iter().map_while(|row| row.get::<Option<i64>, _>(0)).collect_vec(); //~ unwrapped_query
    rows.iter().inspect(|row| tracing::debug!(len = row.len())).for_each(|row| drop(row.get::<i64, _>(0))); //~ unwrapped_query
    let s = rows.iter().try_for_each(|row| row.try_get::<i64, _>(0).map(|_| ()));
    let t = rows.iter().try_fold(0, |sum, row| row.try_get::<i64, _>(0).map(|id| sum + id)).unwrap(); //~ unwrapped_query
    let u = rows.iter().map(|row| row.get::<i64, _>(0)).reduce(|a, b| a + b); //~ unwrapped_query
    let v = rows.iter().cycle().fuse().by_ref().into_iter().next().map(|row| row.get::<i64, _>(0)); //~ unwrapped_query
    let w = rows.iter().map(|row| row.get::<i64, _>(0)).min(); //~ unwrapped_query
    Ok(format!("{a:?}{b:?}{c}{d}{e}{f}{g:?}{h}{i:?}{j}{k:?}{l:?}{m:?}{n:?}{}{}{q}{r:?}{s:?}{t}{u:?}{v:?}{w:?}", o.len(), p.len()))
}

async fn iterators(State(pool): State<PgPool>) -> String {
    let ids = list(&pool).await.unwrap_or_default();
    let numbers: Vec<i64> = ids.iter().copied().map(Some).flatten().collect();
    let nested: Vec<i64> = vec![ids.clone()].into_iter().flatten().collect();
    let same: Vec<i64> = ids.par_iter().iter().copied().collect();
    let once = std::iter::once(count(&pool).await).next().unwrap().unwrap(); //~ unwrapped_query
    let many = std::iter::repeat(1).take(2).count();
    let mut left = 3;
    let made: Vec<i32> = std::iter::from_fn(|| { left -= 1; (left > 0).then_some(left) }).collect();
    format!("{numbers:?} {nested:?} {same:?} {once} {many} {made:?}")
}

async fn closures(State(pool): State<PgPool>) -> String {
    let result = count(&pool).await;
    let get = move || result;
    let n = get().unwrap(); //~ unwrapped_query
    let text = String::from("n = ") + &std::fmt::format(format_args!("{n}"));
    let mut buffer = String::with_capacity(8);
    buffer.push_str(text.trim());
    let owned = (buffer.to_string(), buffer.to_owned());
    format!("{owned:?}")
}

async fn maps(State(pool): State<PgPool>) -> String {
    let mut by_name: HashMap<String, Found<i64>> = HashMap::new();
    by_name.insert("notes".to_owned(), count(&pool).await);
    let known = by_name.keys().count() + by_name.iter().count() + by_name.iter_mut().count() + by_name.values_mut().count();
    let changed = by_name.get_mut("notes").is_some();
    let gone = by_name.remove("notes").is_some();
    let fresh: HashMap<i64, i64> = list(&pool).await.unwrap_or_default().into_iter().map(|id| (id, id)).collect();
    let copies = (fresh.clone().into_keys().count(), fresh.clone().into_values().count(), fresh.into_iter().count());
    let ids: HashSet<i64> = list(&pool).await.unwrap_or_default().into_iter().collect();
    let first = ids.get(&1).is_some() || ids.iter().next().is_some();
    format!("{known} {changed} {gone} {copies:?} {first} {}", ids.into_iter().count())
}

async fn futures_of(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let a = count(&pool).map(|n| n.unwrap()).await; //~ unwrapped_query
    let b = count(&pool).then(|n| async move { n.unwrap() }).await; //~ unwrapped_query
    let c = count(&pool).boxed().await.unwrap(); //~ unwrapped_query
    let d = count(&pool).boxed_local().await.unwrap(); //~ unwrapped_query
    let e = count(&pool).fuse().await.unwrap(); //~ unwrapped_query
    let f = count(&pool).map_err(|_| StatusCode::BAD_GATEWAY).shared().await.unwrap(); //~ unwrapped_query
    let g = count(&pool).instrument(tracing::info_span!("count")).await.unwrap(); //~ unwrapped_query
    let h = count(&pool).in_current_span().await.unwrap(); //~ unwrapped_query
    let i = count(&pool).with_subscriber(tracing::subscriber::NoSubscriber::default()).await.unwrap(); //~ unwrapped_query
    let j = count(&pool).map_ok(|n| n + 1).await.unwrap(); //~ unwrapped_query
    let k = count(&pool).and_then(|n| async move { Ok(n + 1) }).await.unwrap(); //~ unwrapped_query
    let l = count(&pool).or_else(|_| async { Ok::<i64, sqlx::Error>(0) }).await.unwrap();
    let m = count(&pool).unwrap_or_else(|_| 0).await;
    let n = count(&pool).boxed().now_or_never().map(|n| n.unwrap()); //~ unwrapped_query
    let o = futures::executor::block_on(count(&pool)).unwrap(); //~ unwrapped_query
    Ok(format!("{a} {b} {c} {d} {e} {f} {g} {h} {i} {j} {k} {l} {m} {n:?} {o}"))
}

async fn joined(State(pool): State<PgPool>) -> Result<String, sqlx::Error> {
    let (a, b) = futures::join!(count(&pool), list(&pool));
    let ab = (a.unwrap(), b.unwrap()); //~ unwrapped_query
    let (c, d) = futures::try_join!(count(&pool), list(&pool)).unwrap(); //~ unwrapped_query
    let (e, f) = tokio::try_join!(count(&pool), list(&pool))?;
    let (g, h) = future::join(count(&pool), list(&pool)).await;
    let gh = (g.unwrap(), h?); //~ unwrapped_query
    let (i, j) = future::try_join(count(&pool), list(&pool)).await.unwrap(); //~ unwrapped_query
    let all = future::join_all([1, 2].map(|_| count(&pool))).await;
    let all: Vec<i64> = all.into_iter().map(|n| n.unwrap()).collect(); //~ unwrapped_query
    let every = future::try_join_all([1, 2].map(|_| count(&pool))).await.unwrap(); //~ unwrapped_query
    let ready = future::ready(count(&pool).await).await.unwrap(); //~ unwrapped_query
    let fine = future::ok::<i64, sqlx::Error>(1).await.unwrap() + actix_utils::future::ok::<i64, sqlx::Error>(1).await.unwrap();
    let failed = future::err::<i64, i64>(1).await.is_err() || actix_utils::future::err::<i64, i64>(1).await.is_err();
    let other = actix_utils::future::ready(count(&pool).await).await.unwrap(); //~ unwrapped_query
    Ok(format!("{ab:?} {c} {d:?} {e} {f:?} {gh:?} {i} {j:?} {all:?} {every:?} {ready} {fine} {failed} {other}"))
}

/// A runtime beside that of the server.
fn own_runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().expect("a runtime can be started"))
}

async fn tasks(State(pool): State<PgPool>) -> String {
    let limit = tokio::time::Instant::now() + Duration::from_secs(1);
    let a = tokio::time::timeout_at(limit, count(&pool)).await.map(|n| n.unwrap()); //~ unwrapped_query
    let handle = tokio::runtime::Handle::current();
    let h = tokio::task::block_in_place(|| handle.block_on(count(&pool)).unwrap()); //~ unwrapped_query
    let runtime: &tokio::runtime::Runtime = own_runtime();
    let r = tokio::task::block_in_place(|| runtime.block_on(count(&pool)).unwrap()); //~ unwrapped_query
    let b = tokio::task::block_in_place(|| futures::executor::block_on(count(&pool))).unwrap(); //~ unwrapped_query
    let mut set = tokio::task::JoinSet::new();
    let of_task = pool.clone();
    set.spawn(async move { count(&of_task).await });
    let c = set.join_next().await.is_some();
    let mut unordered = futures::stream::FuturesUnordered::new();
    unordered.push(count(&pool));
    let d = unordered.next().await.map(|n| n.unwrap()); //~ unwrapped_query
    let mut ordered = futures::stream::FuturesOrdered::new();
    ordered.push_back(count(&pool));
    let e = ordered.next().await.map(|n| n.unwrap()); //~ unwrapped_query
    format!("{} {b} {c} {d:?} {e:?} {h} {r}", a.is_ok())
}

async fn streams(State(pool): State<PgPool>) -> Result<String, sqlx::Error> {
    let query = || sqlx::query_scalar::<_, i64>("SELECT id FROM notes");
    let a: Vec<i64> = query().fetch(&pool).map(|id| id.unwrap()).collect().await; //~ unwrapped_query
    let b: Vec<Found<i64>> = query().fetch(&pool).take(2).skip(1).collect().await;
    let c: Vec<i64> = query().fetch(&pool).map_ok(|id| id + 1).try_collect().await.unwrap(); //~ unwrapped_query
    let d: Vec<i64> = query().fetch(&pool).map_err(|error| error.to_string()).try_collect().await.unwrap(); //~ unwrapped_query
    query().fetch(&pool).for_each(|id| async move { drop(id.unwrap()) }).await; //~ unwrapped_query
    query().fetch(&pool).try_for_each(|_| async { Ok(()) }).await.unwrap(); //~ unwrapped_query
    let e: Vec<i64> = query().fetch(&pool).try_filter_map(|id| async move { Ok(Some(id)) }).try_collect().await.unwrap(); //~ unwrapped_query
    let f: Vec<i64> = query().fetch(&pool).then(|id| async move { id.unwrap() }).collect().await; //~ unwrapped_query
    let g: Vec<i64> = query().fetch(&pool).filter_map(|id| async move { id.ok() }).collect().await;
    let h = query().fetch(&pool).filter(|id| future::ready(id.is_ok())).enumerate().boxed().next().await;
    let i = query().fetch(&pool).chunks(10).next().await.map(|ids| ids.len());
    let counts = stream::iter([1, 2]).map(|_| count(&pool));
    let j: Vec<Found<i64>> = counts.buffered(2).collect().await;
    let k = stream::iter([1, 2]).map(|_| count(&pool)).buffer_unordered(2).next().await.map(|n| n.unwrap()); //~ unwrapped_query
    Ok(format!("{a:?} {} {c:?} {d:?} {e:?} {f:?} {g:?} {} {i:?} {} {k:?}", b.len(), h.is_some(), j.len()))
}

/// A poisoned lock is no failure of a query; what the lock holds can be one.
async fn locks(State(pool): State<PgPool>) -> String {
    static LIMIT: LazyLock<i64> = LazyLock::new(|| 10);
    let kept = Mutex::new(count(&pool).await);
    let a = kept.lock().unwrap().is_ok() || kept.try_lock().is_ok();
    let b = kept.into_inner().unwrap().unwrap(); //~ unwrapped_query
    let shared = RwLock::new(count(&pool).await);
    let c = shared.read().unwrap().is_ok();
    let waiting = tokio::sync::Mutex::new(count(&pool).await);
    let d = waiting.lock().await.is_ok();
    let own = Arc::new(tokio::sync::Mutex::new(1)).lock_owned().await;
    let both = tokio::sync::RwLock::new(1);
    let e = *both.read().await + *both.write().await;
    let cell = RefCell::new(count(&pool).await);
    let f = cell.borrow().is_ok() || cell.borrow_mut().is_ok();
    static ONCE: OnceLock<i64> = OnceLock::new();
    let once: OnceCell<i64> = OnceCell::new();
    let g = ONCE.get_or_init(|| 1) + once.get_or_init(|| 2);
    let tried = tokio::sync::OnceCell::<i64>::const_new();
    let h = tried.get_or_try_init(|| count(&pool)).await.unwrap(); //~ unwrapped_query
    let lazy = std::cell::LazyCell::new(|| 5);
    format!("{a} {b} {c} {d} {own} {e} {f} {g} {h} {} {}", *LIMIT, *lazy)
}

async fn boxes(State(pool): State<PgPool>) -> String {
    let mut boxed = Box::new(count(&pool).await);
    let a = boxed.as_ref().is_ok() || boxed.as_mut().is_ok();
    let b = boxed.unwrap(); //~ unwrapped_query
    let counted = Rc::new(count(&pool).await);
    let c = Rc::clone(&counted).is_ok() || counted.clone().is_ok();
    let shared = Arc::new(pool.clone());
    let d = count(&Arc::clone(&shared)).await.unwrap(); //~ unwrapped_query
    let e = count(shared.as_ref()).await.unwrap(); //~ unwrapped_query
    let text: Arc<str> = Arc::from("text");
    let mut result = count(&pool).await;
    let f = std::mem::replace(&mut result, Ok(1)).unwrap(); //~ unwrapped_query
    let mut ids = list(&pool).await.unwrap_or_default();
    let g = std::mem::take(&mut ids).len();
    let pinned = Pin::new(&mut Box::pin(count(&pool))).await.unwrap(); //~ unwrapped_query
    let same = Clone::clone(&g);
    format!("{a} {b} {c} {d} {e} {text} {f} {pinned} {same}")
}

async fn stop(State(pool): State<PgPool>) -> String {
    let n = match count(&pool).await {
        Ok(n) => n,
        Err(sqlx::Error::PoolClosed) => std::process::exit(1),
        Err(_) => std::process::abort(),
    };
    n.to_string()
}
