import type { JournalDraft } from '../../../reconciler/ports.js';
import type { GuestSpec, Outcome, Plan } from '../../../schema/generated/types.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const guest = (name: string): GuestSpec => ({
  name,
  network: 'lan',
  mac: '02:00:00:00:00:01',
  driver: 'netns',
  computeCores: 1,
  memoryMib: 128,
});

/** A plan that moves vm-1 from host-2 to host-6 and stops vm-9 on host-3, in three steps. */
export const plan: Plan = {
  format_version: '1',
  hash: digest('a'),
  basis: {
    source: 'c'.repeat(40),
    documentsDigest: digest('b'),
    observedDigest: digest('c'),
    stateDigest: digest('d'),
    seed: 1,
  },
  decision: {
    verdict: 'adapt',
    reason: 'Demands between vm-1 and vm-2 do not fit through the trunk between the sites.',
    objective: [{ goal: 'maximise', expression: 'sum(bottleneck)' }],
    algorithm: 'annealing',
    before: { unmetMbps: 290, objective: { value: -40, unit: 'Mb/s' } },
    after: { unmetMbps: 0, objective: { value: 5700.5, unit: 'Mb/s' } },
    bound: { unmetMbps: 0, objective: { value: 5991, unit: 'Mb/s' } },
    capacities: 'nominal',
    demands: [
      { source: 'vm-1', destination: 'vm-2', rateMbps: 50, origin: 'at-least' },
      { source: 'vm-2', destination: 'vm-3', rateMbps: 50, origin: 'observed' },
      { source: 'vm-2', destination: 'vm-1', rateMbps: 5, origin: 'observed' },
    ],
    mapping: [
      { vm: 'vm-1', from: 'host-2', to: 'host-6' },
      { vm: 'vm-2', from: 'host-4', to: 'host-4' },
    ],
    paths: [
      {
        source: 'vm-1',
        destination: 'vm-2',
        hosts: ['host-6', 'host-4'],
        residualMbps: 950,
        bottleneck: 'host-6/eth0',
      },
    ],
  },
  changes: [
    { kind: 'link-add', a: 'host-4', b: 'host-6', type: 'udp', star: false },
    { kind: 'guest-move', guest: 'vm-1', from: 'host-2', to: 'host-6', seconds: 1.5 },
    { kind: 'guest-stop', guest: 'vm-9', host: 'host-3' },
  ],
  steps: [
    {
      id: 1,
      kind: 'link-up',
      title: 'set up the link host-4 -- host-6',
      edits: [{ host: 'host-4', removeLinks: ['host-9'] }],
    },
    {
      id: 2,
      kind: 'move',
      title: 'move vm-1 from host-2 to host-6',
      edits: [
        { host: 'host-6', addGuests: [{ ...guest('vm-1'), from: 'host-2' }] },
        { host: 'host-2', removeGuests: [{ guest: 'vm-1', to: 'host-6' }] },
      ],
    },
    { id: 3, kind: 'stop', title: 'stop vm-9', edits: [{ host: 'host-3', removeGuests: [{ guest: 'vm-9' }] }] },
  ],
};

/** What became of the plan's steps: so many done, then one failed, the rest skipped. */
export function outcomes(done = 3): Outcome[] {
  return plan.steps.map(({ id }) => ({
    step: id,
    status: id <= done ? 'done' : id === done + 1 ? 'failed' : 'skipped',
    message: id === done + 1 ? 'host-6 did not answer within 30 s: start its agent' : '',
    tookMs: 120,
  }));
}

type Change = Partial<Omit<JournalDraft, 'entry'>> & { entry?: Partial<JournalDraft['entry']> };

/** A pass that applied `plan`, with changes. */
export function draft(change: Change = {}): JournalDraft {
  const observed = { format_version: '1' as const, nowMs: 1, hosts: [], lastPlacement: [] };
  return {
    plan,
    planMarkdown: '# Plan\n\nMove vm-1.\n',
    observed: { ...observed, traffic: { declaredAtMs: null, smoothingIntervalMs: 5000, demands: [] } },
    ...change,
    entry: {
      at: '2026-03-01T12:00:00.000Z',
      actor: 'virtuoso',
      trigger: 'commit cccccccc',
      source: 'c'.repeat(40),
      verdict: 'applied',
      planHash: plan.hash,
      outcomes: outcomes(),
      conditions: [
        {
          object: 'vm/vm-1',
          type: 'Ready',
          status: 'True',
          reason: 'Running',
          message: 'vm-1 runs on host-6.',
          lastTransitionTime: '2026-03-01T12:00:00.000Z',
        },
      ],
      placement: [
        { vm: 'vm-1', host: 'host-6' },
        { vm: 'vm-2', host: 'host-4' },
      ],
      ...change.entry,
    },
  };
}

/** A pass that was refused before there was a plan. */
export function refused(message: string, at = '2026-03-01T13:00:00.000Z'): JournalDraft {
  const condition = { object: 'fleet/fleet', type: 'Ready' as const, status: 'False' as const, reason: 'Infeasible' };
  return draft({
    plan: null,
    planMarkdown: null,
    entry: {
      at,
      verdict: 'infeasible',
      planHash: null,
      outcomes: [],
      conditions: [{ ...condition, message, lastTransitionTime: at }],
    },
  });
}
