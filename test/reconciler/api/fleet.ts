import { digest } from '../../../reconciler/model/canonical.js';
import { starPath } from '../../../reconciler/model/configuration.js';
import type {
  Condition,
  DriftList,
  FleetView,
  HostDetail,
  LinkReport,
  LinkView,
  PathKnowledge,
  Plan,
  Rule,
  SharedBottleneck,
  Traffic,
} from '../../../schema/generated/types.js';

/** Fig. 14 as the API shows it once the adaptation is done: VMs 1 to 3 in domain 2 and joined by fast-path links. */
const mac = (vm: number) => `02:00:00:00:00:0${vm}`;
const domain = (host: number) => (host <= 3 ? 'domain-1' : 'domain-2');
const mapping: Record<number, number> = { 1: 4, 2: 5, 3: 6, 4: 2 };
const before: Record<number, number> = { 1: 2, 2: 4, 3: 5, 4: 6 };
const hosts = [1, 2, 3, 4, 5, 6];
const vms = [1, 2, 3, 4];

const pairs = vms.flatMap((source) => vms.filter((other) => other !== source).map((other) => [source, other] as const));
const rate = (source: number, destination: number) => (source === 4 || destination === 4 ? 5 : 50);
const hostOf = (vm: number) => `host-${mapping[vm]}`;

export const view: FleetView = {
  format_version: '1',
  source: '4f0c1d2e3b4a59687786958493a2b1c0d0e0f001',
  pass: 7,
  phase: 'idle',
  hosts: hosts.map((host) => ({
    name: `host-${host}`,
    site: domain(host),
    presence: host === 3 ? 'silent' : 'connected',
    guests: vms.filter((vm) => mapping[vm] === host).map((vm) => `vm-${vm}`),
  })),
  vms: vms.map((vm) => ({ name: `vm-${vm}`, host: hostOf(vm), phase: 'running', macs: [mac(vm)] })),
  links: [
    ...[2, 3, 4, 5, 6].map(
      (host): LinkView => ({ a: 'host-1', b: `host-${host}`, star: true, up: host !== 3, type: 'udp' }),
    ),
    { a: 'host-4', b: 'host-5', star: false, up: true, type: 'udp' },
    { a: 'host-4', b: 'host-6', star: false, up: true, type: 'udp' },
    { a: 'host-5', b: 'host-6', star: false, up: true, type: 'udp' },
  ],
  traffic: {
    declaredAtMs: 1_700_000_000_000,
    smoothingIntervalMs: 10_000,
    demands: pairs.map(([source, destination]) => ({
      network: 'lan',
      source: mac(source),
      destination: mac(destination),
      rateMbps: rate(source, destination),
      origin: source === 4 ? 'at-least' : destination === 4 ? 'remembered' : 'observed',
    })),
  },
  score: { unmetMbps: 0, objective: { value: 2185, unit: 'Mb/s' } },
};

/** VMs 1 to 3 talk all to all; VM 4 is at the edge of it. */
export const traffic: Traffic = {
  ...view.traffic,
  demands: view.traffic.demands.map((demand, index) => (index === 0 ? { ...demand, deviationMbps: 2.5 } : demand)),
  applications: [{ network: 'lan', vms: vms.map(mac), shape: 'all-to-all', confidence: 0.875, periodMs: 1250 }],
  computes: [{ guest: 'vm-1', cores: 0.75, deviationCores: 0.125, waitShare: 0.25 }],
};

export const paths: PathKnowledge[] = [
  {
    from: 'host-1',
    to: 'host-4',
    method: 'two-sided',
    availableMbps: 8.25,
    lowMbps: 7.5,
    highMbps: 9,
    capacityMbps: 10,
    latencyMs: 20.5,
    carriedMbps: 1.5,
    ageMs: 400,
  },
  { from: 'host-1', to: 'host-5', method: 'one-sided', lowMbps: 5, highMbps: 10, ageMs: 1200 },
];

export const bottlenecks: SharedBottleneck[] = [
  {
    paths: [
      { from: 'host-1', to: 'host-4' },
      { from: 'host-1', to: 'host-5' },
    ],
    capacityMbps: 10,
    confidence: 0.95,
  },
];

const proxyRules = (host: number): Rule[] =>
  host === 1 ? [] : [{ network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'link', peer: 'host-1' }] }];

/** The same fleet as its agents report it: the star, and one fast path from VM 1 to VM 2. */
export const hostDetails: HostDetail[] = hosts.map((host) => ({
  host: `host-${host}`,
  connected: host !== 3,
  report: {
    host: `host-${host}`,
    boot: 'boot-1',
    sequence: 1,
    generation: 3,
    atMs: 1_700_000_000_000,
    networks: [{ name: 'lan', vni: 42, mtu: 1450, proxy: 'host-1' }],
    links: [1, 2, 3, 4, 5, 6]
      .filter((peer) => peer !== host && (host === 1 || peer === 1 || (host > 3 && peer > 3)))
      .map(
        (peer): LinkReport => ({
          link: { peer: `host-${peer}`, type: 'udp', local: `10.0.0.${host}`, remote: `10.0.0.${peer}` },
          up: host !== 3 && peer !== 3,
          setUpMs: 12,
          ...(host === 3 || peer === 3 ? { trouble: 'no keep-alive was heard for 1000 ms: see that host-3 runs' } : {}),
        }),
      ),
    guests: vms
      .filter((vm) => mapping[vm] === host)
      .map((vm) => ({
        guest: { name: `vm-${vm}`, network: 'lan', mac: mac(vm), driver: 'netns', computeCores: 1, memoryMib: 64 },
        phase: 'running',
      })),
    rules: [
      ...vms.flatMap((vm): Rule[] => {
        const there = mapping[vm];
        const rule = { network: 'lan', source: 'any', destination: mac(vm) };
        if (there === host) return [{ ...rule, to: [{ kind: 'port', guest: `vm-${vm}` }] }];
        return host === 1 ? [{ ...rule, to: [{ kind: 'link', peer: `host-${there}` }] }] : [];
      }),
      ...(host === 4
        ? [{ network: 'lan', source: mac(1), destination: mac(2), to: [{ kind: 'link', peer: 'host-5' }] }]
        : []),
      ...proxyRules(host),
    ] as Rule[],
    faults: [],
  },
}));

const unhashed: Omit<Plan, 'hash'> = {
  format_version: '1',
  basis: {
    source: String(view.source),
    documentsDigest: digest('documents'),
    observedDigest: digest('observed'),
    stateDigest: digest('state'),
    seed: 1,
  },
  decision: {
    verdict: 'adapt',
    reason: 'VMs 1 to 3 talk 300 Mb/s across a 10 Mb/s WAN; together in domain-2 all of it is met.',
    objective: [{ goal: 'maximise', expression: 'sum(bottleneck)' }],
    algorithm: 'annealing',
    before: { unmetMbps: 310, objective: { value: -120, unit: 'Mb/s' } },
    after: { unmetMbps: 0, objective: { value: 2185, unit: 'Mb/s' } },
    bound: { unmetMbps: 0, objective: { value: 2300, unit: 'Mb/s' } },
    capacities: 'nominal',
    demands: pairs.map(([source, destination]) => ({
      source: `vm-${source}`,
      destination: `vm-${destination}`,
      rateMbps: rate(source, destination),
      origin: 'observed',
    })),
    mapping: vms.map((vm) => ({ vm: `vm-${vm}`, from: `host-${before[vm]}`, to: hostOf(vm) })),
    paths: pairs.map(([source, destination]) => ({
      source: `vm-${source}`,
      destination: `vm-${destination}`,
      hosts:
        rate(source, destination) === 50
          ? [hostOf(source), hostOf(destination)]
          : starPath(hostOf(source), hostOf(destination), 'host-1'),
      residualMbps: rate(source, destination) === 50 ? 800 : 5,
      bottleneck: rate(source, destination) === 50 ? `interface ${hostOf(source)}/eth0` : 'wan',
    })),
  },
  changes: [
    { kind: 'link-add', a: 'host-4', b: 'host-5', type: 'udp', star: false },
    { kind: 'link-add', a: 'host-4', b: 'host-6', type: 'udp', star: false },
    { kind: 'link-add', a: 'host-5', b: 'host-6', type: 'udp', star: false },
    ...vms.map((vm) => ({
      kind: 'guest-move' as const,
      guest: `vm-${vm}`,
      from: `host-${before[vm]}`,
      to: hostOf(vm),
      seconds: 12.5,
    })),
    {
      kind: 'path',
      source: 'vm-1',
      destination: 'vm-2',
      before: ['host-2', 'host-1', 'host-4'],
      after: ['host-4', 'host-5'],
    },
  ],
  steps: [
    {
      id: 1,
      kind: 'link-up',
      title: 'Set up the link host-4--host-5',
      edits: [
        { host: 'host-4', addLinks: [] },
        { host: 'host-5', addLinks: [] },
      ],
    },
    {
      id: 2,
      kind: 'move',
      title: 'Move vm-4 from host-6 to host-2',
      edits: [
        { host: 'host-2', addGuests: [] },
        { host: 'host-6', removeGuests: [{ guest: 'vm-4', to: 'host-2' }] },
      ],
    },
  ],
};

export const plan: Plan = { ...unhashed, hash: digest(unhashed) };

export const drift: DriftList = {
  format_version: '1',
  leftAtMs: Date.parse('2026-01-02T03:04:05Z'),
  reason: '',
  drift: [
    { host: 'host-2', part: 'vm', object: 'vm-9', kind: 'extra', left: null, is: 'host-2', byOthers: true },
    { host: 'host-4', part: 'link', object: 'host-5', kind: 'missing', left: 'udp a -> b', is: null, byOthers: false },
    { host: 'host-5', part: 'vm', object: 'vm-1', kind: 'different', left: 'host-4', is: 'host-5', byOthers: true },
  ],
  unheard: ['host-3'],
  pending: 2,
};

export const conditions: Condition[] = [
  {
    object: 'fleet/fleet',
    type: 'Ready',
    status: 'True',
    reason: 'Converged',
    message: 'The fleet is as decided.',
    lastTransitionTime: '2026-01-02T03:04:05Z',
  },
  {
    object: 'host/host-3',
    type: 'Ready',
    status: 'Unknown',
    reason: 'Silent',
    message: 'The agent of host-3 is not connected: start it, or look at its log. <b>not bold</b>',
    lastTransitionTime: '2026-01-02T03:00:00Z',
  },
];
