import { describe, expect, it } from 'vitest';
import type { LinkPolicy } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';

type Written = Partial<Record<keyof LinkPolicy['spec'], unknown>>;

const head = (kind: string, name: string, more = '') =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${more}}\nspec:`;

const fixed = [
  `${head('Site', 'clinic', ', labels: {trust: own}')} {}\n`,
  `${head('Site', 'lab', ', labels: {trust: partner}')} {}\n`,
  `${head('Site', 'home')} {}\n`,
  `${head('Network', 'wan')}\n  within:\n    - {site: lab, link: {type: tcp}}\n  between:\n    - {sites: [clinic, lab], link: {type: udp}}\n`,
];

/** Fields of `spec` each stand on a line of their own, from line 5 on. */
function mistakes(...policies: Written[]): string[] {
  const written = policies.map((spec, index) => {
    const fields = Object.entries(spec).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
    return {
      path: `policies/${index + 1}.yaml`,
      text: `${head('LinkPolicy', `policy-${index + 1}`)}\n${fields.join('')}`,
    };
  });
  const files = [...fixed.map((text, index) => ({ path: `inventory/${index}.yaml`, text })), ...written];
  return validateFiles(files).diagnostics.map(({ id, severity, range, summary }) => {
    return `${range.filename}:${range.start.line} ${id} ${severity}: ${summary}`;
  });
}

const toHome = [{ site: 'clinic' }, { site: 'home' }];

describe('a policy of links', () => {
  it('is taken when it makes sense', () => {
    expect(mistakes({ between: toHome, allowed: ['tls', 'ssh'], preferred: ['ssh'], encryption: 'required' })).toEqual(
      [],
    );
    expect(mistakes({ within: {}, forbidden: ['stun'] })).toEqual([]);
    expect(mistakes({ between: [{ labels: { trust: 'own' } }, {}], links: 'forbidden' })).toEqual([]);
  });

  it('says between which sites, in one way', () => {
    expect(mistakes({ allowed: ['tls'] })).toEqual([
      'policies/1.yaml:5 VIRT8101 error: The policy has neither `between` nor `within`.',
    ]);
    expect(mistakes({ between: toHome, within: {} })).toEqual([
      'policies/1.yaml:5 VIRT8101 error: The policy has both `between` and `within`.',
    ]);
  });

  it('names sites that there are', () => {
    expect(mistakes({ between: [{ site: 'klinic' }, {}], forbidden: ['tcp'] })[0]).toContain(
      'VIRT3006 error: There is no Site `klinic`',
    );
    expect(mistakes({ within: { labels: { trust: 'owned' } }, forbidden: ['tcp'] })).toEqual([
      'policies/1.yaml:5 VIRT8105 warning: No Site has the labels `trust: owned`.',
    ]);
  });

  it('does not permit and forbid one type', () => {
    expect(mistakes({ between: toHome, allowed: ['tls', 'ssh'], forbidden: ['ssh'] })).toEqual([
      'policies/1.yaml:6 VIRT8102 error: `ssh` is in `allowed` and in `forbidden`.',
    ]);
    expect(mistakes({ between: toHome, allowed: ['tls'], preferred: ['ssh'] })).toEqual([
      'policies/1.yaml:7 VIRT8102 error: `ssh` is preferred, but not in `allowed`.',
    ]);
    expect(mistakes({ between: toHome, preferred: ['tcp'], encryption: 'required' })).toEqual([
      'policies/1.yaml:6 VIRT8102 error: `tcp` is preferred, but it does not encrypt, which the policy requires.',
    ]);
    expect(mistakes({ between: toHome, links: 'forbidden', allowed: ['tls'] })).toEqual([
      'policies/1.yaml:7 VIRT8102 error: The policy forbids all links, so `allowed` says nothing.',
    ]);
  });

  it('leaves something', () => {
    expect(mistakes({ between: toHome, allowed: ['udp', 'tcp'], encryption: 'required' })).toEqual([
      'policies/1.yaml:6 VIRT8103 error: No type is left that the policy permits.',
    ]);
    const closed = toHome.map((end) => ({ ...end, opens: false }));
    expect(mistakes({ between: closed })).toEqual([
      'policies/1.yaml:5 VIRT8103 error: Neither end opens connections, so no link can be.',
    ]);
    expect(mistakes({ between: [{ ...closed[0] }, { site: 'home' }], allowed: ['wireguard'] })).toEqual([
      'policies/1.yaml:5 VIRT8103 error: Both ends of `wireguard` send unasked, but one of them opens nothing.',
    ]);
  });

  it('does not contradict one that is as specific, unless a priority says which of them decides', () => {
    const one: Written = { between: [{ site: 'clinic' }, {}], forbidden: ['tls'] };
    const other: Written = { between: [{ site: 'home' }, {}], forbidden: ['ssh'] };
    expect(mistakes(one, other)).toEqual([
      'policies/2.yaml:3 VIRT8104 error: LinkPolicy `policy-1` at policies/1.yaml:3 speaks of a pair of sites that this one speaks of, as specifically, and says something else.',
    ]);
    expect(mistakes(one, { ...other, priority: 1 })).toEqual([]);
    expect(mistakes(one, other, { between: toHome, forbidden: ['tcp'] })).toEqual([]);
    expect(mistakes(one, { ...one, reason: 'Twice.' })).toEqual([]);
    expect(mistakes({ ...one, between: toHome }, other)).toEqual([]);
    expect(
      mistakes({ within: { site: 'home' }, forbidden: ['tls'] }, { within: { site: 'clinic' }, forbidden: ['ssh'] }),
    ).toEqual([]);
  });

  it('is held against what paths say', () => {
    expect(mistakes({ between: [{}, {}], encryption: 'required' })).toEqual([
      'inventory/3.yaml:8 VIRT8106 warning: Between clinic and lab there will be no links: LinkPolicy policy-1 (policies/1.yaml:2) requires encryption, which udp has not.',
    ]);
    expect(mistakes({ within: {}, forbidden: ['tcp'] })[0]).toContain(
      'inventory/3.yaml:6 VIRT8106 warning: Within lab',
    );
    expect(mistakes({ between: [{}, {}], links: 'forbidden' })).toEqual([]);
  });
});
