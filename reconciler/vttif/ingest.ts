import type { HostObservation, MatrixEntry } from '../../schema/generated/types.js';
import { type Advance, bytesToMbps, readCounters } from '../model/counters.js';
import { pairName } from '../model/pair.js';
import type { HostSamples, Sample, VttifState } from './state.js';

/**
 * Takes in one host's local matrix. Rates come from the differences on the agent's own clock. Late and duplicate observations
 * change nothing; the first reading of an epoch only gives later ones something to compare with.
 */
export function ingest(state: VttifState, observation: HostObservation, receivedAtMs: number): VttifState {
  const { host, epoch, sequence, atMs } = observation;
  const known = state.hosts.find((each) => each.host === host);
  const read = readCounters(known?.reading, { epoch, sequence, atMs, totals: totalsOf(observation.matrix) });
  if (!read) return state;
  const { reading, advance } = read;
  const clockOffsetMs = clockOffset(known, receivedAtMs - atMs, advance);
  const samples = known?.samples ?? [];
  const sample = advance && sampleOf(advance, atMs + clockOffsetMs);
  const entry = { host, reading, clockOffsetMs, samples: sample ? [...samples, sample] : samples };
  const others = state.hosts.filter((each) => each.host !== host);
  return {
    ...state,
    hosts: [...others, entry].sort((a, b) => (a.host < b.host ? -1 : 1)),
    windowStartMs: state.windowStartMs ?? sample?.fromMs ?? null,
  };
}

function totalsOf(matrix: readonly MatrixEntry[]): Record<string, number> {
  return Object.fromEntries(
    matrix.filter(({ destination }) => !isGroup(destination)).map((entry) => [pairName(entry), entry.bytes]),
  );
}

/** Broadcast and multicast have no single receiver, so they are no demand between two VMs. */
function isGroup(address: string): boolean {
  return (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
}

/** How much faster one of two clocks may run. */
const clockDrift = 0.001;

/**
 * The smallest delay seen is closest to the difference of the clocks: later ones include the wait of messages that were held up.
 * It may rise slowly, so that drifting clocks are followed.
 */
function clockOffset(known: HostSamples | undefined, delayMs: number, advance: Advance | null): number {
  if (!known || !advance) return delayMs;
  return Math.min(delayMs, known.clockOffsetMs + clockDrift * advance.durationMs);
}

function sampleOf({ durationMs, amounts }: Advance, toMs: number): Sample {
  const sent = Object.entries(amounts).filter(([, bytes]) => bytes > 0);
  const rates = Object.fromEntries(sent.map(([name, bytes]) => [name, bytesToMbps(bytes, durationMs)]));
  return { fromMs: toMs - durationMs, toMs, rates };
}
