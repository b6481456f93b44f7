import type { ApplyResult, Live } from '../../../reconciler/api/live.js';
import type { FleetView, LiveEvent, Plan } from '../../../schema/generated/types.js';
import { conditions, hostDetails, plan, view } from './fleet.js';

/** A loop that stands still, and remembers what it was asked. */
export class FakeLive implements Live {
  fleet: FleetView = view;
  newest: Plan | null = plan;
  result: ApplyResult | Error = { kind: 'applied', outcomes: [{ step: 1, status: 'done', message: '', tookMs: 3 }] };
  readonly asked: unknown[] = [];
  readonly listeners = new Set<(event: LiveEvent) => void>();

  view = () => this.fleet;
  plan = () => this.newest;
  conditions = () => conditions;
  hosts = () => hostDetails;

  requestPass(reason: string): void {
    this.asked.push(reason);
  }

  async apply(asked: Plan, hash: string, actor: string): Promise<ApplyResult> {
    this.asked.push([asked, hash, actor]);
    if (this.result instanceof Error) throw this.result;
    return this.result;
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
