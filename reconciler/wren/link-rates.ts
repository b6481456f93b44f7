import type { HostObservation } from '../../schema/generated/types.js';
import { bytesToMbps, type Reading, readCounters } from '../model/counters.js';

/** What overlay links carry, from the counters at their ends. A plain value. */
export interface LinkRates {
  /** By host. */
  receivers: Receiver[];
}

interface Receiver {
  host: string;
  reading: Reading;
  /** When rates were learnt, on the reconciler's clock. */
  atMs: number;
  /** By sending host; empty until there are two readings to compare. */
  delivered: { from: string; rateMbps: number }[];
  /** By the host sent to. */
  sent: { to: string; rateMbps: number }[];
}

/** A lower bound of what the path from one host to another gives. */
export interface DeliveredRate {
  from: string;
  to: string;
  rateMbps: number;
}

export function noLinkRates(): LinkRates {
  return { receivers: [] };
}

/** Takes in what a host has received since its reading before. Late and duplicate observations change nothing. */
export function ingestLinks(rates: LinkRates, observation: HostObservation, receivedAtMs: number): LinkRates {
  const { host, epoch, sequence, atMs, links } = observation;
  const found = rates.receivers.findIndex((each) => each.host >= host);
  const place = found < 0 ? rates.receivers.length : found;
  const isKnown = rates.receivers[place]?.host === host;
  const previous = isKnown ? rates.receivers[place]?.reading : undefined;
  const totals = Object.fromEntries(
    links.flatMap((link) => [
      [senderKey(link.peer), link.receivedBytes],
      [receiverKey(link.peer), link.sentBytes],
    ]),
  );
  const read = readCounters(previous, { epoch, sequence, atMs, totals });
  if (!read) return rates;
  const { reading, advance } = read;
  const rateOf = (key: string) => {
    const bytes = advance?.amounts[key];
    return advance && bytes !== undefined ? [bytesToMbps(bytes, advance.durationMs)] : [];
  };
  const delivered = links.flatMap(({ peer }) => rateOf(senderKey(peer)).map((rateMbps) => ({ from: peer, rateMbps })));
  const sent = links.flatMap(({ peer }) => rateOf(receiverKey(peer)).map((rateMbps) => ({ to: peer, rateMbps })));
  const receiver = { host, reading, atMs: receivedAtMs, delivered, sent };
  return { receivers: rates.receivers.toSpliced(place, isKnown ? 1 : 0, receiver) };
}

/** Newest rate of each directed host pair that is at most `maxAgeMs` old, by sender, then receiver. */
export function deliveredRates(rates: LinkRates, nowMs: number, maxAgeMs: number): DeliveredRate[] {
  const order = ({ from, to }: DeliveredRate) => `${from} ${to}`;
  return rates.receivers
    .filter(({ atMs }) => nowMs - atMs <= maxAgeMs)
    .flatMap(({ host, delivered }) => delivered.map(({ from, rateMbps }) => ({ from, to: host, rateMbps })))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** What links carry as their senders say, by sender. */
export function sentRates(rates: LinkRates, nowMs: number, maxAgeMs: number): DeliveredRate[] {
  return rates.receivers
    .filter(({ atMs }) => nowMs - atMs <= maxAgeMs)
    .flatMap(({ host, sent }) => sent.map(({ to, rateMbps }) => ({ from: host, to, rateMbps })));
}

/** A host may be called `constructor`; no property of an object is called this. */
const senderKey = (host: string): string => `from ${host}`;
const receiverKey = (host: string): string => `to ${host}`;
