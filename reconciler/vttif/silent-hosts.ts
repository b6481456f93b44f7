import type { TrafficEntry } from '../../schema/generated/types.js';
import { type Pair, pairName } from '../model/pair.js';
import { pairAt, placesWhere, type Rates, withEntries } from './rates.js';
import type { HostReadings } from './state.js';

/** A host that was not heard for this share of a window is silent: messages may be late, or lost. */
const silentShare = 0.5;

/** Hosts that were heard once, and are not any more. */
export function silentHosts(hosts: readonly HostReadings[], nowMs: number, windowMs: number): ReadonlySet<string> {
  const silent = hosts.filter(({ readings, clockOffsetMs }) => {
    const newest = readings.at(-1);
    return newest !== undefined && nowMs - (newest.atMs + clockOffsetMs) > silentShare * windowMs;
  });
  return new Set(silent.map(({ host }) => host));
}

export interface SilenceOptions {
  /** Whether the host that a VM runs on is silent. */
  isSilent: (network: string, address: string) => boolean;
  /** The application topology as it was declared last. */
  declared: readonly TrafficEntry[];
  pruneThreshold: number;
  detectionThreshold: number;
}

/**
 * The matrix with what VMs on silent hosts are presumed to send. What others send them is known. As long as that is as it was, they go
 * on as well, and send what was declared. Where it is not, they talk to others than before: then they send as much as they are sent.
 * To hold their last rates instead would make a topology of two that never were together.
 */
export function presumeSilent(rates: Rates, options: SilenceOptions): Rates {
  const { isSilent, declared } = options;
  const heard = placesWhere(rates, ({ network, source }) => !isSilent(network, source));
  const toSilent = new Map<string, number>();
  const presumed = new Map<string, number>();
  const presume = (pair: Pair, rateMbps: number) => {
    if (rateMbps > 0) presumed.set(pairName(pair), rateMbps);
  };
  for (const place of heard) {
    const { name, network, source, destination } = pairAt(rates, place);
    if (!isSilent(network, destination)) continue;
    const rateMbps = rates.rateMbps[place] ?? 0;
    toSilent.set(name, rateMbps);
    presume({ network, source: destination, destination: source }, rateMbps);
  }
  const isAsItWas = unchanged(toSilent, options);
  for (const entry of declared) {
    const { network, source, destination, rateMbps, origin } = entry;
    if (!isSilent(network, source)) continue;
    const back = pairName({ network, source: destination, destination: source });
    const isUnheard = isSilent(network, destination);
    // What is only a guess must not be raised once more.
    if (isUnheard || (isAsItWas(back) && origin !== 'at-least')) presume(entry, rateMbps);
  }
  return withEntries(rates, heard, presumed);
}

/** Whether what a pair sends a silent VM, as `now` tells by name, is as it was declared. */
function unchanged(
  now: ReadonlyMap<string, number>,
  { isSilent, declared, pruneThreshold, detectionThreshold }: SilenceOptions,
): (name: string) => boolean {
  const toSilent = declared.filter(({ network, destination }) => isSilent(network, destination));
  const known = new Map(toSilent.map((entry) => [pairName(entry), entry.rateMbps]));
  const floorMbps = pruneThreshold * declared.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  return (name) => {
    const [is, was] = [now.get(name) ?? 0, known.get(name) ?? 0];
    return Math.abs(is - was) <= Math.max(floorMbps, detectionThreshold * Math.max(is, was));
  };
}
