//! Does many tasks of one kind on several threads, and hands the results over in order.
//!
//! Each thread has a state of its own, so that nothing is shared while they work; whoever takes the
//! results sees them in the same order whatever the number of threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The most threads that are of use: beyond them the disk is what is waited for, and the machine
/// may be somebody else's as well.
const MAX_THREADS: usize = 8;

/// Returns how many threads are to work.
pub fn thread_count() -> usize {
    thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_THREADS)
}

/// Does tasks `0..count` on some threads. `work` gets the thread's own state, and `take` gets every
/// result on the thread of the caller, in order. Returns the states.
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
    let (results, arrived) = mpsc::channel();
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
        let mut early = BTreeMap::new();
        let mut taken = 0;
        for (task, result) in arrived {
            early.insert(task, result);
            while let Some(result) = early.remove(&taken) {
                take(result);
                taken += 1;
            }
        }
        let joined = workers.into_iter().map(|worker| match worker.join() {
            Ok(state) => state,
            // A task that panics is a defect, and no less so on a thread.
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
