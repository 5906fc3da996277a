//! An ordered parallel map.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The most threads that help. Beyond them the disk is the bottleneck, and the machine may be
/// shared.
const MAX_THREADS: usize = 8;

/// Returns the number of threads to use: one per processor, up to a limit.
pub fn thread_count() -> usize {
    thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_THREADS)
}

/// Runs tasks `0..count` on up to `threads` threads and returns the states of the threads.
///
/// `make` creates the state of the thread with a number, so that threads share nothing. `work` runs
/// a task. `take` receives the results on the calling thread in the order of the tasks, whatever
/// the number of threads.
pub fn parallel_map_ordered<S: Send, T: Send>(
    threads: usize,
    count: usize,
    make: impl Fn(usize) -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
    mut take: impl FnMut(T),
) -> Vec<S> {
    if threads < 2 || count < 2 {
        let mut state = make(0);
        (0..count).for_each(|task| take(work(&mut state, task)));
        return vec![state];
    }
    let next = AtomicUsize::new(0);
    let (results, received) = mpsc::channel();
    thread::scope(|scope| {
        let (next, make, work) = (&next, &make, &work);
        let workers: Vec<_> = (0..threads)
            .map(|number| {
                let results = results.clone();
                scope.spawn(move || {
                    let mut state = make(number);
                    loop {
                        let task = next.fetch_add(1, Ordering::Relaxed);
                        if task >= count || results.send((task, work(&mut state, task))).is_err() {
                            return state;
                        }
                    }
                })
            })
            .collect();
        drop(results);
        let mut out_of_order = BTreeMap::new();
        let mut taken = 0;
        for (task, result) in received {
            out_of_order.insert(task, result);
            while let Some(result) = out_of_order.remove(&taken) {
                take(result);
                taken += 1;
            }
        }
        let joined = workers.into_iter().map(|worker| match worker.join() {
            Ok(state) => state,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_for_any_thread_count() {
        for threads in [1, 2, 5] {
            let mut taken = Vec::new();
            let done = parallel_map_ordered(
                threads,
                1000,
                |_| 0,
                |done, task| {
                    *done += 1;
                    task
                },
                |task| taken.push(task),
            );
            assert!(taken.iter().copied().eq(0..1000));
            assert_eq!(done.into_iter().sum::<usize>(), 1000);
        }
    }
}
