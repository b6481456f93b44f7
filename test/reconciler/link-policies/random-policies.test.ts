import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { decide } from '../../../reconciler/pass.js';
import type { LinkEnd, LinkPolicy } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { drawFrom } from '../../generators/draw.js';
import { requireFates, walk } from '../plan/walk.js';
import { fates } from '../plan/watch.js';
import { type DrawnSites, drawnPolicies, drawnSites, filesOf } from './drawn-sites.js';
import { LinkJudge } from './link-judge.js';
import { observedIn } from './told-fleet.js';

type Policies = ReadonlyMap<string, LinkPolicy['spec']>;

function decided(drawn: DrawnSites, policies: Policies, state: FleetState) {
  const { documents, diagnostics } = validateFiles(filesOf(drawn, policies));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'invalid' as const, errors };
  const names = drawn.hosts.map(({ name }) => name);
  return decide({ documents, source: 'test', observed: observedIn(state, names) });
}

/** Whether two hosts could have any link at all, by trying every way. */
function canLink(
  drawn: DrawnSites,
  judge: LinkJudge,
  a: DrawnSites['hosts'][number],
  b: DrawnSites['hosts'][number],
): boolean {
  const key = [a.site, b.site].sort().join(' ');
  const stated = drawn.links.get(key);
  const isSpoken = judge.decides(a.site, b.site) !== null;
  const unstated: LinkEnd['type'][] = isSpoken ? ['udp', 'tcp', 'tls', 'ssh', 'http', 'wireguard'] : ['udp'];
  const types = stated ? [stated.type] : unstated;
  const usual = { udp: 4789, tcp: 7444, tls: 7445, http: 7446, wireguard: 51820, ssh: 0, stun: 3479 };
  return types.some((type) =>
    (stated?.port ? [stated.port] : [usual[type], 443, 22, 4789]).some((port) =>
      [a, b].some((listener) => {
        if (a.site !== b.site && stated?.listen !== undefined && listener.site !== stated.listen) return false;
        // Within a site the smaller name listens.
        if (a.site === b.site && listener.name !== [a.name, b.name].sort()[0]) return false;
        const end = (host: typeof a): LinkEnd => ({
          ...{ peer: '', local: '', remote: '', type },
          ...(type === 'udp' || type === 'ssh' ? {} : { port }),
          ...(type === 'udp' || type === 'wireguard' ? {} : { role: host === listener ? 'listen' : 'connect' }),
          ...(type === 'ssh' && host !== listener ? { ssh: { user: 'u', hostKey: '', port: listener.sshPort } } : {}),
        });
        return judge.permits(a.site, b.site, end(a), end(b));
      }),
    ),
  );
}

/** Whether all VMs can be placed where they have a link to the Proxy, by trying every mapping. */
function isPossible(drawn: DrawnSites, judge: LinkJudge): boolean {
  const proxy = drawn.hosts.find(({ name }) => name === drawn.proxy);
  const open = drawn.hosts.filter((host) => proxy && (host === proxy || canLink(drawn, judge, host, proxy)));
  const left = new Map(open.map(({ name, maxGuests }) => [name, maxGuests]));
  const place = (index: number): boolean => {
    const vm = drawn.vms[index];
    if (vm === undefined) return true;
    return open.some(({ name, site }) => {
      const room = left.get(name) ?? 0;
      if (room === 0 || vm.sites?.includes(site) === false) return false;
      left.set(name, room - 1);
      const isDone = place(index + 1);
      left.set(name, room);
      return isDone;
    });
  };
  return place(0);
}

function forbiddenIn(drawn: DrawnSites, judge: LinkJudge, state: FleetState): string[] {
  const siteOf = new Map(drawn.hosts.map(({ name, site }) => [name, site]));
  return [...state].flatMap(([a, { links }]) =>
    [...links.values()].flatMap((end) => {
      const back = state.get(end.peer)?.links.get(a);
      const sites = [siteOf.get(a) ?? '', siteOf.get(end.peer) ?? ''] as const;
      return back && judge.permits(...sites, end, back) ? [] : [`${a} ${end.peer} ${JSON.stringify(end)}`];
    }),
  );
}

/** Follows a plan step by step: what arrives before and after does so all the way. */
function followed(
  state: FleetState,
  result: Extract<ReturnType<typeof decided>, { kind: 'planned' }>,
  seed: number,
): FleetState {
  const { steps } = result.plan;
  const last = walk(state, steps, { within: () => undefined, between: () => undefined }, drawFrom(seed));
  const [first, end] = [fates(state, last), fates(last)];
  walk(
    state,
    steps,
    {
      within: (now, _edit, inFlight) => requireFates(now, last, first, end, inFlight),
      between: (now) => requireFates(now, last, first, end, new Set()),
    },
    drawFrom(seed),
  );
  return last;
}

function isFollowed(seed: number, tally: Record<string, number>): void {
  const drawn = drawnSites(seed);
  let state: FleetState = new Map();
  for (const round of [1, 2, 3]) {
    const policies = drawnPolicies(seed + round, [...drawn.sites.keys()]);
    const judge = new LinkJudge(policies, drawn.sites);
    const result = decided(drawn, policies, state);
    tally[result.kind] = (tally[result.kind] ?? 0) + 1;
    if (result.kind === 'invalid') {
      expect(result.errors.map(({ id }) => id)).toEqual(result.errors.map(() => 'VIRT8103'));
      continue;
    }
    if (result.kind === 'unsafe') {
      expect(result.limit).toBe('room');
      continue;
    }
    expect(result.kind === 'planned', JSON.stringify(result)).toBe(isPossible(drawn, judge));
    if (result.kind === 'infeasible') {
      const onlySites = isPossible(drawn, new LinkJudge(new Map(), drawn.sites));
      if (onlySites) expect(result.message).toMatch(/LinkPolicy policy-\d \(policies\/\d+\.yaml:1\)/);
      continue;
    }
    if (result.kind !== 'planned') throw new Error(result.kind);
    state = followed(state, result, seed);
    expect(forbiddenIn(drawn, judge, state)).toEqual([]);
    expect([...fates(state).values()].filter((fate) => fate !== 'delivered')).toEqual([]);
    const { links = [] } = result.plan.decision;
    for (const { a, b, policy } of links) {
      const sites = [a, b].map((host) => drawn.hosts.find(({ name }) => name === host)?.site ?? '');
      expect(policy?.name ?? null).toBe(judge.decides(...(sites as [string, string])));
    }
  }
}

describe('plans under random policies', () => {
  it('never hold a forbidden link, join all VMs, and are infeasible only where there is no way', () => {
    const tally: Record<string, number> = {};
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => isFollowed(seed, tally)),
      { seed: 7, numRuns: 400 },
    );
    expect(tally.planned).toBeGreaterThan(400);
    expect(tally.infeasible).toBeGreaterThan(50);
  }, 240_000);
});
