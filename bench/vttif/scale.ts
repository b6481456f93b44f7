import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { builtModule } from '../built-module.js';
import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import { hostCount, LargeTraffic, vmCount } from './large-fleet.js';
import type { Cost } from './scale-process.js';

/** Until the window is full, the applications are declared, and readings are as old as they get. */
const warmUpSeconds = 100;
const measuredSeconds = 60;

/** What the reconciler's process takes for 10,000 VMs: messages are decoded and checked, and all is done that is done between passes. */
export async function scaleFigures(): Promise<Figure[]> {
  const traffic = new LargeTraffic();
  const cost = await measured(traffic);
  const tell = (name: string) => `${vmCount} VMs on ${hostCount} hosts, ${traffic.pairs} pairs, once a second: ${name}`;
  return [
    atMost(tell('processor time a second of the whole process'), cost.coresUsed, 0.5, 'cores'),
    info(tell('the most in one second'), cost.longestSeconds, 's'),
    atMost(tell('the most memory it had resident'), cost.residentMb, 500, 'MB'),
    info(tell('of its heap, in use after collection'), cost.heapMb, 'MB'),
    info(tell('applications classified'), cost.applications, ''),
    info(tell('demands declared'), cost.demands, ''),
  ];
}

async function measured(traffic: LargeTraffic): Promise<Cost> {
  const program = builtModule(fileURLToPath(new URL('./scale-process.ts', import.meta.url)));
  const times = [warmUpSeconds, measuredSeconds].map(String);
  const child = spawn(process.execPath, ['--expose-gc', program, ...times], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = child.stdout.toArray();
  const ended = once(child, 'exit');
  await Promise.race([send(traffic, child.stdin), ended]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`scale ended with ${code}`);
  return JSON.parse(Buffer.concat(await said).toString());
}

async function send(traffic: LargeTraffic, to: Writable): Promise<void> {
  for (let second = 1; second <= warmUpSeconds + measuredSeconds; second++) {
    for (const observation of traffic.second(second)) {
      if (!to.write(`{"kind":"observe","observation":${observation}}\n`)) await once(to, 'drain');
    }
  }
  to.end();
}
