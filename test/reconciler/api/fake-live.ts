import type { ApplyResult, Live, RollbackResult } from '../../../reconciler/api/live.js';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import type {
  FleetView,
  LiveEvent,
  PathKnowledge,
  Plan,
  Quarantine,
  RollbackRequest,
  Traffic,
} from '../../../schema/generated/types.js';
import { bottlenecks, conditions, drift, hostDetails, paths, plan, traffic, view } from './fleet.js';

/** A loop that stands still, and remembers what it was asked. */
export class FakeLive implements Live {
  fleet: FleetView = view;
  picture: Snapshot | null = null;
  newest: Plan | null = plan;
  traffic: Traffic = traffic;
  paths: PathKnowledge[] = paths;
  readonly inferred = {
    traffic: () => this.traffic,
    paths: () => this.paths,
    bottlenecks: () => bottlenecks,
    implausible: () => [{ host: 'host-3', figures: 7 }],
    gangs: () => [],
  };
  result: ApplyResult | Error = { kind: 'applied', outcomes: [{ step: 1, status: 'done', message: '', tookMs: 3 }] };
  readonly asked: unknown[] = [];
  readonly listeners = new Set<(event: LiveEvent) => void>();

  view = () => this.fleet;
  plan = () => this.newest;
  conditions = () => conditions;
  hosts = () => hostDetails;
  drift = () => drift;
  snapshot = () => this.picture;

  requestPass(reason: string): void {
    this.asked.push(reason);
  }

  async apply(asked: Plan, hash: string, actor: string): Promise<ApplyResult> {
    this.asked.push([asked, hash, actor]);
    if (this.result instanceof Error) throw this.result;
    return this.result;
  }

  back: RollbackResult = { kind: 'planned', plan };
  held: Quarantine[] = [];
  quarantines = () => this.held;

  async rollback(request: RollbackRequest): Promise<RollbackResult> {
    this.asked.push(request);
    return this.back;
  }

  async lift(lifted: string | null, actor: string): Promise<string[]> {
    this.asked.push([lifted, actor]);
    return lifted === null ? this.held.map((each) => each.plan) : [lifted];
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
