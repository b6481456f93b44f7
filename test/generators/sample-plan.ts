import { assemble } from '../../reconciler/plan/assemble.js';
import { diff } from '../../reconciler/plan/diff.js';
import { order } from '../../reconciler/plan/order.js';
import { stateDigest } from '../../reconciler/plan/state-digest.js';
import type { Basis, Decision, Plan } from '../../schema/generated/types.js';
import { small, smallOrder } from './small-fleet.js';

const zeros = `sha256:${'0'.repeat(64)}`;

const decision: Decision = {
  verdict: 'adapt',
  reason: 'Moving VMs is worth it: unmet demand falls from 300 Mb/s to 0 Mb/s.',
  objective: [{ goal: 'maximise', expression: 'sum(bottleneck)' }],
  algorithm: 'annealing',
  before: { unmetMbps: 300, objective: { value: -12.34, unit: 'Mb/s' } },
  after: { unmetMbps: 0, objective: { value: 1890, unit: 'Mb/s' } },
  bound: { unmetMbps: 0, objective: { value: 2000, unit: 'Mb/s' } },
  capacities: 'nominal',
  demands: [{ source: 'vm-1', destination: 'vm-2', rateMbps: 50, origin: 'at-least' }],
  mapping: [{ vm: 'vm-1', from: 'host-2', to: 'host-5' }],
  paths: [
    { source: 'vm-1', destination: 'vm-2', hosts: ['host-5', 'host-4'], residualMbps: 850, bottleneck: 'host-4 eth0' },
  ],
  levers: [
    { lever: 'reroute', outcome: 'unavailable', score: null, reason: 'There are no links but those of the star.' },
    {
      lever: 'add-links',
      outcome: 'surpassed',
      score: { unmetMbps: 80, objective: { value: 12.5, unit: 'Mb/s' } },
      reason: 'It would do, but what was chosen gains another 24.2 %.',
    },
    { lever: 'schedule', outcome: 'unavailable', score: null, reason: 'No VM has a schedule.' },
    {
      lever: 'migrate',
      outcome: 'pulled',
      score: { unmetMbps: 0, objective: { value: 1890, unit: 'Mb/s' } },
      reason: 'It gains 24.2 %.',
    },
  ],
};

/** The seed's Fig. 14: three VMs that talk much gather in one domain, the fourth makes room, fast paths join them. */
export function samplePlan(change: Partial<Decision> = {}): Plan {
  const hosts = [1, 2, 3, 4, 5, 6].map((index) => `host-${index}`);
  const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };
  const current = small({ hosts, mapping: scattered });
  const gathered = { ...scattered, 'vm-1': 'host-6', 'vm-4': 'host-2' };
  const trio = ['vm-1', 'vm-2', 'vm-3'] as const;
  const at = (vm: (typeof trio)[number]) => gathered[vm];
  const paths = trio.flatMap((a) =>
    trio.flatMap((b): [string, string, ...string[]][] => (a === b ? [] : [[a, b, at(a), at(b)]])),
  );
  const target = small({ hosts, mapping: gathered, paths, current });
  const ordered = order(smallOrder(current, target));
  if (ordered.kind === 'unsafe') throw new Error(ordered.message);
  const changes = diff(current, target, () => 1.5);
  return assemble({
    basis: basisOf(stateDigest(current)),
    decision: { ...decision, ...change },
    changes,
    steps: ordered.steps,
  });
}

/** A plan of a fleet that is as it should be. */
export function emptyPlan(): Plan {
  return assemble({ basis: basisOf(zeros), decision: { ...decision, verdict: 'keep' }, changes: [], steps: [] });
}

function basisOf(state: string): Basis {
  return { source: '3f2c1d0', documentsDigest: zeros, observedDigest: zeros, stateDigest: state, seed: 1 };
}
