import type { AvailableBandwidth, ClockReading, PathEstimate, QueueingSeries } from '../../schema/generated/types.js';
import type { Wren } from '../substrate.js';
import { studentQuantile } from '../wren/weighted-mean.js';
import { emulatedClocks } from './emulated-clocks.js';
import type { EmulatedHost, EmulatedLink } from './emulated-host.js';
import type { Emulation } from './emulation.js';
import { normalAt, uniformAt } from './hash-random.js';
import { PathWatch } from './path-watch.js';
import { binMs, queueingMs } from './queueing.js';

/** How well hosts get to know paths. */
export interface WrenNoise {
  seed: number;
  /** Standard deviation of an estimate from much traffic, relative. */
  deviation: number;
  /** Probability that a look learns nothing of a path. */
  missed: number;
}

const windowMs = 5000;
/** What an estimate needs within the window. */
const fewestPackets = 240;
/** So many packets are much traffic: of fewer the deviation is larger. */
const manyPackets = 2000;
/** An estimate that is less certain than this is none. */
const largestDeviation = 0.2;
/** Busy time until the capacity of a path is known, without which there is no estimate. */
const capacityMs = 1500;
const capacityDeviation = 0.003;
const jitterMs = 0.02;

/** One directed path that a host watches. */
interface Watched {
  watch: PathWatch;
  /** The newest estimate, until there is another. */
  estimate: { mbps: number; halfMbps: number; packets: number; busyShare: number; atMs: number } | null;
  /** First bin of queueing delay that was not told. */
  bin: number;
  /** What each resource of the path had carried when it was last looked at. */
  carried: Map<number, number>;
  lookedMs: number;
}

/** What a host learns of paths from packets of links: the truth, disturbed, as far as traffic shows it. */
export class EmulatedWren implements Wren {
  readonly #emulation: Emulation;
  readonly #host: EmulatedHost;
  readonly #noise: WrenNoise;
  readonly #watched = new Map<string, Watched>();

  constructor(emulation: Emulation, host: EmulatedHost, noise: WrenNoise) {
    this.#emulation = emulation;
    this.#host = host;
    this.#noise = noise;
  }

  async paths(): Promise<PathEstimate[]> {
    const nowMs = this.#emulation.now();
    const peers = [...this.#host.links].sort(([a], [b]) => (a < b ? -1 : 1));
    return peers.flatMap(([name, link]) => {
      const peer = this.#emulation.overlay.find(name);
      return (peer && this.#look(peer, link, nowMs)) ?? [];
    });
  }

  async clocks(): Promise<ClockReading> {
    return emulatedClocks(this.#emulation, this.#host, this.#noise.seed, this.#emulation.now());
  }

  #look(peer: EmulatedHost, link: EmulatedLink, nowMs: number): PathEstimate | undefined {
    // Without stamps the sender alone sees something: what is acknowledged.
    const isTwoSided = link.end.type === 'udp' && link.end.stamped === true;
    const [from, to] = isTwoSided ? [peer, this.#host] : [this.#host, peer];
    const resources = this.#emulation.overlay.edge(from, to)?.resources ?? [];
    const watched = this.#follow(from, to, resources, nowMs);
    const { watch } = watched;
    const key = this.#keys(from, to);
    if (watch.lastMs === null || uniformAt(...key, nowMs) < this.#noise.missed) return undefined;
    const { packets, busyShare } = watch.window();
    this.#estimate(watched, key, nowMs);
    const available = this.#available(watched, resources);
    if (!available) return undefined;
    const factor = this.#emulation.lie(this.#host.name).paths;
    const { estimate } = watched;
    const queueing = this.#queueing(watched, resources, nowMs);
    return {
      peer: peer.name,
      direction: isTwoSided ? 'from-peer' : 'to-peer',
      method: isTwoSided ? 'two-sided' : 'one-sided',
      atMs: this.#host.localMs(estimate?.atMs ?? watch.lastMs),
      available: scaled(available, factor),
      ...(watch.knownMs >= capacityMs ? { capacityMbps: rounded(factor * this.#capacityMbps(resources, key)) } : {}),
      minimumDelayMs: rounded(this.#minimumDelayMs(from, to, isTwoSided, nowMs)),
      packets: estimate?.packets ?? packets,
      busyShare: rounded(estimate?.busyShare ?? busyShare),
      ...(queueing ? { queueing } : {}),
    };
  }

  #follow(from: EmulatedHost, to: EmulatedHost, resources: readonly number[], nowMs: number): Watched {
    const name = `${from.name} ${to.name}`;
    const { paths, ledger } = this.#emulation;
    const { carried, busyMs, available } = paths.of(from, to);
    const bin = Math.floor(this.#host.localMs(nowMs) / binMs);
    const watched = this.#watched.get(name) ?? {
      watch: new PathWatch(windowMs),
      estimate: null,
      bin,
      carried: new Map(resources.map((resource) => [resource, paths.carriedBy(resource, nowMs)])),
      lookedMs: nowMs,
    };
    this.#watched.set(name, watched);
    const read = (account: typeof carried) => ledger.read(account, nowMs);
    watched.watch.take({ atMs: nowMs, carried: read(carried), busyMs: read(busyMs), available: read(available) });
    if (watched.watch.lastMs === null) Object.assign(watched, { estimate: null, bin });
    return watched;
  }

  #estimate(watched: Watched, key: readonly number[], nowMs: number): void {
    const { lastMs, knownMs } = watched.watch;
    if (lastMs !== nowMs || knownMs < capacityMs) return;
    const { packets, busyShare, available } = watched.watch.window();
    const deviation = this.#noise.deviation * Math.sqrt(Math.max(1, manyPackets / Math.max(1, packets)));
    if (packets < fewestPackets || available === null) return;
    const errorMbps = Math.hypot(deviation * available.mean, available.error);
    watched.estimate = null;
    if (errorMbps > largestDeviation * available.mean) return;
    const mbps = Math.max(0, available.mean * (1 + deviation * driftingNormal(key, nowMs)));
    const halfMbps = Math.hypot(1.96 * deviation * mbps, studentQuantile(available.freedom) * available.error);
    watched.estimate = { mbps, halfMbps, packets, busyShare, atMs: nowMs };
  }

  #available({ watch, estimate }: Watched, resources: readonly number[]): AvailableBandwidth | undefined {
    if (estimate) {
      const { mbps, halfMbps } = estimate;
      return { mbps, lowMbps: Math.max(0, mbps - halfMbps), highMbps: mbps + halfMbps };
    }
    if (watch.knownMs < capacityMs) return undefined;
    const highMbps = this.#narrowestMbps(resources);
    return { lowMbps: Math.min(watch.bestMbps, highMbps), highMbps };
  }

  #narrowestMbps(resources: readonly number[]): number {
    return Math.min(...resources.map((resource) => this.#emulation.underlay.capacitiesMbps[resource] ?? 0));
  }

  #capacityMbps(resources: readonly number[], key: readonly number[]): number {
    return this.#narrowestMbps(resources) * (1 + capacityDeviation * normalAt(...key, 3));
  }

  /** One way as the two clocks show it, or there and back. */
  #minimumDelayMs(from: EmulatedHost, to: EmulatedHost, isTwoSided: boolean, nowMs: number): number {
    const { overlay } = this.#emulation;
    const latencyMs = overlay.edge(from, to)?.latencyMs ?? 0;
    if (!isTwoSided) return latencyMs + (overlay.edge(to, from)?.latencyMs ?? 0);
    return latencyMs + to.localMs(nowMs) - from.localMs(nowMs);
  }

  /** Bins since the last look; undefined if no packet came in any. */
  #queueing(watched: Watched, resources: readonly number[], nowMs: number): QueueingSeries | undefined {
    const { paths, underlay } = this.#emulation;
    const { seed } = this.#noise;
    const tookMs = nowMs - watched.lookedMs;
    const shares = new Map<number, number>();
    for (const resource of resources) {
      const carried = paths.carriedBy(resource, nowMs);
      const meanMbps = (carried - (watched.carried.get(resource) ?? 0)) / Math.max(1, tookMs);
      shares.set(resource, Math.min(1, meanMbps / (underlay.capacitiesMbps[resource] ?? 1)));
      watched.carried.set(resource, carried);
    }
    const end = Math.floor(this.#host.localMs(nowMs) / binMs);
    const begin = Math.max(watched.bin, end - 600);
    Object.assign(watched, { bin: end, lookedMs: nowMs });
    if (end <= begin || watched.watch.lastMs !== nowMs) return undefined;
    const delaysMs = Array.from({ length: end - begin }, (_, i) => {
      const at = Math.floor(this.#host.trueMs((begin + i + 0.5) * binMs) / binMs);
      const waits = resources.map((each) =>
        queueingMs(seed, each, at, shares.get(each) ?? 0, underlay.capacitiesMbps[each] ?? 1),
      );
      return rounded(waits.reduce((sum, wait) => sum + wait, jitterMs * uniformAt(seed, this.#host.index, at)));
    });
    return { fromMs: begin * binMs, binMs, delaysMs };
  }

  #keys(from: EmulatedHost, to: EmulatedHost): readonly number[] {
    return [this.#noise.seed, from.index, to.index];
  }
}

/** Standard normal at each time, and much the same within one window: estimates of overlapping windows err alike. */
function driftingNormal(key: readonly number[], atMs: number): number {
  const window = Math.floor(atMs / windowMs);
  const part = atMs / windowMs - window;
  const mixed = (1 - part) * normalAt(...key, window) + part * normalAt(...key, window + 1);
  return mixed / Math.hypot(1 - part, part);
}

function scaled({ mbps, lowMbps, highMbps }: AvailableBandwidth, factor: number): AvailableBandwidth {
  const bounds = { lowMbps: rounded(factor * lowMbps), highMbps: rounded(factor * highMbps) };
  return mbps === undefined ? bounds : { mbps: rounded(factor * mbps), ...bounds };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
