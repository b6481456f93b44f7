import { setTimeout as sleep } from 'node:timers/promises';
import type { LabNames } from '../../lab/names.js';
import { startProcess } from '../../lab/process.js';
import { benchProgram } from '../native/program.js';
import { streamPort } from './wren-stage.js';

const kinds = [
  ...(['tunnelled-tcp', 'tunnelled-arp', 'keep-alive', 'tunnelled-other'] as const),
  ...(['stream', 'arp', 'other', 'missed'] as const),
];

/** Packets that entered the path at its first end, by kind. */
export type Census = Record<(typeof kinds)[number], number>;

/** Looks at every packet that enters the path while a task goes on. */
export async function takeCensus<T>(names: LabNames, task: () => Promise<T>): Promise<{ census: Census; result: T }> {
  const args = ['t0a', `${streamPort}`];
  const program = await startProcess(names, {
    namespace: names.switches,
    command: benchProgram('packet-census'),
    args,
  });
  let said = '';
  for (const stream of [program.output, program.errors])
    stream?.on('data', (text: Buffer) => {
      said += text;
    });
  for (let waitedMs = 0; !said.includes('ready'); waitedMs += 10) {
    if (waitedMs > 2000) throw new Error(`the packet census does not start: ${said}`);
    await sleep(10);
  }
  try {
    const result = await task();
    await program.end();
    await sleep(50); // what it printed last
    const counted = new Map(said.split('\n').map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
    const census = Object.fromEntries(kinds.map((kind) => [kind, counted.get(kind) ?? Number.NaN])) as Census;
    return { census, result };
  } finally {
    await program.end();
  }
}
