import type { LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';
import { readState } from '../linux/state-file.js';
import type { Carriage } from './carrier.js';
import type { KernelCore } from './kernel-core.js';

export interface LinkState {
  link: LinkEnd;
  carriage: Carriage;
  /** When it was first provided, on the machine's monotonic clock. */
  providedMs: number;
  /** From then until the peer confirmed it; 0 before that. */
  setUpMs: number;
}

/** What the agent was last told, kept beside the pinned maps so that an agent that starts again takes up the same names. */
export interface VnetState {
  /** The life of the counters that `numbers` belong to. */
  epoch: string;
  networks: NetworkAttachment[];
  links: LinkState[];
  /** Number of the link to each peer there has been in this epoch: what is counted of a peer stays apart. */
  numbers: Record<string, number>;
  keepAliveMs: number;
  /** Largest times measured, in milliseconds. */
  bound: { switchMs: number; links: Partial<Record<LinkEnd['type'], number>> };
}

const empty: Omit<VnetState, 'epoch'> = {
  networks: [],
  links: [],
  numbers: {},
  keepAliveMs: 1000,
  bound: { switchMs: 0, links: {} },
};

/**
 * The state in the file at `path`, if any. If it is not that of the core's counters, as after a restart of the machine, those begin
 * again.
 */
export function readVnetState(path: string, core: KernelCore): VnetState {
  const found = readState<VnetState>(path) ?? { ...structuredClone(empty), epoch: '' };
  if (found.epoch === core.epoch) return found;
  core.beginEpoch();
  const links = found.links.map((each) => (each.setUpMs > 0 ? each : { ...each, providedMs: monotonicMs() }));
  const numbers = Object.fromEntries(links.map(({ link }, index) => [link.peer, index + 1]));
  return { ...found, epoch: core.epoch, links, numbers };
}

/** Whether frames travel over both ends alike: a link whose packets are stamped from now on stays up. */
export function isSameWay(a: LinkEnd, b: LinkEnd): boolean {
  const [{ stamped: _a, ...one }, { stamped: _b, ...other }] = [a, b];
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Milliseconds on the clock that BPF programs read too. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
