import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { emptyHost, type FleetState, ruleName } from '../../../reconciler/model/fleet-state.js';
import { type Trace, trace } from '../../../reconciler/model/trace.js';
import type { NetworkAttachment, Output, Rule } from '../../../schema/generated/types.js';
import { ruleFaults } from '../../../schema/rule-faults.js';
import { guestSpec, linkTo, portTo } from '../star.js';
import { Clock, flatUnderlay, hostNames, linkEnd } from './fleets.js';

const hosts = hostNames(4);
const guests = [1, 2, 3].map((n) => guestSpec(n, 'lan'));
/** Only the first host is on the LAN. */
const networkOn = (host: string): NetworkAttachment => {
  const network = { name: 'lan', vni: 7, mtu: 1450, proxy: 'host-1' };
  return host === 'host-1' ? { ...network, lan: 'eth1' } : network;
};

interface Tables {
  /** Host of each guest. */
  places: number[];
  /** Link ends, each as its host and the peer. */
  ends: { host: number; peer: number }[];
  rules: { host: number; source: string; destination: string; to: number; kind: Output['kind'] }[];
}

const macs = guests.map(({ mac }) => mac);
const notMacs = macs.map((mac) => `not-${mac}`);
const tables: fc.Arbitrary<Tables> = fc.record({
  places: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  ends: fc.subarray(
    hosts.flatMap((_, host) => hosts.flatMap((__, peer) => (host === peer ? [] : [{ host, peer }]))),
    { minLength: 9 },
  ),
  rules: fc.uniqueArray(
    fc.record({
      host: fc.nat(3),
      source: fc.constantFrom('any', ...macs, ...notMacs),
      destination: fc.constantFrom('any', 'none', ...macs, ...notMacs),
      to: fc.nat(3),
      kind: fc.constantFrom('port', 'port', 'link', 'link', 'link', 'lan'),
    }),
    { maxLength: 24, selector: ({ host, source, destination }) => `${host} ${source} ${destination}` },
  ),
});

const output = ({ to, kind }: Tables['rules'][number]): Output => {
  if (kind === 'lan') return { kind };
  return kind === 'port' ? portTo(guests[to % guests.length]?.name ?? '') : linkTo(hosts[to] ?? '');
};

/** Rules of one host; links to itself are left out, and what no core would hold. */
const rulesOf = (drawn: Tables, host: number): Rule[] => {
  const rules = drawn.rules
    .filter((rule) => rule.host === host && (rule.kind !== 'link' || rule.to !== host))
    .map((rule) => ({ network: 'lan', source: rule.source, destination: rule.destination, to: [output(rule)] }));
  const refused = new Set(ruleFaults(rules).map(({ index }) => index));
  return rules.filter((_, index) => !refused.has(index));
};

const linksOf = (drawn: Tables, host: number) =>
  drawn.ends.filter((end) => end.host === host).map((end) => linkEnd(hosts[host] ?? '', hosts[end.peer] ?? ''));

async function emulated(drawn: Tables): Promise<EmulatedFleet> {
  const clock = new Clock();
  const fleet = new EmulatedFleet({ ...flatUnderlay(4), nowMs: clock.read });
  for (const [index, host] of hosts.entries()) {
    const { vnet, vmm } = fleet.substrate(host);
    const all = hosts.filter((peer) => peer !== host).map((peer) => linkEnd(host, peer));
    expect(await vnet.provide([networkOn(host)], all)).toEqual([]);
    expect(await vnet.forward(rulesOf(drawn, index))).toEqual([]);
    expect(await vnet.retire([networkOn(host)], linksOf(drawn, index))).toEqual([]);
    const here = guests.filter((_, guest) => drawn.places[guest] === index);
    expect(await vmm.converge(here, [], [])).toEqual([]);
  }
  // Until every host knows which of its links are down.
  clock.ms += 1000;
  return fleet;
}

function modelled(drawn: Tables): FleetState {
  return new Map(
    hosts.map((host, index) => {
      const config = emptyHost();
      config.networks.set('lan', networkOn(host));
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
      const hasEnd = (host: string, peer: string) => state.get(host)?.links.has(peer) ?? false;
      const isUp = (host: string, peer: string) => hasEnd(host, peer) && hasEnd(peer, host);
      for (const source of guests)
        for (const destination of guests) {
          if (source === destination) continue;
          const from = hosts[drawn.places[guests.indexOf(source)] ?? 0] ?? '';
          const traced = trace(state, 'lan', from, source.mac, destination.mac, isUp);
          const probe = fleet.probe(source.name, destination.name);
          kinds.add(traced.kind === 'dropped' ? traced.reason : traced.kind);
          if (traced.kind !== 'loop') expect(probe.hosts).toEqual(traced.hosts);
          // The model lets a port have its own frame back; a core does not.
          if (traced.kind === 'delivered' && traced.guest === source.name && traced.hosts.length === 1)
            expect(probe.drops).toMatchObject([{ reason: 'split-horizon' }]);
          else if (traced.kind === 'lan') expect([probe.lanCopies, probe.deliveries.size]).toEqual([1, 0]);
          else if (traced.kind === 'delivered') expect([...probe.deliveries]).toEqual([[traced.guest, 1]]);
          else expect(countedAs(traced)).toContain(probe.drops[0]?.reason);
        }
    }),
    { seed: 8, numRuns: 3000 },
  );
  expect([...kinds].sort()).toEqual(['delivered', 'lan', 'loop', 'no-link', 'no-rule', 'split-horizon']);
});
