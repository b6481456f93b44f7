import { type PairRate, pairName } from '../../../reconciler/model/pair.js';
import { applicationsOf } from '../../../reconciler/vttif/applications.js';
import { prune } from '../../../reconciler/vttif/prune.js';
import { median } from '../../vnet/statistics.js';
import type { Cell } from './cells.js';
import { macOf } from './guest-fleet.js';
import type { SentLog } from './replay.js';

/** What was inferred of one window, beside what is true. */
export interface Seen {
  isTruth: boolean;
  /** Of each application that was seen. */
  shapes: string[];
  isRightShape: boolean;
  /** Relative errors of the true topology's entries, against the frames that the senders log. */
  errors: number[];
  /** What those frames have on top of the payload, as a share of it. */
  overhead: number;
}

/** What the senders logged when the window began and when it ended. */
export interface Span {
  first: SentLog;
  last: SentLog;
}

/** @param rates the matrix as inferred, of all pairs */
export function windowOf(
  rates: readonly PairRate[],
  truth: readonly PairRate[],
  { shape, pattern }: Cell,
  span: Span,
  pruneThreshold: number,
): Seen {
  const applications = applicationsOf(rates, pruneThreshold);
  const [only, ...others] = applications;
  const sent = sentRates(span);
  const seen = new Map(rates.map((each) => [pairName(each), each.rateMbps]));
  return {
    isTruth: samePairs(prune(rates, pruneThreshold), truth),
    shapes: applications.map((each) => each.shape),
    isRightShape: only?.shape === shape && only.vms.length === pattern.size && others.length === 0,
    errors: truth.map((pair) => {
      const framed = sent.get(`${pair.source} ${pair.destination}`)?.framedMbps ?? Number.NaN;
      return Math.abs((seen.get(pairName(pair)) ?? 0) / framed - 1);
    }),
    overhead: median(
      truth.map((pair) => {
        const { framedMbps, writtenMbps } = sent.get(`${pair.source} ${pair.destination}`) ?? nothing;
        return framedMbps / writtenMbps - 1;
      }),
    ),
  };
}

const nothing = { framedMbps: Number.NaN, writtenMbps: Number.NaN };

/** By addresses of sender and receiver. */
function sentRates({ first, last }: Span): Map<string, typeof nothing> {
  const rates = new Map<string, typeof nothing>();
  const size = last.written.length;
  const durationMs = last.atMs - first.atMs;
  for (let from = 0; from < size; from++) {
    const mbps = (what: 'framed' | 'written', to: number): number =>
      (((last[what][from]?.[to] ?? 0) - (first[what][from]?.[to] ?? 0)) * 8) / 1000 / durationMs;
    for (let to = 0; to < size; to++)
      rates.set(`${macOf(from)} ${macOf(to)}`, { framedMbps: mbps('framed', to), writtenMbps: mbps('written', to) });
  }
  return rates;
}

export function samePairs(some: readonly PairRate[], others: readonly PairRate[]): boolean {
  const names = new Set(some.map(pairName));
  return names.size === others.length && others.every((each) => names.has(pairName(each)));
}
