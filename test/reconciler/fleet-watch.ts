import type { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';

export interface WatchedVm {
  name: string;
  network: string;
  /** The same machine runs before and after: it must never be on no host. */
  lasting: boolean;
}

/**
 * Looks at an emulated fleet again and again while it is changed: follows real frames through the installed tables, and counts the
 * hosts that each VM runs on. Whatever must not be is kept as a sentence, because most looks happen inside an agent.
 */
export class FleetWatch {
  readonly #fleet: EmulatedFleet;
  readonly #vms: readonly WatchedVm[];
  readonly #pairs: readonly Pair[];
  /** Pairs delivered at the first look. */
  readonly #first: ReadonlySet<Pair>;
  /** Pairs of lasting VMs that were not delivered at some look, and how that came. */
  readonly #lost = new Map<Pair, string>();
  /** Hosts that each pair's frames depend on, as last followed. */
  readonly #ways = new Map<Pair, ReadonlySet<string>>();
  readonly #breaches = new Set<string>();

  constructor(fleet: EmulatedFleet, vms: readonly WatchedVm[]) {
    this.#fleet = fleet;
    this.#vms = vms;
    this.#pairs = vms.flatMap((source) =>
      vms.flatMap((destination) =>
        source === destination || source.network !== destination.network ? [] : [{ source, destination }],
      ),
    );
    this.#first = this.#delivered();
  }

  /**
   * Frames of VMs `inFlight` may get lost. `changed` is the only host that is different since the last look; left out, any may be.
   */
  look(occasion: string, inFlight: ReadonlySet<string>, changed?: string): void {
    const running = this.#running(occasion);
    for (const pair of this.#pairs) {
      const [source, destination] = [pair.source.name, pair.destination.name];
      const isExcused = inFlight.has(source) || inFlight.has(destination);
      if (isExcused || !running.has(source) || !running.has(destination)) this.#ways.delete(pair);
      else if (changed === undefined || this.#ways.get(pair)?.has(changed) !== false) this.#follow(occasion, pair);
    }
    for (const { name } of this.#vms) if (running.has(name)) this.#flood(occasion, name);
  }

  /** Everything that must not have been, once all is done. */
  breaches(): string[] {
    const last = this.#delivered();
    const cut = [...this.#lost].filter(([pair]) => this.#first.has(pair) && last.has(pair)).map(([, text]) => text);
    return [...this.#breaches, ...cut];
  }

  /** Whether all frames between these VMs and all others arrive. */
  isConnected(vm: string): boolean {
    const delivered = this.#delivered();
    const running = this.#running();
    return this.#pairs.every((pair) => {
      const names = [pair.source.name, pair.destination.name];
      return !names.includes(vm) || !names.every((name) => running.has(name)) || delivered.has(pair);
    });
  }

  #follow(occasion: string, pair: Pair): void {
    const [source, destination] = [pair.source.name, pair.destination.name];
    const { hosts, drops, deliveries } = this.#fleet.probe(source, destination);
    this.#ways.set(pair, new Set([...hosts, ...drops.map(({ host }) => host)]));
    const title = `${occasion}: ${source} -> ${destination} over ${hosts.join(', ')}`;
    if (drops.some(({ reason }) => reason === 'hop-budget')) this.#breaches.add(`${title} loops`);
    const arrived = deliveries.get(destination) === 1 && deliveries.size === 1;
    const isLasting = pair.source.lasting && pair.destination.lasting;
    if (arrived || !isLasting || this.#lost.has(pair)) return;
    const why = drops.map(({ host, reason }) => `${reason} at ${host}`).join(', ');
    this.#lost.set(pair, `${title} is lost: ${why || 'another VM got it'}`);
  }

  #flood(occasion: string, source: string): void {
    for (const [vm, copies] of this.#fleet.broadcast(source))
      if (copies > (vm === source ? 0 : 1))
        this.#breaches.add(`${occasion}: ${vm} gets ${copies} copies of a broadcast from ${source}`);
  }

  /** VMs that run somewhere; with an occasion, keeps what is wrong with where. */
  #running(occasion?: string): Set<string> {
    const running = new Set<string>();
    for (const { name, lasting } of this.#vms) {
      const hosts = this.#fleet.runningOn(name);
      if (hosts.length > 0) running.add(name);
      if (occasion !== undefined && (hosts.length > 1 || (lasting && hosts.length === 0)))
        this.#breaches.add(`${occasion}: ${name} runs on ${hosts.join(' and ') || 'no host'}`);
    }
    return running;
  }

  #delivered(): Set<Pair> {
    const running = this.#running();
    const alive = this.#pairs.filter(
      ({ source, destination }) => running.has(source.name) && running.has(destination.name),
    );
    return new Set(
      alive.filter(({ source, destination }) =>
        this.#fleet.probe(source.name, destination.name).deliveries.has(destination.name),
      ),
    );
  }
}

interface Pair {
  source: WatchedVm;
  destination: WatchedVm;
}
