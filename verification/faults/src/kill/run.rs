use super::client::Load;
use super::nemesis::{Event, Nemesis};
use super::nodes::Nodes;
use super::noise::Stalls;
use super::{Fault, Gaps, KillError, Latencies, Noise, Outcome, Plan, Sessions, Tally, final_reads, judge, sessions};
use quorate_client::{Client, Stats};
use quorate_history::{Bound, check, check_versions};
use quorate_node::history::{Clock, Recorder, Recording};
use quorate_verification::trace::{Options, check_directories};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Makes one run, and judges it. Blocks; must not be called within a tokio runtime.
///
/// # Errors
/// [`KillError`]: the run could not be made, or a node did not come back.
pub fn run(plan: &Plan) -> Result<Outcome, KillError> {
    plan.check()?;
    let mut nodes = Nodes::start(plan)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(KillError::io("start a tokio runtime"))?;
    let clock = Clock::start();
    let clients = runtime.block_on(connect(plan, &nodes.seeds(), u64::from(plan.clients)))?;
    let stop = Arc::new(AtomicBool::new(false));
    let loads = start(&runtime, &clients, plan, clock, &stop);
    // Clients of their own, so that what the load's clients count is the load's.
    let walkers = sessions::start(&runtime, &runtime.block_on(connect(plan, &nodes.seeds(), 2))?, plan, &stop);
    let disturbed = disturb(plan, &mut nodes, clock, &stop);
    // Whatever became of the faults, the clients end.
    stop.store(true, Ordering::Relaxed);
    let load = clock.elapsed();
    let mut recorders = runtime.block_on(join(loads))?;
    let sessions = Sessions::sum(runtime.block_on(join(walkers))?);
    let disturbed = disturbed?;
    let last = runtime.block_on(async {
        // Its own session: what it reads it has from the nodes alone.
        let client = connect(plan, &nodes.seeds(), 1).await?.pop().ok_or(KillError::Plan("no client"))?;
        let mut last = Recorder::new(client, u64::from(plan.clients), clock);
        final_reads::read_all(&mut last, plan).await.map(|()| last)
    })?;
    recorders.push(last);
    nodes.stop()?;
    let traces = check_directories(&nodes.traces(), Options::default())?;
    let complaints = nodes.complaints();
    let Recording { history, full_at, errors } = Recording::of(recorders);
    if full_at.is_some() {
        return Err(KillError::Plan("the run was too long: a client made more operations than are recorded"));
    }
    let outcome = Outcome {
        fault: plan.fault,
        faults: disturbed.faults,
        load,
        tally: Tally::of(&history),
        lost: judge::lost(&history, &judge::last_states(&history)),
        linearizability: check(&history, Bound::default()).map_err(|_| KillError::Plan("an impossible operation"))?,
        versions: check_versions(&history).err(),
        latencies: Latencies::of(&history),
        gaps: Gaps::of_writes(&history, &disturbed.events, &disturbed.noise),
        read_gaps: Gaps::of_reads(&history, &disturbed.events, &disturbed.noise),
        noise: disturbed.noise,
        clients: total(&clients),
        sessions,
        traces,
        complaints,
        errors,
        history,
    };
    // Only of a run that went badly without being meant to is there anything to look into.
    if outcome.faults_found().is_empty() || plan.fault == Fault::RollBack {
        nodes.forget();
    }
    Ok(outcome)
}

async fn connect(plan: &Plan, seeds: &[String], count: u64) -> Result<Vec<Client>, KillError> {
    let mut clients = Vec::new();
    for _ in 0..count {
        clients.push(Client::builder().seeds(seeds).timeout(plan.timeout).build().await?);
    }
    Ok(clients)
}

type Running = Vec<JoinHandle<Recorder>>;

fn start(runtime: &Runtime, clients: &[Client], plan: &Plan, clock: Clock, stop: &Arc<AtomicBool>) -> Running {
    let load = |(process, client): (u64, &Client)| {
        let load = Load::new(Recorder::new(client.clone(), process, clock), process, plan);
        runtime.spawn(load.run(stop.clone()))
    };
    (0..).zip(clients).map(load).collect()
}

async fn join<T>(running: Vec<JoinHandle<T>>) -> Result<Vec<T>, KillError> {
    let mut ended = Vec::new();
    for one in running {
        ended.push(one.await.map_err(|_| KillError::Panicked("client"))?);
    }
    Ok(ended)
}

struct Disturbed {
    faults: u64,
    events: Vec<Event>,
    noise: Noise,
}

/// The nemesis, with the watch on the machine beside it.
fn disturb(plan: &Plan, nodes: &mut Nodes, clock: Clock, stop: &AtomicBool) -> Result<Disturbed, KillError> {
    let directory = nodes.directory().to_owned();
    std::thread::scope(|scope| {
        let sleeper = scope.spawn(|| Stalls::of_sleep(clock, stop));
        let syncer = scope.spawn(|| Stalls::of_sync(clock, stop, &directory));
        let mut nemesis = Nemesis { plan, nodes, clock, events: Vec::new(), faults: 0 };
        let done = nemesis.run();
        let Nemesis { faults, events, .. } = nemesis;
        stop.store(true, Ordering::Relaxed);
        let overslept = sleeper.join().map_err(|_| KillError::Panicked("watch"))?;
        let sync = syncer.join().map_err(|_| KillError::Panicked("watch"))?.map_err(KillError::io("sync a probe"))?;
        done.map(|()| Disturbed { faults, events, noise: Noise { overslept, sync } })
    })
}

fn total(clients: &[Client]) -> Stats {
    let mut total = Stats::default();
    for stats in clients.iter().map(Client::stats) {
        total.reads += stats.reads;
        total.reads_one_round += stats.reads_one_round;
        total.writes += stats.writes;
        total.write_retries += stats.write_retries;
        total.base_questions += stats.base_questions;
        total.timeouts += stats.timeouts;
        total.connections += stats.connections;
    }
    total
}
