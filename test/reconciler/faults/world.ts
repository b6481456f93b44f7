import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { look } from '../../../agents/look.js';
import type { PassSummary } from '../../../reconciler/loop.js';
import type { Journal, Source } from '../../../reconciler/ports.js';
import type { Connected } from '../../../wire/connect.js';
import { memoryChannels } from '../../../wire/memory-channel.js';
import { flatUnderlay } from '../../agents/emulated/fleets.js';
import { FleetWatch } from '../fleet-watch.js';
import type { Life } from './life.js';
import { MortalAgent } from './mortal-agent.js';
import { MortalReconciler, type StepMoment } from './mortal-reconciler.js';
import { hosts, pinOf, watchedVms } from './scenario.js';
import { type Weather, WeatherChannel } from './weather-channel.js';

/** What outlives every reconciler. */
export interface Records {
  source: Source;
  journal: Journal;
}

export type InEffect = Awaited<ReturnType<World['inEffect']>>;

const patienceMs = 20_000;
/** A migration of these VMs takes about 30 ms. */
const migrationMbps = 2000;

/** A fleet, its agents, and one reconciler after the other; watched from the moment that `watch` is called. */
export class World {
  readonly fleet: EmulatedFleet;
  readonly agents: Map<string, MortalAgent>;
  readonly log: string[] = [];
  onMoment: (moment: StepMoment, life: Life) => void = () => undefined;
  /** Told of each change of a host. */
  onChange: (host: string) => void = () => undefined;
  reconciler: MortalReconciler;
  readonly #records: Records;
  readonly #weather: Weather;
  #watch: FleetWatch | null = null;
  /** The VM of the move that is going on. */
  #moving: string | null = null;
  /** VMs whose move was cut off, until their frames arrive again. */
  readonly #stranded = new Set<string>();
  #occasion = '';

  constructor(records: Records, weather: Weather) {
    this.#records = records;
    this.#weather = weather;
    this.fleet = new EmulatedFleet({ ...flatUnderlay(hosts.length), nowMs: () => Date.now(), migrationMbps });
    const changed = (host: string) => this.#changed(host);
    const dial = (host: string) => (life: Life) => this.#dial(host, life);
    this.agents = new Map(
      hosts.map((host) => [host, new MortalAgent({ fleet: this.fleet, host, dial: dial(host), changed })]),
    );
    this.reconciler = this.#newReconciler();
  }

  async start(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.start()));
    await this.reconciler.loop.start();
    await this.converged();
  }

  watch(): void {
    this.#watch = new FleetWatch(this.fleet, watchedVms);
  }

  /** Another process takes the place of the reconciler, which has died. */
  async restart(): Promise<void> {
    if (this.#moving !== null) this.#stranded.add(this.#moving);
    this.#moving = null;
    this.reconciler = this.#newReconciler();
    await this.reconciler.loop.start();
  }

  /** Resolves with the first pass from now on that finds nothing to do. Throws when none comes. */
  converged(): Promise<PassSummary> {
    const { loop } = this.reconciler;
    return new Promise((resolve, reject) => {
      const stop = loop.onPass((summary) => {
        if (summary.verdict !== 'converged') return;
        clearTimeout(timer);
        stop();
        resolve(summary);
      });
      const timer = setTimeout(() => reject(new Error(`no rest: ${this.log.slice(-12).join('\n')}`)), patienceMs);
    });
  }

  breaches(): string[] {
    this.#changed('');
    return this.#watch?.breaches() ?? [];
  }

  /** What is in effect on every host, without what differs from run to run. */
  async inEffect() {
    const reports = hosts.map((host) => {
      const view = { host, boot: '', sequence: 0, generation: 0, nowMs: 0 };
      return look(this.fleet.substrate(host), view, []);
    });
    return Promise.all(reports);
  }

  async close(): Promise<void> {
    await this.reconciler.loop.stop();
    this.reconciler.life.end();
    await Promise.all([...this.agents.values()].map((agent) => agent.stop()));
  }

  #newReconciler(): MortalReconciler {
    const onMoment = (moment: StepMoment, life: Life) => {
      this.#follow(moment);
      this.onMoment(moment, life);
    };
    return new MortalReconciler({ ...this.#records, onMoment, log: this.log });
  }

  #follow({ step, moment }: StepMoment): void {
    this.#occasion = `step ${step.id} (${step.title})`;
    // Not earlier: a message of the reconciler that died may still be under way.
    if (moment === 'before')
      for (const vm of this.#stranded) if (this.#watch?.isConnected(vm)) this.#stranded.delete(vm);
    if (step.kind !== 'move') return;
    const [guest] = step.edits.flatMap(({ addGuests }) => addGuests ?? []);
    if (guest && moment === 'before') this.#moving = guest.name;
    if (guest && moment === 'after') {
      if (this.#watch?.isConnected(guest.name) === false) this.#stranded.add(guest.name);
      this.#moving = null;
    }
  }

  #changed(host: string): void {
    const watch = this.#watch;
    if (watch) {
      const inFlight = new Set([...this.#stranded, ...(this.#moving === null ? [] : [this.#moving])]);
      watch.look(`${this.#occasion} when ${host} changed`, inFlight);
    }
    this.onChange(host);
  }

  async #dial(host: string, life: Life): Promise<Connected> {
    const { reconciler } = this;
    if (!reconciler.life.alive) return { kind: 'refused', message: 'nobody listens' };
    const [mine, theirs] = memoryChannels();
    reconciler.accept({ channel: new WeatherChannel(theirs, reconciler.life, this.#weather), peerPin: pinOf(host) });
    return { kind: 'connected', channel: new WeatherChannel(mine, life, this.#weather) };
  }
}
