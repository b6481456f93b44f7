import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '../model/problem.js';
import type { Lane } from '../vadapt/portfolio/lane.js';
import { runLanes } from '../vadapt/portfolio/run-lanes.js';

// A thread of LaneThreads: is given lanes one at a time, and answers with what each found.
const problem = workerData as Problem;
parentPort?.on('message', (lane: Lane) => {
  parentPort?.postMessage(runLanes(problem, [lane])[0]);
});
