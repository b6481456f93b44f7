import { parentPort, workerData } from 'node:worker_threads';
import type { AdmissionInputs } from '../admission/inputs.js';
import { type AdmissionTask, perform } from '../admission/task.js';

// A thread of AdmissionThreads: says that it is there, and then what comes of each task. Whoever started it ends it.
parentPort?.on('message', (task: AdmissionTask) => {
  parentPort?.postMessage(perform(task, workerData as AdmissionInputs));
});
parentPort?.postMessage('ready');
