//! x
use mimalloc::MiMalloc;
use rayon::prelude::*;
#[global_allocator]
static A: MiMalloc = MiMalloc;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let pool = rayon::ThreadPoolBuilder::new().stack_size(128 << 20).build().expect("pool");
    if args[1] == "floor" {
    let mut files: Vec<_> = ignore::WalkBuilder::new(&args[2]).build().filter_map(|e| e.ok()).filter(|e| e.path().extension().is_some_and(|x| x == "rs")).map(|e| (e.metadata().map(|m| m.len()).unwrap_or(0), e.into_path())).collect();
    files.sort();
    files.reverse();
    let t = std::time::Instant::now();
    let n: usize = pool.install(|| files.par_iter().with_max_len(1).map(|(_, p)| {
        let text = String::from_utf8_lossy(&std::fs::read(p).unwrap_or_default()).into_owned();
            let ok = syn::parse_file(&text).is_ok();
            proc_macro2::extra::invalidate_current_thread_spans();
            ok as usize
    }).sum());
    eprintln!("{} files {:?}", n, t.elapsed());
    return;
    }
    let t = std::time::Instant::now();
    let s = backstop::workspace::Selection { paths: vec![args[2].clone().into()], workspace: true, ..Default::default() };
    let w = pool.install(|| backstop::workspace::discover(&s)).expect("w");
    eprintln!("discover {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let l = pool.install(|| backstop::load::load(&w));
    eprintln!("load {:?} files {} packages {}", t.elapsed(), l.sources.len(), w.packages.len());
    let t = std::time::Instant::now();
    let k = backstop::knowledge::Knowledge::load(&[]).unwrap_or_else(|e| { for (_, e) in e { eprintln!("{} {:?}", e.message, e.help); } panic!() });
    eprintln!("knowledge {:?}", t.elapsed());
    let t = std::time::Instant::now();
    for p in w.problems.iter().chain(&l.problems) { println!("{}:{:?}: {} {:?}", p.file, p.line, p.message, p.help); }
    let app = pool.install(|| backstop::app::App::link(w, l, k));
    eprintln!("link {:?} units {} instances {} modules {} fns {} adts {} impls {} expansions {}", t.elapsed(), app.units.len(), app.instances.len(), app.modules.len(), app.functions.len(), app.adts.len(), app.impls.len(), app.expansions.len());
    if args[1] == "check" {
        let t = std::time::Instant::now();
        let flow = pool.install(|| backstop::flow::Flow::of(&app));
        eprintln!("flow {:?} bodies {}", t.elapsed(), flow.bodies().count());
        let mut f = backstop::finding::Findings::new(&app, &flow);
        f.begin("unwrapped_query");
        backstop::lints::unwrapped_query::check(&app, &flow, &mut f);
        f.begin("request_time_env");
        backstop::lints::request_time_env::check(&app, &flow, &mut f);
        let mut out = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for x in f.into_vec() {
            let file = app.sources.get(x.place.file);
            if !seen.insert((x.place, x.lint)) { continue; }
            out.push(serde_json::json!({"lint": x.lint, "message": x.message, "file": file.name, "line": file.line_column(x.place.span.start).0, "function": x.function, "notes": x.notes,
             "labels": x.labels.iter().map(|(p, t)| serde_json::json!({"file": app.sources.get(p.file).name, "line": app.sources.get(p.file).line_column(p.span.start).0, "text": t})).collect::<Vec<_>>()}));
        }
        println!("{}", serde_json::json!({"findings": out}));
        return;
    }
    if args[1] == "routes" {
        let mut out = Vec::new();
        for e in &app.entries {
            let place = app.target_place(e.target);
            let f = app.sources.get(place.file);
            out.push(serde_json::json!({"framework": app.knowledge.library(e.framework).name.as_str(), "kind": e.kind.name(), "method": e.method, "path": e.path,
              "function": app.target_name(e.target), "file": f.name, "line": f.line_column(place.span.start).0,
              "registered": e.registered.map(|p| serde_json::json!({"file": app.sources.get(p.file).name, "line": app.sources.get(p.file).line_column(p.span.start).0}))}));
        }
        println!("{}", serde_json::json!({"schema": 1, "routes": out}));
        return;
    }
    for p in app.problems.iter() { println!("{}:{:?}: {} {:?}", p.file, p.line, p.message, p.help); }
}
