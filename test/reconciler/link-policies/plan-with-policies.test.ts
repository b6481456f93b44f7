import { describe, expect, it } from 'vitest';
import { explain, explanationJson, explanationText } from '../../../cli/explain.js';
import { linkPoliciesText } from '../../../cli/link-policies-text.js';
import { linkPolicyList } from '../../../reconciler/api/link-policy-view.js';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { studyLink } from '../../../reconciler/pass/link-study.js';
import { decide } from '../../../reconciler/pass.js';
import { guard } from '../../../reconciler/plan/guard.js';
import { renderMarkdown } from '../../../reconciler/plan/render-markdown.js';
import { renderText } from '../../../reconciler/plan/render-text.js';
import type { LinkPolicy } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { recordedJournal } from '../../cli/recorded-journal.js';
import { small } from '../../generators/small-fleet.js';
import { draft } from '../adapters/journal-fixture.js';
import { type DrawnSites, filesOf } from './drawn-sites.js';
import { observedIn } from './told-fleet.js';

type Spec = LinkPolicy['spec'];

/** A clinic that lets TLS out, a lab that lets SSH in, and an office that both may be linked with; the Proxy is there. */
const sites: DrawnSites = {
  sites: new Map(['clinic', 'lab', 'office'].map((name) => [name, {}])),
  hosts: ['clinic', 'lab', 'office'].map((site) => ({ name: `${site}-1`, site, maxGuests: 2, sshPort: 22 })),
  proxy: 'office-1',
  vms: [
    { name: 'vm-0', sites: ['clinic'] },
    { name: 'vm-1', sites: ['lab'] },
  ],
  links: new Map(),
};

const policies = new Map<string, Spec>([
  [
    'clinic-outward',
    { between: [{ site: 'clinic', ports: [443] }, { opens: false }], allowed: ['tls'], reason: 'Its firewall.' },
  ],
  ['lab-inward', { between: [{ site: 'lab', opens: false }, { ports: [22] }], allowed: ['ssh'] }],
  ['never-these-two', { between: [{ site: 'clinic' }, { site: 'lab' }], links: 'forbidden', reason: 'Patients.' }],
]);

function inputsOf(drawn: DrawnSites, written = policies) {
  const { documents, diagnostics } = validateFiles(filesOf(drawn, written));
  expect(diagnostics).toEqual([]);
  const names = drawn.hosts.map(({ name }) => name);
  return { documents, source: 'test', observed: observedIn(new Map(), names) };
}

function planned(drawn: DrawnSites) {
  const decided = decide(inputsOf(drawn));
  if (decided.kind !== 'planned') throw new Error(JSON.stringify(decided));
  return decided;
}

describe('a plan under policies', () => {
  const { plan, snapshot } = planned(sites);

  it('goes round a pair that is forbidden, and names the policy of each link', async () => {
    expect(plan.decision.links).toEqual([
      { a: 'clinic-1', b: 'office-1', type: 'tls', policy: { name: 'clinic-outward', at: 'policies/11.yaml:1' } },
      { a: 'lab-1', b: 'office-1', type: 'ssh', policy: { name: 'lab-inward', at: 'policies/12.yaml:1' } },
    ]);
    expect(plan.decision.paths.map(({ hosts }) => hosts)).toEqual([['lab-1', 'office-1', 'clinic-1']]);
    await expect(renderText(plan)).toMatchFileSnapshot('../../golden/plan-link-policies.txt');
    expect(renderMarkdown(plan)).toContain('| clinic-1 – office-1 | tls | clinic-outward | policies/11.yaml:1 |');
  });

  it('is listed by what policies come to', async () => {
    await expect(linkPoliciesText(linkPolicyList(snapshot))).toMatchFileSnapshot('../../golden/link-policies.txt');
    expect(linkPoliciesText(linkPolicyList(null))).toContain('No document is a LinkPolicy');
  });

  it('has every link explained', async () => {
    const inputs = inputsOf(sites);
    const journal = recordedJournal(draft({ plan, observed: inputs.observed }));
    const explained = async (object: string) =>
      explain(journal, object, null, async (_read, a, b) => studyLink(inputs, a, b));
    const links = await Promise.all(['link/office-1--clinic-1', 'link/clinic-1--lab-1'].map(explained));
    const texts = links.map((each) => (each.kind === 'unknown' ? each.message : explanationText(each)));
    await expect(texts.join('\n')).toMatchFileSnapshot('../../golden/explain-link.txt');
    const [link] = links;
    if (link?.kind !== 'link') throw new Error(link?.kind);
    expect(JSON.parse(explanationJson(link)).studied).toMatchObject({ kind: 'studied', chosen: 'tls', inEffect: null });
    expect(await explained('link/clinic-1--nobody')).toEqual({
      kind: 'unknown',
      message: 'No document has a host called nobody.',
    });
  });
});

describe('VMs that policies leave no place', () => {
  it('are told with the policy, its place and a Proxy that would do', () => {
    const decided = decide(inputsOf({ ...sites, proxy: 'lab-1' }));
    expect(decided.kind).toBe('infeasible');
    expect(decided.kind === 'infeasible' && decided.message).toBe(
      'vm-0 can be placed nowhere: no host is allowed for it. Loosen that. Without this link policy there would be a place: ' +
        'no link may be between host clinic-1 (site clinic) and host lab-1 (site lab): LinkPolicy never-these-two (policies/13.yaml:1) ' +
        'forbids all links there. Its reason: Patients. Change the policy. lab-1 is the Proxy of network lan, which VMs reach each other ' +
        'through. Every host may be linked with office-1: it can be the Proxy of lan.',
    );
  });
});

describe('the guard', () => {
  const mapping = { 'vm-1': 'host-1', 'vm-2': 'host-2' };
  const hosts = ['host-1', 'host-2'];
  const target = small({ hosts, mapping });
  const siteOf = new Map([
    ['host-1', 'east'],
    ['host-2', 'west'],
  ]);
  const judged = (spec: Spec, silent: string[] = [], current: FleetState = target) =>
    guard({
      ...{ current, target, changes: [], steps: [], limits: [], silent: new Set(silent), moves: [], nowMs: 0 },
      law: {
        siteOf,
        policies: {
          policies: [{ name: 'p', at: 'p.yaml:1', spec }],
          sites: ['east', 'west'].map((name) => ({ name, labels: {} })),
        },
      },
    });

  it('refuses a plan that has a link which a policy does not permit', () => {
    expect(judged({ between: [{}, {}] })).toEqual({ kind: 'safe' });
    for (const rules of [
      { links: 'forbidden' },
      { forbidden: ['udp'] },
      { allowed: ['tls'] },
      { encryption: 'required' },
    ] as Spec[]) {
      expect(judged({ between: [{}, {}], ...rules })).toMatchObject({ kind: 'unsafe', limit: 'link-policy' });
    }
    expect(judged({ between: [{ site: 'east', opens: false }, {}] })).toMatchObject({ limit: 'link-policy' });
    expect(judged({ between: [{ site: 'east', ports: [443] }, {}] })).toMatchObject({
      limit: 'link-policy',
      message: expect.stringContaining('LinkPolicy p (p.yaml:1) does not permit'),
    });
    expect(judged({ within: {}, links: 'forbidden' })).toEqual({ kind: 'safe' });
  });

  it('refuses also what a step alone sets up, and leaves links to silent hosts alone', () => {
    const bare = small({ hosts, mapping, apart: ['host-1 host-2'] });
    const end = target.get('host-1')?.links.get('host-2');
    const steps = [
      { id: 1, kind: 'link-up' as const, title: '', edits: [{ host: 'host-1', addLinks: end ? [end] : [] }] },
    ];
    const law = {
      siteOf,
      policies: {
        policies: [{ name: 'p', at: '', spec: { between: [{}, {}], links: 'forbidden' as const } }],
        sites: [],
      },
    };
    const input = { current: bare, target: bare, changes: [], limits: [], moves: [], nowMs: 0, law, steps };
    expect(guard({ ...input, silent: new Set() })).toMatchObject({ limit: 'link-policy' });
    expect(judged({ between: [{}, {}], links: 'forbidden' }, ['host-2'])).toEqual({ kind: 'safe' });
  });
});
