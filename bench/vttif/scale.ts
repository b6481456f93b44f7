import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import type { Cost } from './scale-process.js';

/** The heap that the process may have: without a limit, memory would tell when garbage is collected, not what is needed. */
const heapMib = 320;

/** What VTTIF takes for 10,000 VMs, in a process of its own, so that its memory is that of nothing else. */
export async function scaleFigures(): Promise<Figure[]> {
  const cost = await measured();
  const tell = (name: string) => `${cost.vms} VMs on ${cost.hosts} hosts, ${cost.pairs} pairs, once a second: ${name}`;
  return [
    atMost(tell('processor time a second of aggregation'), cost.coresUsed, 0.5, 'cores'),
    info(tell('the most in one second'), cost.longestSeconds, 's'),
    atMost(tell(`resident memory of a process with a heap of at most ${heapMib} MiB`), cost.residentMib, 500, 'MiB'),
    info(tell('of that, in use after collection'), cost.heapMib, 'MiB'),
    info(tell('applications classified'), cost.applications, ''),
  ];
}

function measured(): Promise<Cost> {
  const program = fileURLToPath(new URL('./scale-process.ts', import.meta.url));
  const flags = [`--max-old-space-size=${heapMib}`, '--max-semi-space-size=16', '--expose-gc'];
  const child = spawn(process.execPath, [...process.execArgv, ...flags, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`scale ended with ${code}`)),
    );
  });
}
