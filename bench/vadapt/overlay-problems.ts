import type { PlacementProblem, SolveDemand, SolveLink } from '../../schema/generated/types.js';
import { type Draw, drawFrom } from './draw.js';

export interface OverlayShape {
  hosts: number;
  vms: number;
  demands: number;
  /** Hosts at a site, about. */
  hostsPerSite: number;
}

/**
 * Hosts for one VM each at sites; every ordered pair has a link with a capacity of its own, wide within a site, narrow and different
 * in each direction between sites. The application's demands are few heavy ones among many light.
 */
export function clusteredProblem(seed: number, shape: OverlayShape): PlacementProblem {
  const draw = drawFrom(seed);
  const sites = Math.max(2, Math.ceil(shape.hosts / shape.hostsPerSite));
  const site = Array.from({ length: shape.hosts }, () => draw.whole(0, sites - 1));
  const within = Array.from({ length: sites }, () => 100 * 10 ** draw.share());
  const between = Array.from({ length: sites * sites }, () => 5 * 20 ** draw.share());
  const links: SolveLink[] = orderedPairs(shape.hosts).map(([from, to]) => {
    const [a, b] = [site[from] as number, site[to] as number];
    const about = a === b ? (within[a] as number) : (between[a * sites + b] as number);
    const capacityMbps = Math.round(about * (0.5 + draw.share()));
    return { from: `h${from}`, to: `h${to}`, capacityMbps, latencyMs: a === b ? 1 : 20 };
  });
  return {
    format_version: '1',
    name: `clustered ${shape.hosts}/${shape.vms}/${shape.demands}, seed ${seed}`,
    hosts: site.map((at, place) => ({ name: `h${place}`, site: `s${at}`, maxGuests: 1 })),
    vms: Array.from({ length: shape.vms }, (_, place) => ({ name: `v${place}` })),
    demands: drawnDemands(draw, shape),
    network: { links },
  };
}

function drawnDemands(draw: Draw, { vms, demands }: OverlayShape): SolveDemand[] {
  const seen = new Set<string>();
  const drawn: SolveDemand[] = [];
  while (drawn.length < demands) {
    const [from, to] = [draw.whole(0, vms - 1), draw.whole(0, vms - 1)];
    if (from === to || seen.has(`${from} ${to}`)) continue;
    seen.add(`${from} ${to}`);
    drawn.push({ from: `v${from}`, to: `v${to}`, rateMbps: Math.round(1 + 20 * draw.share() ** 3) });
  }
  return drawn;
}

export function orderedPairs(count: number): [number, number][] {
  const all = Array.from({ length: count }, (_, place) => place);
  return all.flatMap((a) => all.filter((b) => b !== a).map((b): [number, number] => [a, b]));
}

const heavyMbps = 50;
const lightMbps = 5;

/**
 * Fig. 14: two domains of three hosts, 100 and 1000 Mb/s within, 10 Mb/s between; VMs 1 to 3 talk much, VM 4 little. With `wanMbps`,
 * all links between domains share one trunk in each direction, and the fast domain has interfaces that its hosts' links share.
 */
export function fig14Problem(): PlacementProblem {
  const isFast = (host: number) => host >= 3;
  const links = orderedPairs(6).map(([from, to]): SolveLink => {
    const capacityMbps = isFast(from) !== isFast(to) ? 10 : isFast(from) ? 1000 : 100;
    return { from: `h${from + 1}`, to: `h${to + 1}`, capacityMbps, latencyMs: isFast(from) === isFast(to) ? 1 : 20 };
  });
  return { ...fig14Application(6), name: 'Fig. 14', network: { links } };
}

function fig14Application(hosts: number): Pick<PlacementProblem, 'format_version' | 'hosts' | 'vms' | 'demands'> {
  return {
    format_version: '1',
    hosts: Array.from({ length: hosts }, (_, place) => ({ name: `h${place + 1}`, maxGuests: 1 })),
    vms: Array.from({ length: 4 }, (_, place) => ({ name: `v${place + 1}` })),
    demands: orderedPairs(4).map(([from, to]) => ({
      from: `v${from + 1}`,
      to: `v${to + 1}`,
      rateMbps: from === 3 || to === 3 ? lightMbps : heavyMbps,
    })),
  };
}

/**
 * Fig. 14 with bottlenecks that links share: the fast domain's three hosts hang on one switch port, whose 1000 Mb/s all links between
 * them share; the slow domain has a port of 400 Mb/s for each host, and links of the same width. Pair by pair, the fast domain looks
 * best; together, the demands find more room in the other.
 */
export function fig14SharedProblem(): PlacementProblem {
  const isFast = (host: number) => host >= 3;
  const ports = [0, 1, 2].flatMap((host) => [
    { name: `out of h${host + 1}`, capacityMbps: 400 },
    { name: `into h${host + 1}`, capacityMbps: 400 },
  ]);
  const links = orderedPairs(6).map(([from, to]): SolveLink => {
    const ends = { from: `h${from + 1}`, to: `h${to + 1}` };
    if (isFast(from) !== isFast(to))
      return { ...ends, through: [isFast(from) ? 'wan back' : 'wan out'], latencyMs: 20 };
    if (isFast(from)) return { ...ends, capacityMbps: 500, through: ['port'], latencyMs: 1 };
    return { ...ends, through: [`out of h${from + 1}`, `into h${to + 1}`], latencyMs: 1 };
  });
  const shared = [
    ...ports,
    { name: 'port', capacityMbps: 500 },
    { name: 'wan out', capacityMbps: 30 },
    { name: 'wan back', capacityMbps: 30 },
  ];
  return { ...fig14Application(6), name: 'Fig. 14, shared bottlenecks', network: { shared, links } };
}
