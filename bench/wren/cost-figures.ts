import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import { KernelCore } from '../../agents/vnet/kernel-core.js';
import { objectFile } from '../../agents/vnet/object-file.js';
import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import { measuringProgram } from '../vnet/native.js';
import { guestMac } from '../vnet/stage.js';
import { median } from '../vnet/statistics.js';
import type { Cell } from './cells.js';
import { programNs, timingPrograms } from './program-times.js';
import { WrenStage } from './wren-stage.js';

const packetsPerSecond = 40_000;
/** Wide enough that every packet passes. */
const cell: Cell = {
  ...{
    name: 'cost',
    rateMbps: 1000,
    cross: 'none',
    crossShare: 0,
    latencyMs: 0,
    link: 'two-sided',
    congestion: 'cubic',
  },
  ...{ leastBytes: 10_000, mostBytes: 1_000_000, hops: [{ rateMbps: 1000 }], isHard: false },
};
const windows = 21;
const windowMs = 1000;

/** What one window took. */
interface Spent {
  packets: number;
  /** In the kernel's programs, on both hosts. */
  programNs: number;
  /** Of this process, in which both hosts' agents are. */
  processNs: number;
}

/**
 * What Wren costs on both ends of a link together: every second with it is compared with those before and after without. Guests'
 * packets come steadily, each a frame of its own.
 */
export async function costFigures(seed: number): Promise<Figure[]> {
  const stage = new WrenStage(cell, seed);
  try {
    await stage.build();
    const spent = await timingPrograms(() => spentInWindows(stage));
    const rate = (median(spent.map(({ packets }) => packets)) / windowMs) * 1000;
    const inKernel = more(spent, (each) => each.programNs / each.packets);
    const inAgents = more(spent, (each) => each.processNs / each.packets);
    const inAll = inKernel + inAgents;
    return [
      info('cost: packets a second', rate, ''),
      info('cost in the kernel, both ends', inKernel, 'ns a packet'),
      info('cost in the agents, both ends', inAgents, 'ns a packet'),
      atMost('cost in all', inAll, 1000, 'ns a packet'),
      atMost('share of a core at 40,000 packets a second', (inAll * packetsPerSecond) / 1e9, 0.04),
    ];
  } finally {
    await stage.tearDown();
  }
}

/** By how much windows with Wren, which have odd numbers, are above the two beside them. */
function more(spent: readonly Spent[], of: (each: Spent) => number): number {
  const values = spent.map(of);
  const differences = values.flatMap((own, at) => {
    const [before, after] = [values[at - 1], values[at + 1]];
    return at % 2 === 0 || before === undefined || after === undefined ? [] : [own - (before + after) / 2];
  });
  return median(differences);
}

async function spentInWindows(stage: WrenStage): Promise<Spent[]> {
  const cores = [1, 2].map((n) => openCore(stage, n));
  const places = ['g1', 'g2'].map((guest) => namespacePath(stage.names.guest(guest)));
  const args = [`${packetsPerSecond}`, guestMac(2), ...places];
  // At a priority that keeps its rate, as the emulator has one.
  const command = ['-f', '1', measuringProgram('numbered'), ...args];
  const sender = spawn('chrt', command, { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(sender, 'exit');
  try {
    await sleep(1000);
    const spent: Spent[] = [];
    for (let count = 0; count < windows; count++) {
      for (const core of cores) core.config = { ...core.config, records: count % 2 === 1 };
      const before = now(sender.pid ?? 0);
      await sleep(windowMs);
      for (const host of [1, 2]) await stage.substrate(host).wren?.paths();
      const after = now(sender.pid ?? 0);
      const difference = (of: keyof Spent): number => after[of] - before[of];
      const [packets, programs, own] = [difference('packets'), difference('programNs'), difference('processNs')];
      spent.push({ packets, programNs: programs, processNs: own });
    }
    return spent;
  } finally {
    sender.stdin.end();
    await ended;
    for (const core of cores) core.close();
  }
}

function now(sender: number): Spent {
  const { user, system } = process.cpuUsage();
  return { packets: packetsSent(sender), programNs: programNs(), processNs: (user + system) * 1000 };
}

/** Packets that have left by eth0 of the namespace of a process. */
function packetsSent(pid: number): number {
  const line = /eth0:(.*)/.exec(readFileSync(`/proc/${pid}/net/dev`, 'utf8'))?.[1] ?? '';
  return Number(line.trim().split(/\s+/)[9]);
}

function openCore(stage: WrenStage, n: number): KernelCore {
  const { names } = stage;
  return KernelCore.open(join(names.pinFolder, `host-${n}`), objectFile(), `${names.lab}/host-${n}`);
}
