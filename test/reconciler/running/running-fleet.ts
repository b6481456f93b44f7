import { vi } from 'vitest';
import { Agent } from '../../../agents/agent.js';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import type { WrenNoise } from '../../../agents/emulated/emulated-wren.js';
import type { ClockError } from '../../../agents/emulated/underlay.js';
import { processMemory } from '../../../agents/file-memory.js';
import type { GenerationMemory } from '../../../agents/generation-guard.js';
import { readInventory } from '../../../cli/inventory.js';
import { systemClock } from '../../../cli/system-clock.js';
import { CronCalendar } from '../../../reconciler/adapters/cron.js';
import { FleetHub } from '../../../reconciler/adapters/fleet-hub.js';
import { ReconcileLoop } from '../../../reconciler/loop.js';
import type { PassSummary } from '../../../reconciler/loop-ports.js';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import type { Metrics, Trigger } from '../../../reconciler/ports.js';
import type { Condition, WireMessage } from '../../../schema/generated/types.js';
import type { Channel } from '../../../wire/channel.js';
import { memoryChannels } from '../../../wire/memory-channel.js';
import { exampleFiles } from '../../examples.js';
import { inProcess } from '../admission/in-process.js';
import { MemoryJournal } from '../faults/memory-journal.js';
import { RepositoryInMemory } from './repository-in-memory.js';

/** Where the example's VMs start. */
export const started = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };

const uncounted: Metrics = {
  passEnded: () => undefined,
  passStepTook: () => undefined,
  stepEnded: () => undefined,
  fleetSeen: () => undefined,
  conditionsSeen: () => undefined,
  observationReceived: () => undefined,
};

const never: Trigger = { start: async () => undefined, stop: async () => undefined };

const pinOf = (host: string) => `sha256:${host.replace('-', '').padEnd(43, 'A')}=`;

/**
 * The example of Fig. 14 in one process: a repository in memory, the loop as it ships, the hub, and an agent for each host of an
 * emulated fleet, joined by channels in memory. All of it runs on the test's clock, which only `pass` moves.
 */
export class RunningFleet {
  readonly repository: RepositoryInMemory;
  readonly #hosts: string[];
  readonly journal = new MemoryJournal();
  readonly fleet: EmulatedFleet;
  readonly passes: PassSummary[] = [];
  readonly log: string[] = [];
  /** Hosts that hear nothing of what they shall be, and go on reporting. */
  readonly deaf = new Set<string>();
  readonly #agents = new Map<string, Agent>();
  readonly #memories = new Map<string, GenerationMemory>();
  #runs = 0;
  #hub: FleetHub;
  #loop: ReconcileLoop;

  private constructor(
    repository: RepositoryInMemory,
    { hosts, underlays }: Pick<Snapshot, 'hosts' | 'underlays'>,
    wren: WrenNoise | undefined,
    clocks: Readonly<Record<string, ClockError>>,
  ) {
    this.repository = repository;
    this.#hosts = hosts.map(({ name }) => name);
    const watched = wren ? { wren } : {};
    this.fleet = new EmulatedFleet({
      ...underlayOf(hosts, underlays),
      hosts: hosts.map((host) => ({ ...host, clock: clocks[host.name] ?? { offsetMs: 0, driftPpm: 0 } })),
      seed: 1,
      nowMs: () => Date.now(),
      ...watched,
    });
    [this.#hub, this.#loop] = this.#reconciler();
  }

  /**
   * Hosts without agents, and a reconciler that has not started. To be closed. With `wren`, hosts get to know paths so well.
   * @param clocks by host: how wrong they are; agents go by them
   */
  static async open(wren?: WrenNoise, clocks: Readonly<Record<string, ClockError>> = {}): Promise<RunningFleet> {
    vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
    const repository = new RepositoryInMemory(enrolled());
    const inventory = await readInventory(repository.source);
    if (typeof inventory === 'string') throw new Error(inventory);
    return new RunningFleet(repository, inventory, wren, clocks);
  }

  get loop(): ReconcileLoop {
    return this.#loop;
  }

  async close(): Promise<void> {
    const ended = Promise.all([this.#loop.stop(), ...this.#hosts.map((host) => this.stopAgent(host))]);
    // A plan that is under way ends when its step has taken too long.
    await this.pass(60_000);
    await ended;
    vi.useRealTimers();
  }

  /** Starts the reconciler and the agents, and returns once everything runs and nothing is left to do. */
  async start(hosts: readonly string[] = this.#hosts): Promise<void> {
    for (const host of hosts) await this.startAgent(host);
    await this.#loop.start();
    await this.settled();
  }

  /** Another process takes the reconciler's place; agents find it by themselves. */
  async restartReconciler(): Promise<void> {
    await this.#loop.stop();
    [this.#hub, this.#loop] = this.#reconciler();
    for (const host of this.#hosts) {
      await this.stopAgent(host);
      await this.startAgent(host);
    }
    await this.#loop.start();
  }

  /** Starts the agent of a host, which remembers what earlier runs have accepted. */
  async startAgent(host: string): Promise<void> {
    const memory = this.#memories.get(host) ?? processMemory();
    this.#memories.set(host, memory);
    const agent = new Agent({
      host,
      boot: `run ${++this.#runs}`,
      version: 'test',
      substrate: this.fleet.substrate(host),
      memory,
      dial: async () => {
        const [mine, theirs] = memoryChannels();
        this.#hub.accept({ channel: this.#hearing(theirs, host), peerPin: pinOf(host) });
        return { kind: 'connected', channel: mine };
      },
      nowMs: this.fleet.clock(host),
      random: () => 0.5,
      log: (_level, message) => this.log.push(`${host}: ${message}`),
    });
    this.#agents.set(host, agent);
    await agent.start();
  }

  async stopAgent(host: string): Promise<void> {
    await this.#agents.get(host)?.stop();
  }

  /** Lets time go by. */
  async pass(durationMs: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(durationMs);
  }

  /** Lets time go by until `condition` holds; throws when it does not within a minute. */
  async until(condition: () => boolean, what: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 50) {
      if (condition()) return;
      await this.pass(50);
    }
    const conditions = this.loop.conditions().filter(({ status }) => status !== 'True');
    throw new Error(`not within a minute: ${what}\n${JSON.stringify(conditions, null, 1)}\n${this.log.join('\n')}`);
  }

  /** Until a pass that was asked for now has found nothing to do. */
  async settled(): Promise<void> {
    const passes = this.passes.length;
    await this.until(
      () => this.passes.length > passes && this.passes.at(-1)?.verdict === 'converged',
      'nothing left to do',
    );
  }

  /** Until there has been another pass, whatever it came to. */
  async nextPass(): Promise<PassSummary> {
    const passes = this.passes.length;
    await this.until(() => this.passes.length > passes, 'another pass');
    return this.passes[passes] as PassSummary;
  }

  /** Condition `Ready` of an object, or another type. */
  condition(object: string, type: Condition['type'] = 'Ready'): Condition | undefined {
    return this.loop.conditions().find((condition) => condition.object === object && condition.type === type);
  }

  /** Where each VM really runs, whatever anybody reports; a VM that runs twice or not at all shows as that. */
  places(...vms: string[]): Record<string, string> {
    const names = vms.length > 0 ? vms : Object.keys(started);
    return Object.fromEntries(names.map((vm) => [vm, this.fleet.runningOn(vm).join(' and ')]));
  }

  /** Pairs of VMs whose frames do not arrive exactly once. */
  unreachable(...vms: string[]): string[] {
    return vms.flatMap((source) =>
      vms
        .filter((vm) => vm !== source && this.fleet.probe(source, vm).deliveries.get(vm) !== 1)
        .map((vm) => `${source} -> ${vm}`),
    );
  }

  #hearing(channel: Channel, host: string): Channel {
    const send = channel.send.bind(channel);
    return Object.assign(channel, {
      send: (message: WireMessage) => {
        if (message.kind !== 'desire' || !this.deaf.has(host)) send(message);
      },
    });
  }

  #reconciler(): [FleetHub, ReconcileLoop] {
    const log = (level: string, message: string): void => {
      this.log.push(`${level}: ${message}`);
    };
    const hub = new FleetHub(log);
    const { source, trigger } = this.repository;
    const loop = new ReconcileLoop({
      source,
      triggers: [trigger],
      calendar: new CronCalendar(),
      schedule: () => never,
      journal: this.journal,
      admission: inProcess,
      fleet: hub,
      clock: systemClock,
      random: () => 0,
      metrics: uncounted,
      log,
    });
    loop.onPass((summary) => this.passes.push(summary));
    return [hub, loop];
  }
}

/** The example with the agents' keys. */
function enrolled(): { path: string; text: string }[] {
  return exampleFiles('fig14').map(({ path, text }) => ({
    path,
    text: text.replaceAll(/name: (host-\d)\nspec:\n/g, (found, host) => `${found}  agentKey: ${pinOf(host)}\n`),
  }));
}
