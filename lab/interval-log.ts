import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabProcess } from './process.js';

export interface Interval {
  seconds: number;
  rateMbps: number;
}

/** One line of iperf3 for one connection: `[  5]   0.50-1.00   sec   595 KBytes  9748 Kbits/sec …`. */
const intervalLine = /^\[\s*\d+\]\s+([\d.]+)-([\d.]+)\s+sec\s+.*?([\d.]+) Kbits\/sec/;
/** Sums over the whole run, at the end. */
const summaryLine = /\b(sender|receiver)\s*$/;

/** What an iperf3 program prints, as it prints it. */
export class IntervalLog {
  readonly intervals: Interval[] = [];
  readonly errors: string[] = [];
  #text = '';

  constructor(program: LabProcess) {
    for (const stream of [program.output, program.errors]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#read(line));
    }
  }

  /** Whether the program prints `text` within `timeoutMs`. */
  async sees(text: string, timeoutMs: number): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 20) {
      if (this.#text.includes(text)) return true;
      await sleep(20);
    }
    return false;
  }

  #read(line: string): void {
    const found = intervalLine.exec(line);
    if (found && !summaryLine.test(line)) {
      const [from = 0, to = 0, rateKbps = 0] = found.slice(1).map(Number);
      this.intervals.push({ seconds: to - from, rateMbps: rateKbps / 1000 });
    } else if (line.startsWith('iperf3: error') || line.startsWith('iperf3: interrupt')) this.errors.push(line);
    else if (this.#text.length < 4096) this.#text += `${line}\n`;
  }
}
