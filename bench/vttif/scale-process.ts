// Run by scale.ts: takes in what hosts send, a line each, and prints a Cost.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { boundHeapGrowth } from '../../cli/heap-growth.js';
import { AdmissionThreads } from '../../reconciler/adapters/admission-threads.js';
import { Knowledge } from '../../reconciler/knowledge.js';
import type { Fleet } from '../../reconciler/ports.js';
import { decode } from '../../wire/codec.js';
import { emptyJournal, standingSource } from '../loop/memory-source.js';
import { documents, hostCount, statuses } from './large-fleet.js';

export interface Cost {
  coresUsed: number;
  longestSeconds: number;
  /** In 10^6 bytes. */
  residentMb: number;
  heapMb: number;
  applications: number;
  demands: number;
}

const [warmUpSeconds = 0, measuredSeconds = 0] = process.argv.slice(2).map(Number);
const samplingMs = 1000;

/** The reconciler between two passes: all that it does with what hosts send, once a second. */
class Aggregation {
  readonly knowledge: Knowledge;
  #nowMs = 0;

  constructor() {
    const hosts = statuses();
    const fleet: Fleet = {
      hosts: () => hosts,
      trust: () => undefined,
      desire: () => ({ kind: 'unreachable', message: 'nobody is there' }),
      told: () => undefined,
      onReport: () => () => undefined,
      onObservation: () => () => undefined,
    };
    const clock = { nowMs: () => this.#nowMs, after: () => () => undefined };
    const ports = { source: standingSource(documents()), journal: emptyJournal(), fleet, clock };
    this.knowledge = new Knowledge({ ...ports, admission: new AdmissionThreads(), log: () => undefined }, 0);
  }

  take(text: string): void {
    const decoded = decode(text);
    if (decoded.kind !== 'message' || decoded.message.kind !== 'observe')
      throw new Error(`not an observation: ${text}`);
    this.#nowMs = decoded.message.observation.sequence * samplingMs + 500;
    this.knowledge.inference.ingest(decoded.message.observation, this.#nowMs);
  }

  tick(): void {
    this.#nowMs += 400;
    const snapshot = this.knowledge.snapshot();
    if (!snapshot) throw new Error(`no documents are in effect: ${this.knowledge.documents.problem?.message}`);
    this.knowledge.inference.advance(this.#nowMs, snapshot);
    this.knowledge.stateDigest(snapshot);
    this.knowledge.watchLinks(snapshot);
    this.knowledge.surroundings();
  }
}

/** Processor seconds of this process so far, with those of its garbage collection. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function main(): Promise<Cost> {
  boundHeapGrowth();
  const aggregation = new Aggregation();
  await aggregation.knowledge.refresh();
  let [messages, seconds, begun, secondBegun, longest] = [0, 0, 0, 0, 0];
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    aggregation.take(line);
    messages += 1;
    if (messages % hostCount !== 0) return;
    aggregation.tick();
    seconds += 1;
    const now = processorSeconds();
    if (seconds === warmUpSeconds) begun = now;
    if (seconds > warmUpSeconds) longest = Math.max(longest, now - secondBegun);
    secondBegun = now;
  });
  await once(lines, 'close');
  const coresUsed = (processorSeconds() - begun) / measuredSeconds;
  const residentMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
  globalThis.gc?.();
  const { demands, applications = [] } = aggregation.knowledge.inference.traffic();
  const found = { demands: demands.length, applications: applications.length };
  return {
    coresUsed,
    longestSeconds: longest,
    residentMb,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    ...found,
  };
}

console.log(JSON.stringify(await main()));
