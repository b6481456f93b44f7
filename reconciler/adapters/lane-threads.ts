import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.js';
import type { Problem } from '../model/problem.js';
import type { Lane, LaneResult } from '../vadapt/portfolio/lane.js';
import type { RunLanes } from '../vadapt/solve.js';

/**
 * Runs lanes in threads of their own, each thread the next lane that is left. Results are in the order of the lanes, so they are the same
 * for any number of threads. Rejects where a thread fails: that is a bug, or the machine's memory is at its end.
 */
export function laneThreads(threads: number): RunLanes {
  return async (problem, lanes) => {
    const results: LaneResult[] = [];
    const left = [...lanes.entries()].reverse();
    const workers = Array.from({ length: Math.min(threads, lanes.length) }, () => startWorker(problem));
    try {
      await Promise.all(workers.map((worker) => serve(worker, left, results)));
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    return results;
  };
}

/** Threads run what is built: sources need a loader that threads do not have. */
function startWorker(problem: Problem): Worker {
  return new Worker(join(packageRoot(), 'dist', 'reconciler', 'adapters', 'lane-worker.js'), { workerData: problem });
}

function serve(worker: Worker, left: [number, Lane][], results: LaneResult[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let place = -1;
    const next = () => {
      const taken = left.pop();
      if (taken === undefined) return resolve();
      place = taken[0];
      worker.postMessage(taken[1]);
    };
    worker.on('message', (result: LaneResult) => {
      results[place] = result;
      next();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread of the search ended with ${code}`)));
    next();
  });
}
