import { afterAll, describe, expect, it } from 'vitest';
import { DecisionThread } from '../../reconciler/decision-thread.js';
import type { Decided, PassPart } from '../../reconciler/pass.js';
import { decide } from '../../reconciler/pass.js';
import { locateBy, placesOf } from '../../reconciler/places.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { drawnPolicies, drawnSites, filesOf } from './link-policies/drawn-sites.js';
import { observedIn } from './link-policies/told-fleet.js';

/** What drawn sites pose, with policies whose places plans name. */
function drawnInputs(seed: number) {
  const drawn = drawnSites(seed);
  const { documents } = validateFiles(filesOf(drawn, drawnPolicies(seed, [...drawn.sites.keys()])));
  const names = drawn.hosts.map(({ name }) => name);
  return { documents, source: 'test', observed: observedIn(new Map(), names) };
}

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

describe('a thread that decides', () => {
  const thread = new DecisionThread();
  afterAll(() => thread.close());

  it('decides as the pass does, byte for byte, with the places of policies', async () => {
    const kinds = new Set<Decided['kind']>();
    for (const seed of seeds) {
      const inputs = drawnInputs(seed);
      const here = decide(inputs);
      kinds.add(here.kind);
      expect(await thread.decide(inputs)).toEqual(here);
    }
    expect([...kinds].sort()).toEqual(['infeasible', 'planned']);
  });

  it('tells how long each part took', async () => {
    const parts: PassPart[] = [];
    const decided = await thread.decide(drawnInputs(1), (part, tookMs) => {
      expect(tookMs).toBeGreaterThanOrEqual(0);
      parts.push(part);
    });
    expect(parts.slice(0, 2)).toEqual(['merge', 'solve']);
    expect(parts.includes('guard')).toBe(decided.kind === 'planned');
  });

  it('leaves this thread free meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await thread.decide(drawnInputs(2));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('says what failed, and goes on with the next question', async () => {
    const inputs = drawnInputs(3);
    const observed = { ...inputs.observed, hosts: 'none' as never };
    await expect(thread.decide({ ...inputs, observed })).rejects.toThrow();
    expect(await thread.decide(inputs)).toEqual(decide(inputs));
  });

  it('says of rejected documents where in their text the fault is', async () => {
    const { documents } = validateFiles([{ path: 'a.yaml', text: '' }]);
    const inputs = { ...drawnInputs(4), documents };
    expect(await thread.decide(inputs)).toEqual(decide(inputs));
  });
});

it('places say of every value, and of what is not written, where it stands', () => {
  for (const seed of seeds.slice(0, 5)) {
    for (const located of drawnInputs(seed).documents) {
      const locate = locateBy(placesOf(located));
      for (const field of [[], ['kind'], ['metadata', 'name'], ['spec'], ['spec', 'nothing'], ['spec', 'nothing', 0]]) {
        expect(locate(field)).toEqual(located.locate(field));
      }
    }
  }
});
