import { describe, expect, it } from 'vitest';
import type { LinkPolicy } from '../../../schema/generated/types.js';
import { decidingPolicies } from '../../../schema/link-policy/deciding-policy.js';
import { whyNotPermitted } from '../../../schema/link-policy/why-not-permitted.js';

type Spec = LinkPolicy['spec'];

const sites = [
  { name: 'clinic', labels: { trust: 'own' } },
  { name: 'lab', labels: { trust: 'own' } },
  { name: 'home', labels: {} },
];

const rules = (specs: Record<string, Spec>) =>
  decidingPolicies({
    sites,
    policies: Object.entries(specs).map(([name, spec]) => ({ name, at: `${name}.yaml:1`, spec })),
  });

const own = { labels: { trust: 'own' } };

describe('which policy decides about a pair of sites', () => {
  const specs: Record<string, Spec> = {
    'any-any': { between: [{}, {}] },
    'label-any': { between: [{}, own] },
    'label-label': { between: [own, own] },
    'site-any': { between: [{ site: 'clinic' }, {}] },
    'site-label': { between: [own, { site: 'clinic' }] },
    'site-site': { between: [{ site: 'lab' }, { site: 'clinic' }] },
  };

  it('is the most specific, the more specific of its ends first', () => {
    const left = { ...specs };
    for (const name of ['site-site', 'site-label', 'site-any', 'label-label', 'label-any', 'any-any']) {
      expect(rules(left)('clinic', 'lab')?.policy.name).toBe(name);
      expect(rules(left)('lab', 'clinic')?.policy.name).toBe(name);
      delete left[name];
    }
    expect(rules(left)('clinic', 'lab')).toBeNull();
  });

  it('is of equal ones the one with the larger priority, however specific others are not', () => {
    const both = {
      one: { between: [{ site: 'clinic' }, {}], priority: 1 },
      two: { between: [{ site: 'lab' }, {}], priority: 2 },
    };
    expect(rules({ ...both, three: { between: [{}, {}], priority: 9 } })('clinic', 'lab')?.policy.name).toBe('two');
  });

  it('keeps pairs within a site apart from those between sites', () => {
    const found = rules({ inside: { within: {} }, outside: { between: [{}, {}] } });
    expect(found('lab', 'lab')?.policy.name).toBe('inside');
    expect(found('lab', 'home')?.policy.name).toBe('outside');
    expect(rules({ outside: { between: [{}, {}] } })('lab', 'lab')).toBeNull();
  });
});

describe('who may open what', () => {
  const rule = (spec: Spec) => {
    const found = rules({ p: spec })('clinic', 'home');
    if (found === null) throw new Error('no rule');
    return found;
  };
  const opening = (from: 'a' | 'b', port: number) => ({
    type: 'tls' as const,
    isEncrypted: true,
    openings: [{ from, port }],
  });
  const why = (spec: Spec, from: 'a' | 'b', port: number) =>
    whyNotPermitted(rule(spec), opening(from, port), { a: 'clinic', b: 'home' });

  it('follows the end that a site is at', () => {
    const outward: Spec = { between: [{ opens: false }, { site: 'clinic', ports: [443] }] };
    expect(why(outward, 'a', 443)).toBeNull();
    expect(why(outward, 'a', 7445)).toBe('lets hosts of site clinic open no connections to port 7445 of site home');
    expect(why(outward, 'b', 443)).toBe('lets hosts of site home open no connections to site clinic');
  });

  it('lets both where the ends fit either way round', () => {
    const anybody: Spec = { between: [{ ports: [443] }, { opens: false }] };
    expect(why(anybody, 'a', 443)).toBeNull();
    expect(why(anybody, 'b', 443)).toBeNull();
    expect(why(anybody, 'b', 22)).not.toBeNull();
  });
});
