import { randomBytes } from 'node:crypto';
import type { FleetView, InferenceEvent, PathList, PathsEvent } from '../../schema/generated/types.js';
import { demandList, pathList } from './inferred-view.js';
import type { Live } from './live.js';

export type MeasurementKind = InferenceEvent['kind'];
export const measurementKinds = ['demands', 'paths'] as const satisfies MeasurementKind[];

/** One measurement that is kept for who asks later. */
export interface Kept {
  event: InferenceEvent;
  /** Counts measurements of all kinds. */
  number: number;
  /** Counts those of its kind. */
  nth: number;
  /** Demands or paths in it. */
  rows: number;
}

/** How much of the past is kept of each kind: so many measurements, with so many demands or paths in all. The newest always is. */
const maxKept = 64;
const maxKeptRows = 100_000;
/** Time between the moment that ages are told for and the moment at which they are read. */
const clockSlackMs = 100;

/**
 * What is inferred, as a sequence of numbered measurements: a new one of a kind whenever it has changed, as often as the loop
 * looks at the fleet. One sequence serves all readers, so that each costs no more than its place in it. Nothing is done while
 * nobody follows.
 */
export class InferenceFeed {
  readonly #live: Live;
  readonly #nowMs: () => number;
  /** Tells this life's numbers from those of another. */
  readonly #life = randomBytes(4).toString('hex');
  readonly #kept: Record<MeasurementKind, Kept[]> = { demands: [], paths: [] };
  readonly #followers = new Set<(event: InferenceEvent) => void>();
  readonly #unsubscribe: () => void;
  #count = 0;

  constructor(live: Live, nowMs: () => number) {
    this.#live = live;
    this.#nowMs = nowMs;
    this.#unsubscribe = live.subscribe((event) => {
      if (event.kind === 'view' && this.#followers.size > 0) this.#look(event.view);
    });
  }

  /** Calls back for every measurement from now on; the function it returns ends that. */
  follow(listener: (event: InferenceEvent) => void): () => void {
    this.#look(this.#live.view());
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  /** The newest measurement of each kind, in their order; not those that were known when `lastId` was the newest of all. */
  newest(lastId?: string): InferenceEvent[] {
    const [life, number] = (lastId ?? '').split('-');
    const known = life === this.#life ? Number(number) : 0;
    return measurementKinds
      .flatMap((kind) => this.#kept[kind].slice(-1))
      .filter((kept) => kept.number > known)
      .sort((a, b) => a.number - b.number)
      .map(({ event }) => event);
  }

  /** Measurements of a kind that are still kept, oldest first. */
  kept(kind: MeasurementKind): readonly Kept[] {
    return this.#kept[kind];
  }

  close(): void {
    this.#unsubscribe();
    this.#followers.clear();
  }

  #look({ vms }: FleetView): void {
    const { inferred } = this.#live;
    const demands = demandList(inferred.traffic(), vms);
    const paths = pathList(inferred);
    const [before] = this.#kept.demands.slice(-1);
    if (before?.event.kind !== 'demands' || JSON.stringify(before.event.demands) !== JSON.stringify(demands)) {
      this.#add({ kind: 'demands', ...this.#stamp(), demands }, demands.demands.length);
    }
    const [earlier] = this.#kept.paths.slice(-1);
    if (earlier?.event.kind !== 'paths' || isNews(earlier.event, paths, this.#nowMs())) {
      this.#add({ kind: 'paths', ...this.#stamp(), paths }, paths.paths.length);
    }
  }

  #stamp(): { id: string; atMs: number } {
    this.#count += 1;
    return { id: `${this.#life}-${this.#count}`, atMs: this.#nowMs() };
  }

  #add(event: InferenceEvent, rows: number): void {
    const kept = this.#kept[event.kind];
    kept.push({ event, number: this.#count, nth: (kept.at(-1)?.nth ?? 0) + 1, rows });
    let all = kept.reduce((sum, each) => sum + each.rows, 0);
    while (kept.length > 1 && (kept.length > maxKept || all > maxKeptRows)) all -= kept.shift()?.rows ?? 0;
    for (const listener of this.#followers) listener(event);
  }
}

/** Whether anything was measured anew: that what is known has grown older is no news. */
function isNews(before: PathsEvent, now: PathList, nowMs: number): boolean {
  const ageless = (list: PathList) => JSON.stringify(list, (key, value) => (key === 'ageMs' ? undefined : value));
  if (ageless(before.paths) !== ageless(now)) return true;
  const youngestMs = ({ paths }: PathList) => paths.reduce((least, { ageMs }) => Math.min(least, ageMs), nowMs);
  return nowMs - youngestMs(now) > before.atMs - youngestMs(before.paths) + clockSlackMs;
}
