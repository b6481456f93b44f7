import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import { KernelCore } from '../../agents/vnet/kernel-core.js';
import { layout } from '../../agents/vnet/layout.js';
import { objectFile } from '../../agents/vnet/object-file.js';
import type { GuestPair } from './design.js';
import { congestionControl } from './stage.js';
import { median } from './statistics.js';
import type { Virtuoso } from './virtuoso.js';

/** Short, so that what else the machine does is in windows with counting and in windows without it alike. */
const windowMs = 50;
const settleMs = 500;

/**
 * The share of TCP throughput that counting costs: of one connection, which goes on while counting goes on and off on both hosts.
 * Every window with counting is compared with the two beside it, which are without.
 */
export async function measureCountingCost(design: Virtuoso, pair: GuestPair, seconds: number): Promise<number> {
  const cores = [1, 2].map((host) => openCore(design, host));
  const iperf = ['iperf3', '-c', pair.address, '-C', congestionControl, '-t', '0'];
  const client = spawn('nsenter', [`--net=${namespacePath(pair.sender)}`, ...iperf], { stdio: 'ignore' });
  const ended = once(client, 'exit');
  try {
    await sleep(settleMs);
    const windows: number[] = [];
    const rate = rateMeter(client.pid ?? 0);
    for (let count = 0; count < (seconds * 1000) / windowMs; count++) {
      for (const core of cores) setCounting(core, count % 2 === 1);
      rate();
      await sleep(windowMs);
      windows.push(rate());
    }
    const counted = windows.flatMap((own, at) => {
      const [before, after] = [windows[at - 1], windows[at + 1]];
      return at % 2 === 0 || before === undefined || after === undefined ? [] : [own / ((before + after) / 2)];
    });
    return 1 - median(counted);
  } finally {
    for (const core of cores) {
      setCounting(core, true);
      core.close();
    }
    client.kill();
    await ended;
  }
}

function openCore(design: Virtuoso, host: number): KernelCore {
  const { names } = design.stage;
  return KernelCore.open(join(names.pinFolder, `host-${host}`), objectFile(), `${names.lab}/host-${host}`);
}

function setCounting(core: KernelCore, counting: boolean): void {
  const only = Buffer.alloc(4);
  const bytes = core.maps.config.get(only) ?? Buffer.alloc(layout.config.size);
  bytes.writeUInt32LE(counting ? 0 : 1, layout.config.uncounted);
  core.maps.config.set(only, bytes);
}

/** Bytes a second that left by eth0 of the namespace of a process, since the call before. */
function rateMeter(pid: number): () => number {
  let last = { bytes: 0, atMs: 0 };
  return () => {
    const line = /eth0:(.*)/.exec(readFileSync(`/proc/${pid}/net/dev`, 'utf8'))?.[1] ?? '';
    const now = { bytes: Number(line.trim().split(/\s+/)[8]), atMs: performance.now() };
    const rate = ((now.bytes - last.bytes) / (now.atMs - last.atMs)) * 1000;
    last = now;
    return rate;
  };
}
