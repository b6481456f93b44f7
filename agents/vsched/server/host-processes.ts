import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { detachedVariable } from '../../linux/detached-process.js';
import { identifyProcess } from '../../linux/process-identity.js';
import { attempt, statFields } from '../../linux/processes.js';
import type { ProcessTable, SeenProcess } from './process-table.js';

/** Positions in /proc/PID/stat, counted from the field after the name. */
const parentField = 1;
const flagsField = 6;
const PF_KTHREAD = 0x0020_0000;
/** As many are looked at in one go. */
const atOnce = 100;
/** A chain of parents is not longer, unless it changes while it is followed. */
const mostParents = 100;

/** The processes in /proc. */
export class HostProcesses implements ProcessTable {
  readonly #agentPid: number;

  constructor(agentPid = process.pid) {
    this.#agentPid = agentPid;
  }

  look(pid: number): SeenProcess | undefined {
    const before = identifyProcess(pid);
    const uid = realUid(pid);
    const stat = read(pid, 'stat');
    const command = read(pid, 'cmdline');
    const identity = identifyProcess(pid);
    if (before === undefined || identity?.startTicks !== before.startTicks) return undefined;
    if (uid === undefined || stat === undefined) return undefined;
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const isKernel = (Number(statFields(stat)[flagsField]) & PF_KTHREAD) !== 0;
    const isVital = pid === 1 || isKernel || this.#isOfAgent(pid) || isCarrier(pid);
    return { process: identity, uid, name, command: (command ?? '').replaceAll('\0', ' ').trimEnd(), isVital };
  }

  async ofUsers(uids: ReadonlySet<number>): Promise<SeenProcess[]> {
    const pids = readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
    const found: SeenProcess[] = [];
    for (const [index, pid] of pids.sort((a, b) => a - b).entries()) {
      if (index % atOnce === atOnce - 1) await breathe();
      if (!uids.has(realUid(pid) ?? -1)) continue;
      const seen = this.look(pid);
      if (seen !== undefined && uids.has(seen.uid)) found.push(seen);
    }
    return found;
  }

  #isOfAgent(pid: number): boolean {
    let each = pid;
    for (let steps = 0; each > 1 && steps < mostParents; steps++) {
      if (each === this.#agentPid) return true;
      each = Number(statFields(read(each, 'stat') ?? '')[parentField] ?? 0);
    }
    return false;
  }
}

/** Undefined also for what is a thread of a process, and no process. */
function realUid(pid: number): number | undefined {
  const status = read(pid, 'status') ?? '';
  const [, process] = /^Tgid:\s+([0-9]+)/m.exec(status) ?? [];
  const [, uid] = /^Uid:\s+([0-9]+)/m.exec(status) ?? [];
  return uid === undefined || Number(process) !== pid ? undefined : Number(uid);
}

/** It carries links of this host, and outlives the agent that has started it. */
function isCarrier(pid: number): boolean {
  const variables = read(pid, 'environ')?.split('\0') ?? [];
  return variables.some((each) => each.startsWith(`${detachedVariable}=`));
}

const read = (pid: number, file: string): string | undefined =>
  attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
