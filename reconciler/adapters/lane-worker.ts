import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '../model/problem.js';
import type { Lane } from '../vadapt/portfolio/lane.js';
import { laneRunner } from '../vadapt/portfolio/run-lanes.js';

// A thread of LaneThreads: is given lanes one at a time, and answers with what each found.
const run = laneRunner(workerData as Problem);
parentPort?.on('message', (lane: Lane) => {
  parentPort?.postMessage(run(lane));
});
