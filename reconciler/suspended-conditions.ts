import type { ConditionDraft } from './condition-draft.js';
import type { Suspended } from './model/snapshot.js';

/** What the reconciler leaves as it is because documents say so. */
export function suspendedConditions(suspended: readonly Suspended[] = []): ConditionDraft[] {
  const base = { type: 'Suspended', status: 'True' } as const;
  return suspended.map(({ object, by }): ConditionDraft => {
    if (object === by) {
      const message = `${whatStays(object)} Others are planned around it. Remove its annotation virtuoso.dev/reconcile to resume it.`;
      return { ...base, object, reason: 'SuspendedByAnnotation', message };
    }
    const message = `${whatStays(object)} It goes with ${by}, which is suspended: resume that.`;
    return { ...base, object, reason: 'SuspendedWithAnother', message };
  });
}

const stays: Record<string, string> = {
  host: 'Nothing on it is started, moved, stopped or linked anew, and nothing is placed there.',
  'virtual-network': 'Its Proxy, links and paths stay as they are, and so do its VMs.',
  'vm-set': 'Its VMs are not started, moved, stopped, resized or scheduled anew.',
  vm: 'It is not started, moved, stopped, resized or scheduled anew.',
};

const whatStays = (object: string) => stays[object.slice(0, object.indexOf('/'))] ?? 'It stays as it is.';
