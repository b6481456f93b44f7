import { createInterface } from 'node:readline';
import { ButtonSession } from './button-session.js';
import { exitCodes } from './exit-codes.js';
import type { VschedClient } from './vsched-client.js';

const tickMs = 1000;

/** Gives a VM more with every line of input, and less and less while there is none. Returns the exit code. */
export async function button(client: VschedClient, vm: string, periodUs?: number): Promise<number> {
  const begun = await ButtonSession.begin(client, vm, periodUs);
  if (begun.kind === 'refused') {
    process.stderr.write(`error: ${begun.message}\n`);
    return exitCodes.error;
  }
  const { session, told } = begun;
  const say = (text: string | null) => text !== null && process.stdout.write(`${text}\n`);
  say(`${told} Press Enter whenever it is too slow; q and Enter leave it as it is then.`);
  let work: Promise<unknown> = Promise.resolve();
  let lastMs = Date.now();
  const follow = (next: () => Promise<string | null>): void => {
    work = work.then(next).then(say);
  };
  const timer = setInterval(() => {
    const elapsedMs = Date.now() - lastMs;
    lastMs += elapsedMs;
    follow(() => session.wait(elapsedMs));
  }, tickMs);
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    if (line.trim() === 'q') break;
    follow(() => session.press());
  }
  clearInterval(timer);
  await work;
  return exitCodes.ok;
}
