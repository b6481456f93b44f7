import type { Edit, Outcome, Plan, Step } from '../schema/generated/types.js';
import type { ApplyOptions } from './apply-options.js';
import { applyStep, linksDown, type StepFailure } from './apply-step.js';
import { bootOf, supersededBy } from './await-host.js';
import { linkReport, starOverDown } from './link-reports.js';
import { advance, type FleetState } from './model/fleet-state.js';
import { Undone } from './plan/undone.js';

/** Long enough for any type of link whose peer answers. */
export const linkPatienceMs = 10_000;

/**
 * Carries a plan out, step by step, beginning at the fleet state it was made for. What depends on a step that fails is left out, by
 * the measure of `Undone`; all else goes on, and the next pass starts from what is. A link that does not come up is a failure that
 * leaves nothing out, because frames of fast paths fall back to the star; but a star is not led to another Proxy that some host does
 * not reach.
 */
export function applyPlan(plan: Plan, current: FleetState, options: ApplyOptions): Promise<Outcome[]> {
  return new Application(plan, current, options).run();
}

class Application {
  readonly #plan: Plan;
  readonly #options: ApplyOptions;
  /** By Proxy that a star shall be led to in place of another one: its networks. */
  readonly #hubs: ReadonlyMap<string, readonly string[]>;
  readonly #undone = new Undone();
  #state: FleetState;

  constructor(plan: Plan, current: FleetState, options: ApplyOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#state = current;
    this.#hubs = newProxies(plan, current);
  }

  async run(): Promise<Outcome[]> {
    this.#leaveResting();
    const outcomes: Outcome[] = [];
    for (const step of this.#plan.steps) {
      const halt = this.#halt();
      const { edits, why } = halt === null ? this.#undone.partOf(step, this.#state) : { edits: [], why: halt };
      if (edits.length === 0) {
        outcomes.push({ step: step.id, status: 'skipped', message: why ?? '', tookMs: 0 });
        continue;
      }
      outcomes.push(await this.#carryOut({ ...step, edits }, why));
    }
    return outcomes;
  }

  /** @param why some of it is left out; null: it is whole */
  async #carryOut(step: Step, why: string | null): Promise<Outcome> {
    const { clock, onStep } = this.#options;
    const begunMs = clock.nowMs();
    await onStep?.(step, 'before');
    const message = await this.#attempt(step);
    await onStep?.(step, 'after');
    const tookMs = clock.nowMs() - begunMs;
    if (message !== '') return { step: step.id, status: 'failed', message, tookMs };
    if (why === null) return { step: step.id, status: 'done', message, tookMs };
    return { step: step.id, status: 'skipped', message: `Done in part. ${why}`, tookMs };
  }

  /** Returns what went wrong, or nothing. */
  async #attempt(step: Step): Promise<string> {
    const cut = this.#cutBy(step);
    if (cut !== '') {
      this.#undone.leaveUnbegun(step.edits, this.#state, because(step));
      return cut;
    }
    const failures = await applyStep(step, this.#state, this.#options);
    const isFailed = ({ host }: Edit) => step.kind === 'move' || failures.some((failure) => failure.host === host);
    const left = failures.length === 0 ? [] : step.edits.filter(isFailed);
    const done = step.edits.filter((edit) => !left.includes(edit));
    this.#undone.leaveEdits(left, this.#state, because(step));
    this.#count(step, failures);
    this.#state = done.reduce(advance, this.#state);
    const down = await linksDown(done, this.#options);
    for (const { host, peer } of down) {
      const networks = [...(this.#hubs.get(host) ?? []), ...(this.#hubs.get(peer) ?? [])];
      for (const network of networks) this.#undone.leaveNetwork(network, because(step));
    }
    return [...failures, ...down].map(({ message }) => message).join(' ');
  }

  /** Who fails is left alone for a while, but not for making way, nor for having gone away: that is known otherwise. */
  #count({ edits }: Step, failures: readonly StepFailure[]): void {
    const { backoff, fleet, clock, stop } = this.#options;
    const failed = new Set(failures.map(({ host }) => host));
    for (const { host } of edits) if (!failed.has(host)) backoff?.converged(host);
    if (stop?.aborted) return;
    const connected = new Set(fleet.hosts().flatMap((status) => (status.connected ? [status.host] : [])));
    for (const host of failed) if (connected.has(host)) backoff?.failed(host, bootOf(host, fleet), clock.nowMs());
  }

  #leaveResting(): void {
    const { backoff, fleet, clock } = this.#options;
    const hosts = new Set(this.#plan.steps.flatMap(({ edits }) => edits.map(({ host }) => host)));
    for (const host of hosts) {
      if (!backoff?.isResting(host, bootOf(host, fleet), clock.nowMs())) continue;
      this.#undone.leaveHost(host, `${host} has failed and is tried again after a while.`);
    }
  }

  /** Why no further step may begin; null when one may. */
  #halt(): string | null {
    const { stop, isClosed } = this.#options;
    if (stop?.aborted) return `Superseded: ${supersededBy(stop)} came before this step.`;
    return isClosed?.() ?? null;
  }

  /** What a step would cut off because a link is down, or nothing. */
  #cutBy(step: Step): string {
    const hosts = this.#options.fleet.hosts();
    const found = starOverDown(step, this.#state, hosts);
    if (found === null) return '';
    const trouble = linkReport(hosts, found.host, found.peer)?.trouble;
    return `The star cannot be led over the link from ${found.host} to ${found.peer}, which is down. ${trouble ?? ''}`.trim();
  }
}

const because = ({ id }: Step) => `Step ${id} failed.`;

function newProxies({ steps }: Plan, current: FleetState): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { host, addNetworks = [] } of steps.flatMap(({ edits }) => edits)) {
    for (const { name, proxy } of addNetworks) {
      const now = current.get(host)?.networks.get(name)?.proxy;
      if (now !== undefined && now !== proxy) found.set(proxy, [...(found.get(proxy) ?? []), name]);
    }
  }
  return found;
}
