import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import { measuringProgram } from './native.js';
import { guestMac } from './stage.js';
import { idleRules, type Route, type Virtuoso } from './virtuoso.js';

export const ruleCount = 10_000;
const framesPerSecond = 10_000;

export interface RuleSwitch {
  /** The longest time from the order to switch until the new table was in effect everywhere in the host. */
  worstMs: number;
  medianMs: number;
  frames: number;
  lost: number;
  duplicated: number;
}

/**
 * Switches the whole table of host 1, `switches` times between the direct route and the one by way of host 3, while numbered frames
 * flow from guest 1 to guest 2. Every switch replaces all of the rules.
 */
export async function measureRuleSwitch(design: Virtuoso, switches: number): Promise<RuleSwitch> {
  const { vnet } = design.substrate(1);
  const table = (route: Route) => [
    ...design.rules(1, route),
    ...idleRules(1, ruleCount - design.rules(1, route).length),
  ];
  const tables = [table('transit'), table('direct')];
  const namespaces = [1, 2].map((n) => namespacePath(design.stage.guest(n)));
  const frames = spawn(measuringProgram('numbered'), [`${framesPerSecond}`, guestMac(2), ...namespaces]);
  const counts = output(frames);
  const timesMs: number[] = [];
  await sleep(500);
  for (let n = 0; n < switches; n++) {
    const started = performance.now();
    const faults = await vnet.forward(tables[n % 2] ?? []);
    timesMs.push(performance.now() - started);
    if (faults.length > 0) throw new Error(`the rule set was refused: ${faults[0]?.message}`);
    await sleep(50);
  }
  frames.stdin?.end();
  const [sent = 0, lost = 0, duplicated = 0, unread = 0] = (await counts).trim().split(' ').map(Number);
  await vnet.forward(design.rules(1));
  if (unread > 0) console.error(`${unread} of the ${lost} frames lost were so in the receiving socket`);
  timesMs.sort((a, b) => a - b);
  const medianMs = timesMs[Math.floor(timesMs.length / 2)] ?? 0;
  return { worstMs: timesMs.at(-1) ?? 0, medianMs, frames: sent, lost, duplicated };
}

function output(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data) => {
      text += data;
    });
    child.stderr?.pipe(process.stderr);
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`numbered frames ended with ${code}`)),
    );
  });
}
