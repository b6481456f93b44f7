import type { VttifParameters } from '../../../reconciler/model/snapshot.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { listed, type SmoothedRate } from '../../../reconciler/vttif/rates.js';
import { type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { type StepOptions, step } from '../../../reconciler/vttif/step.js';
import type { HostObservation } from '../../../schema/generated/types.js';

/** Rates in Mb/s by `source destination`. */
export type Rates = Record<string, number>;

export const parameters: VttifParameters = {
  samplingIntervalMs: 1000,
  smoothingIntervalMs: 10_000,
  pruneThreshold: 0.1,
  detectionThreshold: 0.2,
  settleMs: 10_000,
};

export const macOf = (vm: string | number): string => `02:00:00:00:00:${Number(vm).toString(16).padStart(2, '0')}`;
export const nameOf = (pair: string): string => `net ${pair.split(' ').map(macOf).join(' ')}`;

/** Nothing is held back. */
export const free: StepOptions['saturated'] = () => new Uint8Array();

/** Held back are the pairs of these names. */
export function heldBack(
  namesOf: (rates: readonly SmoothedRate[], share?: number) => ReadonlySet<string>,
): StepOptions['saturated'] {
  return (rates, share) => {
    const held = namesOf(listed(rates), share);
    return Uint8Array.from(rates.names, (name) => (held.has(name) ? 1 : 0));
  };
}

/** A reading of the counters of one host; `bytes` by `source destination`, VMs as numbers. */
export function observation(
  sequence: number,
  atMs: number,
  bytes: Record<string, number>,
  { host = 'host-1', epoch = 'one' } = {},
): HostObservation {
  const matrix = Object.entries(bytes).map(([pair, total]) => {
    const [source = '', destination = ''] = pair.split(' ').map(macOf);
    return { network: 'net', source, destination, bytes: total, packets: 0 };
  });
  return { host, epoch, sequence, atMs, matrix, links: [], guests: [], drops: [] };
}

/** One host whose guests send at given rates, watched second by second. */
export class Watched {
  state: VttifState = vttifStart(parameters.smoothingIntervalMs);
  nowMs = 0;
  /** When changes were declared. */
  readonly declaredAt: number[] = [];
  readonly #bytes: Record<string, number> = {};
  readonly #options: Partial<VttifParameters>;

  constructor(options: Partial<VttifParameters> = {}) {
    this.#options = options;
  }

  run(seconds: number, rates: Rates, saturated: StepOptions['saturated'] = free): this {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1000;
      for (const [pair, rate] of Object.entries(rates)) this.#bytes[pair] = (this.#bytes[pair] ?? 0) + rate * 125_000;
      this.state = ingest(this.state, observation(this.nowMs, this.nowMs, this.#bytes), this.nowMs);
      const stepped = step(this.state, {
        nowMs: this.nowMs,
        parameters: { ...parameters, ...this.#options },
        boundMs: 0,
        saturated,
      });
      this.state = stepped.state;
      if (stepped.declared) this.declaredAt.push(this.nowMs);
    }
    return this;
  }

  /** The declared application topology: rates and where they come from, by `source destination`. */
  declared(): Record<string, [number, string]> {
    const entries = this.state.declared?.demands ?? [];
    const vm = (mac: string) => Number.parseInt(mac.slice(-2), 16);
    return Object.fromEntries(
      entries.map((entry) => [`${vm(entry.source)} ${vm(entry.destination)}`, [entry.rateMbps, entry.origin]]),
    );
  }
}
