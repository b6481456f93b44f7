import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type {
  LinkNetwork,
  PlacementProblem,
  SolveDemand,
  SolveGroup,
  SolveHost,
  SolveLimits,
  SolveObjective,
  SolveVm,
} from '../../../schema/generated/types.js';

type Draw = (from: number, to: number) => number;

/** How often each kind of constraint is in a problem: one time in so many. */
const rare = 4;

/** A problem drawn from a seed, small, with constraints of every kind; most have a solution, for most keep to a hidden one. */
export function drawnProblem(seed: number): PlacementProblem {
  const random = xoroshiro128plus(seed);
  const draw: Draw = (from, to) => uniformInt(random, from, to);
  const kind = (['links', 'links', 'links', 'matrix', 'zones'] as const)[draw(0, 4)] ?? 'links';
  const hostCount = draw(1, 5);
  const vmCount = draw(1, 5);
  const hidden = Array.from({ length: vmCount }, () => draw(0, hostCount - 1));
  const vms = hidden.map((host, place) => drawnVm(draw, place, host, hostCount, kind));
  const hosts = Array.from({ length: hostCount }, (_, place) => {
    const guests = vms.filter((_, vm) => hidden[vm] === place);
    return drawnHost(draw, place, guests, hostCount, kind);
  });
  for (const vm of vms)
    if (vm.sites && !vm.sites.every((site) => hosts.some((host) => host.site === site))) delete vm.sites;
  const demands = drawnDemands(draw, vmCount, kind);
  const network = drawnNetwork(draw, kind, hostCount);
  const hasStar = 'star' in network && network.star !== undefined;
  return {
    format_version: '1',
    name: `drawn from ${seed}`,
    hosts,
    vms,
    ...(demands.length > 0 && { demands }),
    network,
    ...drawnObjective(draw, kind, hasStar),
    ...(draw(1, rare) === 1 && vmCount > 1 && { groups: drawnGroups(draw, hidden) }),
    ...(draw(1, 2) === 1 && { limits: drawnLimits(draw, kind, hasStar, vmCount) }),
    ...(kind === 'links' && draw(1, rare) === 1 && { confidence: 0.5 + draw(0, 49) / 100 }),
  };
}

type Kind = 'links' | 'matrix' | 'zones';

function drawnVm(draw: Draw, place: number, host: number, hostCount: number, kind: Kind): SolveVm {
  const other = () => `h${draw(0, hostCount - 1)}`;
  const stateMib = draw(0, 4000);
  return {
    name: `v${place}`,
    ...(draw(1, 3) > 1 && { host: other() }),
    ...(draw(1, 2) === 1 && { computeCores: draw(0, 8) / 2 }),
    ...(draw(1, 2) === 1 && { memoryMib: draw(0, 4) * 512 }),
    ...(draw(1, rare) === 1 && { diskGib: draw(0, 40) }),
    ...(draw(1, 3 * rare) === 1 && { pin: `h${host}` }),
    ...(draw(1, rare) === 1 && { hosts: [...new Set([`h${host}`, other(), other()])] }),
    ...(draw(1, 2 * rare) === 1 && { sites: ['s0'] }),
    ...(draw(1, 2) === 1 && {
      migration: {
        stateMib,
        ...(draw(1, 2) === 1 && { dirtyMbps: draw(0, 60) }),
        ...(kind === 'links' && draw(1, rare) === 1 && { maxSeconds: draw(1, 3000) }),
      },
    }),
  };
}

function drawnHost(draw: Draw, place: number, guests: readonly SolveVm[], hostCount: number, kind: Kind): SolveHost {
  const needed = (what: 'computeCores' | 'memoryMib' | 'diskGib') =>
    guests.reduce((sum, vm) => sum + (vm[what] ?? 0), 0);
  return {
    name: `h${place}`,
    ...(draw(1, 3) > 1 && { site: `s${draw(0, Math.ceil(hostCount / 2))}` }),
    ...(draw(1, 3) > 1 && { computeCores: needed('computeCores') + draw(-1, 6) / 2 + 0.5 }),
    ...(draw(1, 2) === 1 && { memoryMib: needed('memoryMib') + draw(0, 3) * 512 }),
    ...(draw(1, rare) === 1 && { diskGib: needed('diskGib') + draw(0, 20) }),
    ...(draw(1, rare) === 1 && { maxGuests: guests.length + draw(0, 1) }),
    ...(draw(1, 2) === 1 && { internalMbps: draw(20, 400) }),
    ...(kind === 'zones' && { zones: [`r${place % 3}`, `m${place % 2}`] }),
  };
}

function drawnDemands(draw: Draw, vmCount: number, kind: Kind): SolveDemand[] {
  if (vmCount < 2) return [];
  return Array.from({ length: draw(0, 6) }, () => {
    const from = draw(0, vmCount - 1);
    const to = (from + draw(1, vmCount - 1)) % vmCount;
    return {
      from: `v${from}`,
      to: `v${to}`,
      rateMbps: draw(0, 80),
      ...(draw(1, 3) === 1 && { deviationMbps: draw(0, 20) }),
      ...(draw(1, rare) === 1 && { maxLatencyMs: kind === 'links' ? draw(1, 80) : draw(1, 30) }),
    };
  });
}

function drawnNetwork(draw: Draw, kind: Kind, hostCount: number): PlacementProblem['network'] {
  if (kind === 'links') return drawnLinks(draw, hostCount);
  if (kind === 'zones') {
    const latencyMs = draw(0, 3);
    return {
      levels: [
        { name: 'rack', latencyMs },
        { name: 'room', latencyMs: latencyMs + draw(0, 5) },
      ],
      beyondMs: 10,
    };
  }
  const row = (from: number) => Array.from({ length: hostCount }, (_, to) => (from === to ? 0 : draw(0, 50)));
  return { latencyMs: Array.from({ length: hostCount }, (_, from) => row(from)) };
}

function drawnLinks(draw: Draw, hostCount: number): LinkNetwork {
  const shared = Array.from({ length: draw(0, 2) }, (_, place) => ({
    name: `t${place}`,
    capacityMbps: draw(10, 250),
    ...(draw(1, 3) === 1 && { deviationMbps: draw(0, 30) }),
  }));
  const star = draw(1, 2) === 1 ? draw(0, hostCount - 1) : null;
  const missing = draw(0, 4);
  const all = Array.from({ length: hostCount }, (_, place) => place);
  const links = all.flatMap((from) =>
    all.flatMap((to): LinkNetwork['links'] => {
      const isStar = star === from || star === to;
      if (from === to || (!isStar && draw(1, 10) <= missing)) return [];
      const through = shared.filter(() => draw(1, 3) === 1).map(({ name }) => name);
      return [
        {
          from: `h${from}`,
          to: `h${to}`,
          ...((through.length === 0 || draw(1, 2) === 1) && { capacityMbps: draw(5, 200) }),
          ...(draw(1, rare) === 1 && { deviationMbps: draw(0, 30) }),
          ...(through.length > 0 && { through }),
          latencyMs: draw(0, 40),
          ...(draw(1, rare) === 1 && { isReserved: true }),
        },
      ];
    }),
  );
  return { ...(shared.length > 0 && { shared }), links, ...(star !== null && { star: `h${star}` }) };
}

const anywhere = [
  ...['sum(demand * pathLatency)', 'sum(pathLatency) + 3ms * moves', 'max(pathLatency)', 'mean(hops) + hostsUsed'],
  ...['deviation(computeUse) + deviation(memoryUse)', 'hostsUsed + 0.01 * moves', 'max(guests) - min(guests)'],
  ...['2 * hostsUsed - sum(demand * pathLatency) / (1Mbps * 1ms)', '-max(computeUse) * sum(hops)', 'sum(memoryUse)'],
];
const inLinks = [
  ...[
    'sum(bottleneck)',
    'min(bottleneck)',
    'sum(bottleneck) - 0.5Mbps / 1ms * sum(pathLatency)',
    'sum(demand * bottleneck)',
  ],
  ...['mean(min(1, bottleneck / max(demand, 1kbps)))', 'sum(unmet)', 'sum(bottleneck) - 1Mbps / 1s * sum(migration)'],
  ...[
    'max(max(utilisation))',
    'sum(max(utilisation))',
    'sum(min(capacity))',
    'reservedLinks - 0.1 * moves',
    'sum(sum(load))',
  ],
];
const atEdges = ['sum(residual)', 'max(utilisation)', 'sum(load) - 2Mbps * hostsUsed', 'min(residual)', 'sum(latency)'];

function drawnObjective(draw: Draw, kind: Kind, hasStar: boolean): { objective?: SolveObjective } {
  if (kind === 'links' && draw(1, 3) === 1) return {};
  const level = kind === 'links' && draw(1, 3) === 1 ? 'edge' : 'path';
  const beside = hasStar ? ['fastPathLinks + 0.1 * hostsUsed'] : [];
  const atPaths = kind === 'links' ? [...inLinks, ...anywhere, ...beside] : anywhere;
  const list = level === 'edge' ? atEdges : atPaths;
  const goal = () => (draw(0, 1) === 0 ? 'maximise' : 'minimise');
  const expression = () => list[draw(0, list.length - 1)] as string;
  const tieBreaks = Array.from({ length: draw(0, 2) }, () => ({ goal: goal(), expression: expression() }) as const);
  return { objective: { level, goal: goal(), expression: expression(), ...(tieBreaks.length > 0 && { tieBreaks }) } };
}

function drawnGroups(draw: Draw, hidden: readonly number[]): SolveGroup[] {
  return Array.from({ length: draw(1, 2) }, (_, place) => {
    const members = hidden.map((_, vm) => vm).filter(() => draw(1, 2) === 1);
    const vms = members.length < 2 ? [0, 1] : members;
    const areTogether = new Set(vms.map((vm) => hidden[vm])).size === 1;
    return {
      name: `g${place}`,
      kind: areTogether ? 'together' : 'apart',
      ...(draw(1, 2) === 1 && { within: areTogether || draw(1, 2) === 1 ? 'site' : 'host' }),
      vms: vms.map((vm) => `v${vm}`),
    };
  });
}

function drawnLimits(draw: Draw, kind: Kind, hasStar: boolean, vmCount: number): SolveLimits {
  const fastPathLinks = [{ count: draw(0, 3) }, { intensityShare: draw(0, 10) / 10 }, { bandwidthMbps: draw(0, 150) }];
  return {
    ...(draw(1, 2) === 1 && { moves: draw(0, vmCount) }),
    ...(kind === 'links' && draw(1, rare) === 1 && { migrationSeconds: draw(0, 2000) }),
    ...(draw(1, rare) === 1 && { migrationMib: draw(0, 8000) }),
    ...(hasStar &&
      draw(1, 2) === 1 && { fastPathLinks: fastPathLinks[draw(0, 2)] as SolveLimits['fastPathLinks'] & object }),
  };
}
