import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FastPath } from '../../../reconciler/model/configuration.js';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import type { Suspended } from '../../../reconciler/model/snapshot.js';
import { trace } from '../../../reconciler/model/trace.js';
import { configurationOf } from '../../../reconciler/plan/configuration-of.js';
import type { Still } from '../../../reconciler/plan/keep-still.js';
import { order } from '../../../reconciler/plan/order.js';
import { realise } from '../../../reconciler/plan/realise.js';
import { refuseSuspended } from '../../../reconciler/plan/refuse-suspended.js';
import { replay } from '../../../reconciler/plan/replay.js';
import { residents } from '../../../reconciler/plan/residents.js';
import { drawFrom, pick } from '../../generators/draw.js';
import { type FleetPair, fleetOf, fleetPair, fleetSizes, orderInput, type Wish } from '../../generators/fleet.js';
import { requireFates, walk } from './walk.js';
import { fates } from './watch.js';

/** The later wish, with these VMs as they were. */
function withKept({ before, after }: FleetPair, isKept: (vm: Wish['vms'][number]) => boolean, paths: FastPath[]): Wish {
  const kept = before.vms.filter(isKept);
  const names = new Set(kept.map(({ name }) => name));
  const vms = [...after.vms.filter(({ name }) => !names.has(name)), ...kept];
  const mapping = new Map([...after.configuration.mapping].filter(([name]) => !names.has(name)));
  for (const { name } of kept) mapping.set(name, before.configuration.mapping.get(name) ?? '');
  const others = after.configuration.paths.filter(
    ({ source, destination }) => !names.has(source) && !names.has(destination),
  );
  return { ...after, vms, configuration: { mapping, paths: [...others, ...paths] } };
}

/** Orders what leads to a wish, and looks at every moment of it; null where there is no room. */
function carriedOut(pair: FleetPair, wish: Wish, still: Still, silent: ReadonlySet<string>, suspended: Suspended[]) {
  const hosts = wish.hosts.map((name) => ({
    name,
    presence: silent.has(name) ? ('silent' as const) : ('connected' as const),
  }));
  const target = realise({ ...fleetOf(wish, pair.current), hosts, still }, wish.configuration);
  const input = { ...orderInput(pair), target, silent, still: still.networks };
  const ordered = order(input);
  if (ordered.kind === 'unsafe') return null;
  if (replay(pair.current, target, ordered.steps, silent)) return null;
  expect(refuseSuspended(suspended, ordered.steps, still)).toBeNull();
  const [first, last] = [fates(pair.current), fates(target)];
  const within = (state: FleetState, _: unknown, inFlight: ReadonlySet<string>) =>
    requireFates(state, target, first, last, inFlight);
  return walk(pair.current, ordered.steps, { within, between: () => undefined }, drawFrom(1));
}

describe('what stands still', () => {
  it('is a network whose tables, attachments and links no plan touches', () => {
    let done = 0;
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const pair = fleetPair(size);
        const name = pick(drawFrom(size.seed), pair.before.networks).name;
        if (!pair.before.hosts.every((host) => pair.after.hosts.includes(host))) return;
        const networks = new Set([name]);
        const still = { networks, paths: [] };
        const isOn = ({ spec }: Wish['vms'][number]) => spec.network === name;
        const coming = pair.after.vms.filter((vm) => !isOn(vm));
        const known = new Set(coming.map((vm) => vm.name));
        const { paths } = pair.after.configuration;
        const open = paths.filter(({ source, destination }) => known.has(source) && known.has(destination));
        const configuration = { ...pair.after.configuration, paths: open };
        const wish = withKept({ ...pair, after: { ...pair.after, vms: coming, configuration } }, isOn, []);
        const suspended = [{ object: `virtual-network/${name}`, by: `virtual-network/${name}` }];
        const end = carriedOut(pair, wish, still, new Set(), suspended);
        if (end === null) return;
        for (const [host, config] of pair.current) {
          const of = (state: FleetState) =>
            [...(state.get(host)?.rules ?? [])].filter(([, rule]) => rule.network === name).sort();
          expect(end.get(host)?.networks.get(name)).toEqual(config.networks.get(name));
          expect(of(end)).toEqual(of(pair.current));
          const peers = of(pair.current).flatMap(([, { to }]) =>
            to.flatMap((o) => (o.kind === 'link' ? [o.peer] : [])),
          );
          for (const peer of peers) expect(end.get(host)?.links.get(peer)).toEqual(config.links.get(peer));
        }
        done += 1;
      }),
      { seed: 5, numRuns: 600 },
    );
    expect(done).toBeGreaterThan(200);
  });

  it('is a host with its VMs, and the fast paths over it', () => {
    let [done, paths] = [0, 0];
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const pair = fleetPair(size);
        const host = pick(drawFrom(size.seed), pair.before.hosts);
        const isProxy = [...pair.before.networks, ...pair.after.networks].some(({ proxy }) => proxy === host);
        if (isProxy || !pair.before.hosts.every((each) => pair.after.hosts.includes(each))) return;
        const running = configurationOf(pair.current).paths.filter((path) => path.hosts.includes(host));
        const ends = new Set(running.flatMap(({ source, destination }) => [source, destination]));
        const at = pair.before.configuration.mapping;
        const networks = new Set(pair.after.networks.map(({ name }) => name));
        const wish = withKept(
          pair,
          ({ name, spec }) => networks.has(spec.network) && (at.get(name) === host || ends.has(name)),
          running,
        );
        const still = { networks: new Set<string>(), paths: running };
        const suspended = [{ object: `host/${host}`, by: `host/${host}` }];
        const end = carriedOut(pair, wish, still, new Set([host]), suspended);
        if (end === null) return;
        expect(end.get(host)).toEqual(pair.current.get(host));
        const there = residents(end);
        for (const { source, destination, hosts } of running) {
          const [from, to] = [there.get(source), there.get(destination)];
          if (!from || !to) continue;
          expect(trace(end, from.spec.network, from.host, from.spec.mac, to.spec.mac).hosts).toEqual(hosts);
          paths += 1;
        }
        done += 1;
      }),
      { seed: 6, numRuns: 800 },
    );
    expect(done).toBeGreaterThan(100);
    expect(paths).toBeGreaterThan(50);
  });
});
