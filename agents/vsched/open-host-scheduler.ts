import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../linux/own-folder.js';
import { hostBackends } from './host-backends.js';
import { affinityOf, processorsIn } from './kernel/affinity.js';
import {
  type BackendChoice,
  type BackendProbe,
  type ChosenBackend,
  chooseBackend,
  longestLack,
} from './probe-backends.js';
import { realTimeLimits } from './real-time-limits.js';

export interface HostSchedulerOptions {
  choice: BackendChoice;
  /** Processors to schedule on, which are this agent's alone; all that it may run on when left out. */
  cpus?: readonly number[] | undefined;
}

/** In memory, so that a core never waits for a disk; it outlives agents, but not the run of the machine. */
const sharedFolder = '/dev/shm/virtuoso-vsched';
/** Kept for ordinary processes beside what the kernel keeps, and for scheduling itself. */
const reserve = 0.05;

/**
 * Finds out what schedules on this machine. Until there is something to schedule it costs nothing afterwards.
 * @param name of the agent, among those of this machine
 * @throws if it cannot run on the processors that were chosen; the message has the remedy.
 */
export async function openHostScheduler(name: string, { choice, cpus }: HostSchedulerOptions): Promise<ChosenBackend> {
  const own = processorsIn(affinityOf(process.pid) ?? '');
  const missing = cpus?.find((cpu) => !own.includes(cpu));
  if (missing !== undefined)
    throw new Error(`there is no processor ${missing} to schedule on: choose of ${own.join(', ')}`);
  const trouble = ownFolder(sharedFolder);
  if (trouble !== undefined) return { kind: 'none', lacks: [`No schedules: ${trouble}`] };
  const chosen = cpus ?? own;
  const most = Math.min(...chosen.map((cpu) => realTimeLimits(cpu).most));
  const options = {
    name: name.replaceAll('/', '.'),
    cpus: chosen,
    reservedPpm: Math.round((1 - most + reserve) * 1_000_000),
    folder: join(sharedFolder, name),
    // Of all agents, so that a processor has one core.
    areaFolder: join(sharedFolder, 'areas'),
  };
  const probes = hostBackends(options);
  const left = await putBack(probes, options.folder);
  const found = await chooseBackend(choice, probes);
  return { ...found, lacks: [...left, ...found.lacks] };
}

/** What an agent left behind that was killed, whatever schedules from now on. Gives what could not be put back. */
async function putBack(probes: readonly BackendProbe[], folder: string): Promise<string[]> {
  const troubles: string[] = [];
  for (const { kind, open } of probes) {
    if (!existsSync(join(folder, `${kind}.json`))) continue;
    try {
      const backend = await open();
      await backend.close();
    } catch (error) {
      const why = (error as Error).message;
      troubles.push(
        `Processes may still be under ${kind}, as an earlier agent left them: ${why}`.slice(0, longestLack),
      );
    }
  }
  return troubles;
}
