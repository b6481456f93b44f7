import type { Component } from './components.js';
import { sourcesOf } from './names.js';
import type { SmoothedRate } from './rates.js';
import { bytesSent, type Span, spansOf } from './spans.js';
import type { HostReadings } from './state.js';

/** So many of a component's heaviest pairs are looked at one by one, beside all together: phases may differ in who talks to whom. */
const pairsOfEach = 8;

export interface SeriesOptions {
  stepMs: number;
  historyMs: number;
}

/**
 * Bytes over time, by component: what its VMs send in all, and what its heaviest pairs do, one value a step, as far back as all of
 * its hosts go.
 */
export function seriesOf(
  parts: readonly Component<SmoothedRate>[],
  hosts: readonly HostReadings[],
  { stepMs, historyMs }: SeriesOptions,
): number[][][] {
  const heard = hosts.map((host) => ({ host, spans: spansOf(host) })).filter(({ spans }) => spans.length > 0);
  const endMs = heard.reduce((latest, { spans }) => Math.max(latest, spans.at(-1)?.toMs ?? latest), 0);
  const length = Math.floor(historyMs / stepMs);
  const grid = { beginMs: endMs - length * stepMs, stepMs, length };
  const gathered = parts.map(() => new Gathered(grid));
  const partOf = partsBySource(parts);
  const heavy = heavyPairs(parts);
  for (const { host, spans } of heard) {
    const { sources, at } = sourcesOf(host.pairs);
    const ofSource = sources.map((source) => partOf.get(source) ?? -1);
    for (const part of new Set(ofSource)) gathered[part]?.limit(spans);
    addTotals(
      gathered,
      host,
      spans,
      at.map((source) => ofSource[source] ?? -1),
    );
    host.pairs.forEach((name, place) => {
      const part = heavy.get(name);
      if (part !== undefined) gathered[part]?.addPair(name, host, spans, place);
    });
  }
  return gathered.map((each) => each.series());
}

function partsBySource(parts: readonly Component<SmoothedRate>[]): Map<string, number> {
  return new Map(
    parts.flatMap(({ network, vms }, part) => vms.map((vm): [string, number] => [`${network} ${vm}`, part])),
  );
}

function heavyPairs(parts: readonly Component<SmoothedRate>[]): Map<string, number> {
  return new Map(
    parts.flatMap(({ entries }, part) =>
      [...entries]
        .sort((a, b) => b.rateMbps - a.rateMbps)
        .slice(0, pairsOfEach)
        .map(({ name }): [string, number] => [name, part]),
    ),
  );
}

/** What each component's VMs on a host send together, span by span. `parts`: the component of each pair's source. */
function addTotals(
  gathered: readonly Gathered[],
  { readings }: HostReadings,
  spans: readonly Span[],
  parts: readonly number[],
): void {
  for (const span of spans) {
    const sums = new Map<number, number>();
    const sentAt = bytesSent(readings, span.later);
    let [part, sum] = [-1, 0];
    for (let place = 0; place < parts.length; place++) {
      const next = parts[place] ?? -1;
      if (next < 0) continue;
      // Pairs of one source stand together as a rule.
      if (next !== part) {
        sums.set(part, (sums.get(part) ?? 0) + sum);
        [part, sum] = [next, 0];
      }
      sum += sentAt(place);
    }
    sums.set(part, (sums.get(part) ?? 0) + sum);
    for (const [each, bytes] of sums) gathered[each]?.addTotal(span, bytes);
  }
}

interface Grid {
  beginMs: number;
  stepMs: number;
  length: number;
}

class Gathered {
  readonly #grid: Grid;
  readonly #total: Float64Array;
  readonly #pairs = new Map<string, Float64Array>();
  #fromMs = Number.NEGATIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#total = new Float64Array(grid.length);
  }

  /** Only the time that all hosts know of counts. */
  limit(spans: readonly Span[]): void {
    this.#fromMs = Math.max(this.#fromMs, spans[0]?.fromMs ?? 0);
    this.#toMs = Math.min(this.#toMs, spans.at(-1)?.toMs ?? 0);
  }

  addTotal(span: Span, bytes: number): void {
    spread(this.#total, this.#grid, span, bytes);
  }

  addPair(name: string, { readings }: HostReadings, spans: readonly Span[], place: number): void {
    const slots = this.#pairs.get(name) ?? new Float64Array(this.#grid.length);
    this.#pairs.set(name, slots);
    for (const span of spans) spread(slots, this.#grid, span, bytesSent(readings, span.later)(place));
  }

  series(): number[][] {
    const { beginMs, stepMs, length } = this.#grid;
    const first = Math.max(0, Math.ceil((this.#fromMs - beginMs) / stepMs));
    const last = Math.min(length, Math.floor((this.#toMs - beginMs) / stepMs));
    return [this.#total, ...this.#pairs.values()].map((slots) => [...slots.subarray(first, Math.max(first, last))]);
  }
}

/** Spreads what was sent in a span evenly over the steps that it covers. */
function spread(slots: Float64Array, { beginMs, stepMs, length }: Grid, { fromMs, toMs }: Span, bytes: number): void {
  if (bytes === 0 || toMs <= beginMs) return;
  const last = Math.min(length - 1, Math.ceil((toMs - beginMs) / stepMs) - 1);
  for (let slot = Math.max(0, Math.floor((fromMs - beginMs) / stepMs)); slot <= last; slot++) {
    const slotMs = beginMs + slot * stepMs;
    const sharedMs = Math.min(toMs, slotMs + stepMs) - Math.max(fromMs, slotMs);
    slots[slot] = (slots[slot] ?? 0) + (bytes * sharedMs) / (toMs - fromMs);
  }
}
