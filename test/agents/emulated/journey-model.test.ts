import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { emptyHost, type FleetState, ruleName } from '../../../reconciler/model/fleet-state.js';
import { type Trace, trace } from '../../../reconciler/model/trace.js';
import type { Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, portTo } from '../star.js';
import { Clock, flatUnderlay, hostNames, linkEnd } from './fleets.js';

const hosts = hostNames(4);
const guests = [1, 2, 3].map((n) => guestSpec(n, 'lan'));
const network = { name: 'lan', vni: 7, mtu: 1450, proxy: 'host-1' };

interface Tables {
  /** Host of each guest. */
  places: number[];
  /** Link ends, each as its host and the peer. */
  ends: { host: number; peer: number }[];
  rules: { host: number; source: string; destination: string; to: number; isPort: boolean }[];
}

const macs = guests.map(({ mac }) => mac);
const tables: fc.Arbitrary<Tables> = fc.record({
  places: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  ends: fc.subarray(
    hosts.flatMap((_, host) => hosts.flatMap((__, peer) => (host === peer ? [] : [{ host, peer }]))),
    { minLength: 9 },
  ),
  rules: fc.uniqueArray(
    fc.record({
      host: fc.nat(3),
      source: fc.constantFrom('any', ...macs),
      destination: fc.constantFrom('any', ...macs),
      to: fc.nat(3),
      isPort: fc.boolean(),
    }),
    { maxLength: 24, selector: ({ host, source, destination }) => `${host} ${source} ${destination}` },
  ),
});

const output = ({ to, isPort }: Tables['rules'][number]) =>
  isPort ? portTo(guests[to % guests.length]?.name ?? '') : linkTo(hosts[to] ?? '');

/** Rules of one host; links to itself are left out. */
const rulesOf = (drawn: Tables, host: number): Rule[] =>
  drawn.rules
    .filter((rule) => rule.host === host && (rule.isPort || rule.to !== host))
    .map((rule) => ({ network: 'lan', source: rule.source, destination: rule.destination, to: [output(rule)] }));

const linksOf = (drawn: Tables, host: number) =>
  drawn.ends.filter((end) => end.host === host).map((end) => linkEnd(hosts[host] ?? '', hosts[end.peer] ?? ''));

async function emulated(drawn: Tables): Promise<EmulatedFleet> {
  const fleet = new EmulatedFleet({ ...flatUnderlay(4), nowMs: new Clock().read });
  for (const [index, host] of hosts.entries()) {
    const { vnet, vmm } = fleet.substrate(host);
    const all = hosts.filter((peer) => peer !== host).map((peer) => linkEnd(host, peer));
    expect(await vnet.provide([network], all)).toEqual([]);
    expect(await vnet.forward(rulesOf(drawn, index))).toEqual([]);
    expect(await vnet.retire([network], linksOf(drawn, index))).toEqual([]);
    const here = guests.filter((_, guest) => drawn.places[guest] === index);
    expect(await vmm.converge(here, [], [])).toEqual([]);
  }
  return fleet;
}

function modelled(drawn: Tables): FleetState {
  return new Map(
    hosts.map((host, index) => {
      const config = emptyHost();
      config.networks.set('lan', network);
      for (const link of linksOf(drawn, index)) config.links.set(link.peer, link);
      for (const rule of rulesOf(drawn, index)) config.rules.set(ruleName(rule), rule);
      guests.forEach((guest, i) => {
        if (drawn.places[i] === index) config.guests.set(guest.name, guest);
      });
      return [host, config] as const;
    }),
  );
}

/** How the cores count what the model calls so. */
function countedAs(traced: Trace): string[] {
  if (traced.kind === 'delivered' || traced.kind === 'lan') return [];
  if (traced.kind === 'loop') return ['hop-budget'];
  return traced.reason === 'no-link' ? ['encapsulation', 'no-port'] : [traced.reason];
}

it("a frame goes the way that the reconciler's model says, on whatever tables", async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(tables, async (drawn) => {
      const fleet = await emulated(drawn);
      const state = modelled(drawn);
      for (const source of guests)
        for (const destination of guests) {
          if (source === destination) continue;
          const from = hosts[drawn.places[guests.indexOf(source)] ?? 0] ?? '';
          const traced = trace(state, 'lan', from, source.mac, destination.mac);
          const probe = fleet.probe(source.name, destination.name);
          kinds.add(traced.kind === 'dropped' ? traced.reason : traced.kind);
          if (traced.kind !== 'loop') expect(probe.hosts).toEqual(traced.hosts);
          // The model lets a port have its own frame back; a core does not.
          if (traced.kind === 'delivered' && traced.guest === source.name && traced.hosts.length === 1)
            expect(probe.drops).toMatchObject([{ reason: 'split-horizon' }]);
          else if (traced.kind === 'delivered') expect([...probe.deliveries]).toEqual([[traced.guest, 1]]);
          else expect(countedAs(traced)).toContain(probe.drops[0]?.reason);
        }
    }),
    { seed: 8, numRuns: 1000 },
  );
  expect([...kinds].sort()).toEqual(['delivered', 'loop', 'no-link', 'no-rule', 'split-horizon']);
});
