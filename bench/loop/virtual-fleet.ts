import { converge } from '../../agents/converge.js';
import type { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import { arrivalsMs, type ObservationWeather } from '../../agents/emulated/observation-weather.js';
import type { HostConduct } from '../../agents/emulated/scenario.js';
import { look, observe } from '../../agents/look.js';
import type { Desired, Fleet } from '../../reconciler/ports.js';
import type { Fault, HostObservation, HostState, HostStatus } from '../../schema/generated/types.js';
import type { VirtualClock } from './virtual-clock.js';

export interface VirtualFleetOptions {
  fleet: EmulatedFleet;
  hosts: readonly string[];
  clock: VirtualClock;
  weather: ObservationWeather;
  /** How hosts misbehave now. */
  conduct(): readonly HostConduct[];
}

interface Member {
  index: number;
  status: HostStatus | null;
  told: HostState | undefined;
  faults: Fault[];
  reports: number;
  observations: number;
  /** What was reported last. */
  content: string;
  isLookDue: boolean;
  work: Promise<void>;
}

const messageMs = 2;
const settleMs = 50;
const restMs = 1000;
const firstSamplingMs = 1000;

/** The agents of an emulated fleet as the reconciler sees them, with nothing between the two but time: what agents do, without sockets. */
export class VirtualFleet implements Fleet {
  readonly #options: VirtualFleetOptions;
  readonly #members: Map<string, Member>;
  readonly #reportListeners = new Set<(host: string) => void>();
  readonly #observationListeners = new Set<(observation: HostObservation) => void>();

  constructor(options: VirtualFleetOptions) {
    this.#options = options;
    this.#members = new Map(options.hosts.map((host, index) => [host, newMember(index)]));
  }

  /** Agents begin to report and to observe, not all at the same instant. */
  start(): void {
    const { clock } = this.#options;
    for (const [host, { index }] of this.#members) {
      const turnMs = 7 * index;
      clock.after(turnMs, () => this.#rest(host));
      clock.after(turnMs + firstSamplingMs, () => this.#sample(host));
    }
  }

  hosts(): HostStatus[] {
    return [...this.#members.values()].flatMap(({ status }) => status ?? []).sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  trust(): void {
    // Nobody else can speak for a host here.
  }

  desire(state: Omit<HostState, 'generation'>): Desired {
    const member = this.#member(state.host);
    if (this.#is(state.host, 'gone')) return { kind: 'unreachable', message: `${state.host} is gone.` };
    const generation = (member.told?.generation ?? 0) + 1;
    const told: HostState = { ...state, generation };
    member.told = told;
    this.#options.clock.after(messageMs, () =>
      this.#enqueue(member, async () => {
        if (member.told !== told) return;
        member.faults = await converge(this.#options.fleet.substrate(state.host), told);
        await this.#report(state.host, member);
      }),
    );
    return { kind: 'sent', generation };
  }

  told(host: string): HostState | undefined {
    return this.#member(host).told;
  }

  onReport(listener: (host: string) => void): () => void {
    this.#reportListeners.add(listener);
    return () => this.#reportListeners.delete(listener);
  }

  onObservation(listener: (observation: HostObservation) => void): () => void {
    this.#observationListeners.add(listener);
    return () => this.#observationListeners.delete(listener);
  }

  #rest(host: string): void {
    const member = this.#member(host);
    this.#enqueue(member, () => this.#report(host, member));
    this.#options.clock.after(restMs, () => this.#rest(host));
  }

  async #report(host: string, member: Member): Promise<void> {
    const { fleet, clock } = this.#options;
    const substrate = fleet.substrate(host);
    const view = { host, boot: 'only', sequence: 0, generation: member.told?.generation ?? 0, nowMs: 0 };
    const report = await look(substrate, view, member.faults);
    const isSettled = report.faults.length === 0 && report.links.every(({ up }) => up);
    if (!isSettled || report.guests.some(({ phase }) => phase !== 'running')) this.#lookSoon(host, member);
    const connected = !this.#is(host, 'gone');
    const content = connected ? JSON.stringify(report) : 'gone';
    if (content === member.content) return;
    member.content = content;
    member.reports += 1;
    const newest = { ...report, sequence: member.reports, atMs: fleet.clock(host)() };
    const { capabilities } = substrate;
    member.status = { host, connected, report: connected ? newest : (member.status?.report ?? newest), capabilities };
    clock.after(messageMs, () => {
      for (const listener of this.#reportListeners) listener(host);
    });
  }

  #lookSoon(host: string, member: Member): void {
    if (member.isLookDue) return;
    member.isLookDue = true;
    this.#options.clock.after(settleMs, () => {
      member.isLookDue = false;
      this.#enqueue(member, () => this.#report(host, member));
    });
  }

  #sample(host: string): void {
    const { fleet, clock, weather } = this.#options;
    const member = this.#member(host);
    this.#enqueue(member, async () => {
      member.observations += 1;
      const observation = await observe(fleet.substrate(host), host, member.observations, fleet.clock(host)());
      if (this.#is(host, 'gone') || this.#is(host, 'mute')) return;
      for (const delayMs of arrivalsMs(weather, member.index, observation))
        clock.after(delayMs, () => {
          for (const listener of this.#observationListeners) listener(observation);
        });
    });
    clock.after(member.told?.samplingIntervalMs ?? firstSamplingMs, () => this.#sample(host));
  }

  #enqueue(member: Member, task: () => Promise<void>): void {
    member.work = member.work.then(task);
  }

  #is(host: string, kind: HostConduct['kind']): boolean {
    return this.#options.conduct().some((each) => each.host === host && each.kind === kind);
  }

  #member(host: string): Member {
    const member = this.#members.get(host);
    if (!member) throw new Error(`no host ${host}`);
    return member;
  }
}

function newMember(index: number): Member {
  const counts = { reports: 0, observations: 0, content: '', isLookDue: false };
  return { index, status: null, told: undefined, faults: [], work: Promise.resolve(), ...counts };
}
