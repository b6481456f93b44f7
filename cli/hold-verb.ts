import { type Command, InvalidArgumentError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { type HoldAsk, hold } from './hold.js';
import { fail, openVsched } from './open-vsched.js';
import type { VschedObject } from './vsched.js';
import { askedOptions, askingAgent, objectOf } from './vsched-verbs.js';

interface HoldOptions {
  agent: string;
  agentKey: string;
  state: string;
  output: 'text';
  rate: number;
  from: string;
  least?: number;
  most?: number;
}

/** Gives `virtuoso vsched` the verb that steers by what an application counts. */
export function addHoldVerb(vsched: Command, run: (verb: Promise<number>) => Promise<void>): void {
  askingAgent(vsched.command('hold'))
    .description('hold the rate of an application by its slice, until interrupted; it keeps what it has then')
    .argument('<object>', 'number of a process that has a schedule, or vm/NAME', objectOf)
    .requiredOption('--rate <number>', 'what it should count in a second', positive)
    .requiredOption('--from <file>', 'file here to which the application writes its count, a number in a line')
    .option('--least <share>', 'never give it less of a processor than this, such as 0.05', share)
    .option('--most <share>', 'never give it more of a processor than this, such as 0.8', share)
    .action((object: VschedObject, options: HoldOptions) => run(held(object, options)));
}

async function held(object: VschedObject, options: HoldOptions): Promise<number> {
  const client = await openVsched(askedOptions(options));
  if (typeof client === 'number') return client;
  const { rate, from, least, most } = options;
  const ask: HoldAsk = {
    ...{ object, rate, from },
    ...(least === undefined ? {} : { leastPpm: least }),
    ...(most === undefined ? {} : { mostPpm: most }),
  };
  const interruption = new Interruption();
  const end = await hold(client, ask, {
    nowMs: () => performance.now(),
    sleep: (ms) => interruption.sleep(ms),
    write: (text) => process.stdout.write(text),
  });
  client.close();
  return end.kind === 'failed' ? fail(end.message) : exitCodes.ok;
}

/** Sleep that ends at once when somebody interrupts. */
class Interruption {
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
  }

  /** False: it was interrupted. */
  async sleep(ms: number): Promise<boolean> {
    if (this.#isOver) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return !this.#isOver;
  }
}

function positive(text: string): number {
  const value = /^[0-9]{1,12}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : 0;
  if (value <= 0) throw new InvalidArgumentError('Write a number above 0.');
  return value;
}

function share(text: string): number {
  const value = /^(0?\.[0-9]{1,6}|1|1\.0)$/.test(text) ? Math.round(Number(text) * 1e6) : 0;
  if (value <= 0) throw new InvalidArgumentError('Write a share above 0 and at most 1, such as 0.25.');
  return value;
}
