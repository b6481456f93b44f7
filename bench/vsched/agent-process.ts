// An agent's scheduler on one processor, in a process of its own: agent-process CPU FOLDER. For every line of numbers of processes on
// its standard input it schedules these, and prints how that went.
import { createInterface } from 'node:readline';
import { identifyProcess } from '../../agents/linux/process-identity.js';
import { hostBackends } from '../../agents/vsched/host-backends.js';
import type { Schedule, SchedulerBackend } from '../../agents/vsched/scheduler-backend.js';

const schedule: Schedule = { periodUs: 10_000, sliceUs: 2000, mode: 'strict' };

const [cpu = '0', folder = ''] = process.argv.slice(2);

async function scheduleAll(backend: SchedulerBackend, pids: readonly number[]): Promise<string> {
  for (const pid of pids) {
    const identity = identifyProcess(pid);
    if (identity === undefined) return `there is no process ${pid}`;
    const changed = await backend.set(identity, schedule);
    const outcome = changed.kind === 'not-scheduled' ? await backend.admit(identity, schedule) : changed;
    // What it has been killed for would only be done again.
    if (outcome.kind !== 'granted') return outcome.message;
  }
  return 'scheduled';
}

const probe = hostBackends({ name: 'kills', cpus: [Number(cpu)], reservedPpm: 100_000, folder })[0];
let backend: SchedulerBackend | undefined;
console.log('ready');
for await (const line of createInterface(process.stdin)) {
  backend ??= await probe?.open();
  if (backend) console.log((await scheduleAll(backend, line.split(' ').map(Number))).replaceAll('\n', ' '));
}
await backend?.close();
