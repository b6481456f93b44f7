import type { TrafficEntry } from '../../schema/generated/types.js';
import { type Pair, pairName } from '../model/pair.js';
import type { SmoothedRate } from './smooth.js';
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
export function presumeSilent(
  rates: readonly SmoothedRate[],
  { isSilent, declared, pruneThreshold, detectionThreshold }: SilenceOptions,
): SmoothedRate[] {
  const heard = rates.filter(({ network, source }) => !isSilent(network, source));
  const known = new Map(declared.map((entry) => [pairName(entry), entry]));
  const now = new Map(heard.map((rate) => [rate.name, rate.rateMbps]));
  const floorMbps = pruneThreshold * declared.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  const isAsItWas = (pair: Pair) => {
    const name = pairName(pair);
    const [is, was] = [now.get(name) ?? 0, known.get(name)?.rateMbps ?? 0];
    return Math.abs(is - was) <= Math.max(floorMbps, detectionThreshold * Math.max(is, was));
  };
  const presumed = new Map<string, SmoothedRate>();
  const presume = (pair: Pair, rateMbps: number) => {
    const { network, source, destination } = pair;
    const name = pairName(pair);
    if (rateMbps > 0) presumed.set(name, { name, network, source, destination, rateMbps, variance: null });
  };
  for (const { network, source, destination, rateMbps } of heard) {
    if (isSilent(network, destination)) presume({ network, source: destination, destination: source }, rateMbps);
  }
  for (const entry of declared) {
    const { network, source, destination, rateMbps, origin } = entry;
    if (!isSilent(network, source)) continue;
    const back = { network, source: destination, destination: source };
    const isUnheard = isSilent(network, destination);
    // What is only a guess must not be raised once more.
    if (isUnheard || (isAsItWas(back) && origin !== 'at-least')) presume(entry, rateMbps);
  }
  return [...heard, ...presumed.values()];
}
