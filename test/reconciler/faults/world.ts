import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { look } from '../../../agents/look.js';
import type { PassSummary } from '../../../reconciler/loop-ports.js';
import type { Journal, Source } from '../../../reconciler/ports.js';
import type { Connected } from '../../../wire/connect.js';
import { memoryChannels } from '../../../wire/memory-channel.js';
import { flatUnderlay } from '../../agents/emulated/fleets.js';
import type { Life } from './life.js';
import { Lookout } from './lookout.js';
import { MortalAgent } from './mortal-agent.js';
import { MortalReconciler, type StepMoment } from './mortal-reconciler.js';
import { hosts, pinOf } from './scenario.js';
import { type Weather, WeatherChannel } from './weather-channel.js';

/** What people write and what is recorded: besides the fleet, all that outlives a reconciler. */
export interface Repository {
  /** As a new process sees it. */
  open(): Promise<{ source: Source; journal: Journal }>;
  /** Replaces what is wanted before by what is wanted after. */
  commit(): void;
}

export type InEffect = Awaited<ReturnType<World['inEffect']>>;

const patienceMs = 120_000;
/** A migration of the scenario's VMs takes about 30 ms. */
const migrationMbps = 2000;

/** A fleet, its agents, and one reconciler after the other. */
export class World {
  readonly fleet: EmulatedFleet;
  readonly agents: Map<string, MortalAgent>;
  readonly log: string[] = [];
  onMoment: (moment: StepMoment, life: Life) => void = () => undefined;
  /** Told of each change of a host. */
  onChange: (host: string) => void = () => undefined;
  readonly #repository: Repository;
  readonly #weather: Weather;
  #reconciler: MortalReconciler | null = null;
  #lookout: Lookout | null = null;

  constructor(repository: Repository, weather: Weather) {
    this.#repository = repository;
    this.#weather = weather;
    this.fleet = new EmulatedFleet({ ...flatUnderlay(hosts.length), nowMs: () => Date.now(), migrationMbps });
    const changed = (host: string) => {
      this.#lookout?.look(`when ${host} changed`);
      this.onChange(host);
    };
    const dial = (host: string) => async (life: Life) => this.#dial(host, life);
    this.agents = new Map(
      hosts.map((host) => [host, new MortalAgent({ fleet: this.fleet, host, dial: dial(host), changed })]),
    );
  }

  get reconciler(): MortalReconciler {
    if (!this.#reconciler) throw new Error('the world has not been started');
    return this.#reconciler;
  }

  /** Agents, and a reconciler that has brought the fleet to what is wanted; from then on all is watched. */
  async start(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.start()));
    await this.restart();
    await this.converged();
    this.#lookout = new Lookout(this.fleet);
  }

  /** A new reconciler process takes the place of the one that has died. */
  async restart(): Promise<void> {
    this.#lookout?.moveIsBrokenOff();
    const onMoment = (moment: StepMoment, life: Life) => {
      this.#lookout?.follow(moment);
      this.onMoment(moment, life);
    };
    this.#reconciler = new MortalReconciler({ ...(await this.#repository.open()), onMoment, log: this.log });
    await this.#reconciler.loop.start();
  }

  /** Resolves with the first pass from now on that saw all hosts and finds nothing to do. Throws when none comes. */
  converged(): Promise<PassSummary> {
    const { loop, hub } = this.reconciler;
    return new Promise((resolve, reject) => {
      const stop = loop.onPass((summary) => {
        if (summary.verdict !== 'converged') return;
        // What is on a host that is away is left alone. There is another pass when it comes.
        if (hub.hosts().filter(({ connected }) => connected).length < hosts.length) return;
        clearTimeout(timer);
        stop();
        resolve(summary);
      });
      const timer = setTimeout(() => reject(new Error(`no rest: ${this.log.slice(-12).join('\n')}`)), patienceMs);
    });
  }

  /** What is in effect on every host, without what differs from run to run. */
  async inEffect() {
    const reports = hosts.map(async (host) => {
      const view = { host, boot: '', sequence: 0, generation: 0, nowMs: 0 };
      // What was measured depends on the way to the end.
      const { bound: _, ...report } = await look(this.fleet.substrate(host), view, []);
      return report;
    });
    return Promise.all(reports);
  }

  /** Moves that left a VM cut off. */
  get unfinishedMoves(): readonly string[] {
    return this.#lookout?.unfinished ?? [];
  }

  /** Ends everything; returns what must not have been. */
  async close(): Promise<string[]> {
    const breaches = this.#lookout?.breaches() ?? [];
    await this.reconciler.loop.stop();
    this.reconciler.life.end();
    await Promise.all([...this.agents.values()].map((agent) => agent.stop()));
    return breaches;
  }

  #dial(host: string, life: Life): Connected {
    const reconciler = this.#reconciler;
    if (!reconciler?.life.alive) return { kind: 'refused', message: 'nobody listens' };
    const [mine, theirs] = memoryChannels();
    reconciler.accept({ channel: new WeatherChannel(theirs, reconciler.life, this.#weather), peerPin: pinOf(host) });
    return { kind: 'connected', channel: new WeatherChannel(mine, life, this.#weather) };
  }
}
