//! What each stage of a run takes, on the services of `test-fixtures/`.

use std::path::Path;

use backstop::app::App;
use backstop::flow::Flow;
use backstop::knowledge::Knowledge;
use backstop::load::{Loaded, load};
use backstop::report::all_findings;
use backstop::run::STACK;
use backstop::workspace::{Selection, Workspace, discover};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

criterion_group!(benches, stages);
criterion_main!(benches);

fn stages(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().expect("threads can be started");
    // `criterion` need not be `Send`, so each stage enters the pool by itself.
    criterion.bench_function("knowledge", |bench| bench.iter(|| pool.install(knowledge)));
    criterion.bench_function("workspace", |bench| bench.iter(|| pool.install(workspace)));
    criterion.bench_function("load", |bench| {
        let workspace = workspace();
        bench.iter(|| pool.install(|| load(&workspace)));
    });
    // Linking finds the entry points, too.
    criterion.bench_function("link", |bench| {
        bench.iter_batched(
            || pool.install(read),
            |(workspace, loaded, knowledge)| pool.install(|| App::link(workspace, loaded, knowledge)),
            BatchSize::SmallInput,
        );
    });
    let (workspace, loaded, knowledge) = pool.install(read);
    let app = pool.install(|| App::link(workspace, loaded, knowledge));
    criterion.bench_function("flow", |bench| bench.iter(|| pool.install(|| Flow::of(&app))));
    let flow = pool.install(|| Flow::of(&app));
    criterion.bench_function("lints", |bench| bench.iter(|| pool.install(|| all_findings(&app, &flow))));
}

fn knowledge() -> Knowledge {
    Knowledge::load(&[]).unwrap_or_else(|errors| panic!("{} mistakes in what is shipped", errors.len()))
}

fn workspace() -> Workspace {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-fixtures");
    let selection = Selection { paths: vec![path], ..Selection::default() };
    discover(&selection).unwrap_or_else(|error| panic!("the services can be found: {error}"))
}

/// Everything that linking takes.
fn read() -> (Workspace, Loaded, Knowledge) {
    let workspace = workspace();
    let loaded = load(&workspace);
    (workspace, loaded, knowledge())
}
