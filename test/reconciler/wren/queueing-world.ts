import type { HostObservation, PathEstimate } from '../../../schema/generated/types.js';
import { type Draw, drawFrom } from '../../generators/draw.js';

/** A link of the underlay, one direction: a first-in first-out queue. */
export interface QueueLink {
  name: string;
  capacityMbps: number;
  /** What it holds before it drops. */
  bufferMs: number;
  /** Cross traffic: mean share of the capacity while it is on, and for how long it is on and off. */
  cross: { share: number; onMs: number; offMs: number };
}

/** A directed path in use. */
export interface QueuePath {
  from: string;
  to: string;
  /** Places in `links`, in a frame's order. */
  links: number[];
  latencyMs: number;
  /** Mean size of a message, and mean time from the end of one to the begin of the next. */
  messageKb: number;
  idleMs: number;
}

export interface QueueWorldSpec {
  /** In the order in which frames pass them. */
  links: QueueLink[];
  paths: QueuePath[];
  /** Above 0: all paths begin their messages at multiples of it, as a bulk-synchronous program does. */
  periodMs: number;
  /** Whether all messages of a path have the same size. */
  hasEqualMessages?: boolean;
}

interface LinkState {
  queuedMb: number;
  /** What of it each path has there; the rest is cross traffic. */
  queuedOf: Float64Array;
  /** Places of the paths that pass it, and of the link where each goes on; null at its end. */
  passing: { p: number; next: number | null }[];
  /** What each path brings in this millisecond, in Mb. */
  incoming: Float64Array;
  crossUntilMs: number;
  isCrossOn: boolean;
  crossMbps: number;
}

interface PathState {
  leftMb: number;
  startsMs: number;
  rateMbps: number;
  isSlowStart: boolean;
  calmUntilMs: number;
  leastMs: number;
  binSum: number;
  binCount: number;
  bins: (number | null)[];
  arrivedMb: number;
  receivedBytes: number;
  /** When packets of it last arrived, and how long they waited in each of its links. */
  arrivedAtMs: number;
  delaysMs: number[];
  /** By link: what all others got through it while its packets passed, and for how long that was. */
  beside: { othersMb: number; durationMs: number }[];
  /** By other path: waiting while both had packets arriving, in all queues and in those that both pass. */
  together: { allMs: number; commonMs: number }[];
}

const binMs = 100;
const segmentMb = 0.012;

/**
 * A fluid simulation of TCP-like messages over queues, millisecond by millisecond, which knows in which queue every packet waited.
 * Hosts tell what receivers would: mean queueing delay in bins, on clocks of their own.
 */
export class QueueWorld {
  readonly spec: QueueWorldSpec;
  nowMs = 0;
  readonly #draw: Draw;
  readonly #links: LinkState[];
  readonly #paths: PathState[];
  readonly #clocks: Map<string, { offsetMs: number; sequence: number }>;

  constructor(spec: QueueWorldSpec, seed: number) {
    this.spec = spec;
    this.#draw = drawFrom(seed);
    this.#links = spec.links.map((_, l) => ({
      queuedMb: 0,
      passing: spec.paths.flatMap(({ links }, p) =>
        links.includes(l) ? [{ p, next: links[links.indexOf(l) + 1] ?? null }] : [],
      ),
      queuedOf: new Float64Array(spec.paths.length),
      incoming: new Float64Array(spec.paths.length),
      crossUntilMs: 0,
      isCrossOn: false,
      crossMbps: 0,
    }));
    this.#paths = spec.paths.map((path) => ({
      leftMb: 0,
      startsMs: this.#exponential(path.idleMs),
      rateMbps: 0,
      isSlowStart: true,
      calmUntilMs: 0,
      leastMs: Number.POSITIVE_INFINITY,
      binSum: 0,
      binCount: 0,
      bins: [],
      arrivedMb: 0,
      receivedBytes: 0,
      arrivedAtMs: -1,
      delaysMs: [],
      beside: spec.links.map(() => ({ othersMb: 0, durationMs: 0 })),
      together: spec.paths.map(() => ({ allMs: 0, commonMs: 0 })),
    }));
    const hosts = [...new Set(spec.paths.flatMap(({ from, to }) => [from, to]))].sort();
    this.#clocks = new Map(hosts.map((host) => [host, { offsetMs: this.#draw(1e7), sequence: 0 }]));
  }

  /** Lets a second go by; what every host tells of it, with the time at which its message arrives. */
  second(): { observation: HostObservation; receivedAtMs: number }[] {
    for (let ms = 0; ms < 1000; ms++) this.#millisecond();
    return [...this.#clocks.keys()].map((host) => this.#observation(host));
  }

  /**
   * Which share of the waiting of two paths' packets, while both had packets arriving, was in queues that they have in common; the
   * smaller of both. Null when they hardly ever had, or one of them hardly waited.
   */
  sharing(p: number, q: number): number | null {
    const [mine, theirs] = [this.#waiting(p, q), this.#waiting(q, p)];
    const least = 1e-3 * this.nowMs;
    if (mine.allMs < least || theirs.allMs < least) return null;
    return Math.min(mine.commonMs / mine.allMs, theirs.commonMs / theirs.allMs);
  }

  #millisecond(): void {
    this.nowMs += 1;
    const { links, paths } = this.spec;
    const isLost = paths.map(() => false);
    paths.forEach((path, p) => {
      const state = this.#links[path.links[0] ?? 0];
      if (state) state.incoming[p] = this.#send(p);
    });
    links.forEach((link, l) => {
      this.#serve(l, link, isLost);
    });
    paths.forEach((path, p) => {
      this.#arrive(path, p, isLost[p] ?? false);
    });
    this.#judge();
    if (this.nowMs % binMs === 0) for (const path of this.#paths) closeBin(path);
  }

  /** Notes who waits with whom. */
  #judge(): void {
    const arriving = this.#paths.flatMap(({ arrivedAtMs }, p) => (arrivedAtMs === this.nowMs ? [p] : []));
    for (const p of arriving) {
      const [path, state] = [this.spec.paths[p], this.#paths[p]];
      for (const q of arriving) {
        const together = state?.together[q];
        if (!together || q === p) continue;
        path?.links.forEach((l, hop) => {
          const ms = state?.delaysMs[hop] ?? 0;
          together.allMs += ms;
          if (this.spec.paths[q]?.links.includes(l)) together.commonMs += ms;
        });
      }
    }
  }

  #waiting(p: number, q: number): { allMs: number; commonMs: number } {
    return this.#paths[p]?.together[q] ?? { allMs: 0, commonMs: 0 };
  }

  #cross(l: number): number {
    const [link, state] = [this.spec.links[l], this.#links[l]];
    if (!link || !state || link.cross.share === 0) return 0;
    if (this.nowMs >= state.crossUntilMs) {
      state.isCrossOn = !state.isCrossOn;
      const meanMs = state.isCrossOn ? link.cross.onMs : link.cross.offMs;
      state.crossUntilMs = this.nowMs + this.#exponential(meanMs);
      state.crossMbps = state.isCrossOn ? link.capacityMbps * link.cross.share * (0.5 + this.#draw(1000) / 1000) : 0;
    }
    // Packets come one by one, not as a fluid.
    return state.crossMbps * (0.4 + (1.2 * this.#draw(1000)) / 1000);
  }

  /** What a path sends in this millisecond, in Mb. */
  #send(p: number): number {
    const [path, state] = [this.spec.paths[p], this.#paths[p]];
    if (!path || !state || this.nowMs < state.startsMs) return 0;
    if (state.leftMb <= 0) {
      const kb = this.spec.hasEqualMessages ? path.messageKb : this.#exponential(path.messageKb);
      state.leftMb = Math.max(segmentMb, (kb * 8) / 1000);
      state.rateMbps = (10 * segmentMb * 1000) / this.#roundTripMs(path);
      state.isSlowStart = true;
    }
    const sentMb = Math.min(state.rateMbps / 1000, 2, state.leftMb);
    state.leftMb -= sentMb;
    if (state.leftMb <= 1e-9) {
      state.leftMb = 0;
      state.startsMs = this.#nextStartMs(path);
    }
    return sentMb;
  }

  #roundTripMs({ links, latencyMs }: QueuePath): number {
    return 2 * latencyMs + links.reduce((sum, l) => sum + this.#delayMs(l), 0);
  }

  #delayMs(l: number): number {
    return ((this.#links[l]?.queuedMb ?? 0) / (this.spec.links[l]?.capacityMbps ?? 1)) * 1000;
  }

  /** First in, first out: what leaves has the mixture of what is queued. What does not fit is lost, by whoever brings it. */
  #serve(l: number, { capacityMbps, bufferMs }: QueueLink, isLost: boolean[]): void {
    const state = this.#links[l];
    if (!state) return;
    const { incoming, queuedOf, passing } = state;
    let broughtMb = this.#cross(l) / 1000;
    for (const { p } of passing) broughtMb += incoming[p] ?? 0;
    if (broughtMb === 0 && state.queuedMb < 1e-9) return;
    const roomMb = (capacityMbps * (bufferMs + 1)) / 1000 - state.queuedMb;
    const taken = broughtMb > roomMb ? roomMb / broughtMb : 1;
    const queuedMb = state.queuedMb + broughtMb * taken;
    const leaving = Math.min(1, capacityMbps / 1000 / Math.max(queuedMb, 1e-12));
    for (const { p, next } of passing) {
      const brought = incoming[p] ?? 0;
      const there = (queuedOf[p] ?? 0) + brought * taken;
      if (there === 0) continue;
      this.#besideOf(p, l, queuedMb * leaving - there * leaving);
      if (taken < 1 && brought > 0) isLost[p] = true;
      incoming[p] = 0;
      queuedOf[p] = there * (1 - leaving);
      const onward = this.#links[next ?? -1];
      const path = this.#paths[p];
      if (onward) onward.incoming[p] = (onward.incoming[p] ?? 0) + there * leaving;
      else if (path) path.arrivedMb += there * leaving;
    }
    state.queuedMb = queuedMb * (1 - leaving);
  }

  /** The busy-period estimator sees cross traffic while the path's own packets pass. */
  #besideOf(p: number, l: number, othersMb: number): void {
    const beside = this.#paths[p]?.beside[l];
    if (!beside) return;
    beside.othersMb += othersMb;
    beside.durationMs += 1;
  }

  #arrive(path: QueuePath, p: number, isLost: boolean): void {
    const state = this.#paths[p];
    if (!state) return;
    if (state.arrivedMb > 1e-6) {
      state.receivedBytes += state.arrivedMb * 125_000;
      state.arrivedMb = 0;
      this.#measure(path, state);
    }
    if (state.rateMbps > 0) this.#adapt(path, state, isLost);
  }

  #measure(path: QueuePath, state: PathState): void {
    state.arrivedAtMs = this.nowMs;
    state.delaysMs = path.links.map((l) => this.#delayMs(l));
    const delay = state.delaysMs.reduce((sum, ms) => sum + ms, 0);
    const jitter = this.#draw(60) / 1000 + (this.#draw(100) === 0 ? this.#draw(2000) / 1000 : 0);
    state.leastMs = Math.min(state.leastMs, delay + jitter);
    state.binSum += delay + jitter - state.leastMs;
    state.binCount += 1;
  }

  #adapt(path: QueuePath, state: PathState, isLost: boolean): void {
    const roundTrip = this.#roundTripMs(path);
    if (isLost && this.nowMs >= state.calmUntilMs) {
      state.rateMbps *= 0.6;
      state.isSlowStart = false;
      state.calmUntilMs = this.nowMs + 2 * roundTrip;
    } else if (!isLost) {
      state.rateMbps += state.isSlowStart
        ? (state.rateMbps * Math.LN2) / roundTrip
        : (segmentMb * 1000) / roundTrip ** 2;
    }
  }

  #nextStartMs({ idleMs }: QueuePath): number {
    const { periodMs } = this.spec;
    if (periodMs === 0) return this.nowMs + this.#exponential(idleMs);
    return Math.ceil((this.nowMs + 1) / periodMs) * periodMs + this.#draw(20);
  }

  #exponential(mean: number): number {
    return -mean * Math.log((1 + this.#draw(1e6)) / 1e6);
  }

  #observation(host: string): { observation: HostObservation; receivedAtMs: number } {
    const clock = this.#clocks.get(host) ?? { offsetMs: 0, sequence: 0 };
    clock.sequence += 1;
    const atMs = this.nowMs + clock.offsetMs;
    const incoming = this.spec.paths.flatMap((path, p) => (path.to === host ? [{ path, p }] : []));
    const paths = incoming.flatMap(({ path, p }) => this.#estimate(path, p, atMs));
    const links = incoming.map(({ path, p }) => ({
      peer: path.from,
      sentBytes: 0,
      receivedBytes: Math.round(this.#paths[p]?.receivedBytes ?? 0),
    }));
    const observation = {
      host,
      epoch: 'one',
      sequence: clock.sequence,
      atMs,
      matrix: [],
      links,
      guests: [],
      drops: [],
      paths,
    };
    return { observation, receivedAtMs: this.nowMs + 1 + this.#draw(30) };
  }

  #estimate({ from, links }: QueuePath, p: number, atMs: number): PathEstimate[] {
    const state = this.#paths[p];
    if (!state) return [];
    const delaysMs = state.bins.splice(0);
    if (delaysMs.every((each) => each === null)) return [];
    // Bins are cut on the host's clock, whose edges are not those of ours.
    const fromMs = Math.floor((atMs - delaysMs.length * binMs) / binMs) * binMs;
    const capacityMbps = Math.min(...links.map((l) => this.spec.links[l]?.capacityMbps ?? 0));
    const queueing = { fromMs, binMs, delaysMs };
    const available = this.#available(links, state);
    return [
      {
        peer: from,
        direction: 'from-peer',
        method: 'two-sided',
        atMs,
        available,
        capacityMbps,
        packets: 1000,
        queueing,
      },
    ];
  }

  /** What others leave of the tightest link: a tenth wide, and off by chance. */
  #available(links: readonly number[], { beside }: PathState): PathEstimate['available'] {
    const left = links.map((l) => {
      const { othersMb, durationMs } = beside[l] ?? { othersMb: 0, durationMs: 0 };
      return (this.spec.links[l]?.capacityMbps ?? 0) - (1000 * othersMb) / Math.max(1, durationMs);
    });
    const trueMbps = Math.max(0.1, Math.min(...left));
    const mbps = trueMbps * (0.97 + (0.06 * this.#draw(1000)) / 1000);
    return { mbps, lowMbps: 0.95 * mbps, highMbps: 1.05 * mbps };
  }
}

function closeBin(state: PathState): void {
  state.bins.push(state.binCount === 0 ? null : state.binSum / state.binCount);
  state.binSum = 0;
  state.binCount = 0;
}
