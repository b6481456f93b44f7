import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { namespacePath } from '../../../agents/linux/namespace.js';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { type LabNames, memberVariable } from '../../../lab/names.js';
import { packageRoot } from '../../../package-root.js';

const port = 5300;
const answerMs = 60_000;

/** What processes have sent to each rank since they began, in bytes. */
export interface SentLog {
  /** Until when. */
  atMs: number;
  /** Payload that it wrote, by sender, then receiver. */
  written: number[][];
  /** Ethernet frames that took the payload and acknowledgements there, as its own TCP counts them. */
  framed: number[][];
}

/** An application whose traffic matrix is given: a process in each guest, and TCP between all of them. */
export class Replay {
  readonly #ranks: Rank[];

  private constructor(ranks: Rank[]) {
    this.#ranks = ranks;
  }

  /**
   * @param guests names, by rank
   * @param first IPv4 address of the first one; the others' follow
   */
  static async start(names: LabNames, guests: readonly string[], first: string): Promise<Replay> {
    const program = replayProgram();
    const [variable = '', value = ''] = memberVariable(names.lab).split('=');
    const ranks = guests.map((guest, rank) => {
      const place = [`${rank}`, `${guests.length}`, first, `${port}`];
      const args = [`--net=${namespacePath(names.guest(guest))}`, program, ...place];
      return new Rank(spawn('nsenter', args, { env: { ...process.env, [variable]: value } }));
    });
    await Promise.all(ranks.map((rank) => rank.answer()));
    await Promise.all(ranks.map((rank) => rank.answer('connect')));
    return new Replay(ranks);
  }

  /** How many guests there are. */
  get size(): number {
    return this.#ranks.length;
  }

  /** From now on guests send at these rates, in bytes a second by sender, then receiver, in pieces of what is due in `periodMs`. */
  send(rates: readonly (readonly number[])[], periodMs: number): void {
    for (const [rank, row] of rates.entries())
      this.#ranks[rank]?.tell(`send ${periodMs} ${row.map(Math.round).join(' ')}`);
  }

  /** Each guest sends so many bytes a second more, to guests drawn anew all the time. */
  disturb(bytesPerSecond: number, seed: number): void {
    for (const rank of this.#ranks) rank.tell(`noise ${Math.round(bytesPerSecond)} ${seed}`);
  }

  /** What had been sent at `atMs`, which must not be long ago. */
  async log(atMs: number): Promise<SentLog> {
    const lines = await Promise.all(this.#ranks.map((rank) => rank.answer(`log ${atMs}`)));
    const numbers = lines.map((line) => line.split(' ').slice(1).map(Number));
    const part = (odd: 0 | 1) => numbers.map((row) => row.filter((_, at) => at % 2 === odd));
    return { atMs, written: part(0), framed: part(1) };
  }

  async end(): Promise<void> {
    await Promise.all(this.#ranks.map((rank) => rank.end()));
  }
}

class Rank {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  readonly #lines: string[] = [];
  #awaiting: ((line: string) => void) | undefined;
  #errors = '';

  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#ended = new Promise((resolve) => process.once('close', () => resolve()));
    createInterface({ input: process.stdout }).on('line', (line) => {
      const awaiting = this.#awaiting;
      this.#awaiting = undefined;
      if (awaiting) awaiting(line);
      else this.#lines.push(line);
    });
    process.stderr.on('data', (text) => {
      this.#errors += text;
    });
  }

  tell(command: string): void {
    this.#process.stdin.write(`${command}\n`);
  }

  /** The next line that it says, after a command if there is one. @throws if it ends or stays silent. */
  async answer(command?: string): Promise<string> {
    if (command !== undefined) this.tell(command);
    const said = this.#lines.shift();
    if (said !== undefined) return said;
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`replay said nothing to ${command}: ${this.#errors || 'no error either'}`));
      const timer = setTimeout(fail, answerMs);
      void this.#ended.then(() => {
        clearTimeout(timer);
        fail();
      });
      this.#awaiting = (line) => {
        clearTimeout(timer);
        resolve(line);
      };
    });
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}

function replayProgram(): string {
  return compileNative({
    output: join(packageRoot(), 'dist', 'native', 'bench-replay'),
    folder: join(packageRoot(), 'bench', 'vttif', 'lab'),
    sources: ['replay.c'],
    options: ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'],
    libraries: ['-lm'],
    packages: ['clang', 'linux-libc-dev'],
  });
}
