import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../package-root.js';
import { isDenied } from '../reconciler/admission/verdict.js';
import { admit, rulesAmong } from '../reconciler/admit.js';
import type { Plan } from '../schema/generated/types.js';
import type { SourceFile } from '../schema/validate/source-file.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { inProcess } from './reconciler/admission/in-process.js';

const policies: SourceFile[] = readdirSync(join(packageRoot(), 'policies')).map((name) => ({
  path: `policies/${name}`,
  text: readFileSync(join(packageRoot(), 'policies', name), 'utf8'),
}));

const head = (kind: string, name: string, more = '') =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${more}}\nspec:\n`;
const owned = ', labels: {owner: shop}';
const key = `sha256:${'A'.repeat(43)}=`;

/** Twelve violations, each marked with the rule that it breaks, at the place where it is told. */
const planted = {
  path: 'desired/planted.yaml',
  text: [
    `${head('Site', 'north')}  {}`,
    `${head('Site', 'south')}  {}`,
    `${head('Network', 'net')}  within: [{site: north}]\n  between:\n    - {sites: [north, south]} # encrypted-between-sites`,
    `${head('Host', 'host-1')}  site: north # agent-keys-pinned\n  interfaces: [{name: eth0, network: net, address: 192.0.2.1/24, bandwidth: 1Gbps}]\n  compute: 8\n  memory: 16Gi`,
    `${head('Host', 'host-2')}  site: south # agent-keys-pinned\n  interfaces: [{name: eth0, network: net, address: 192.0.2.2/24, bandwidth: 1Gbps}]\n  compute: 8\n  memory: 16Gi`,
    `${head('VirtualNetwork', 'lan').replace('}', '} # owner-label')}  vni: 1\n  proxy: host-1`,
    ...[1, 2, 3].map(
      (n) =>
        `${head('VMSet', `unowned-${n}`).replace('}', '} # owner-label')}  {network: lan, compute: 1, memory: 1Gi, members: [{name: u-${n}}]}`,
    ),
    ...[1, 2].map(
      (n) =>
        `${head('VMSet', `pinned-${n}`, owned)}  network: lan\n  compute: 1\n  memory: 1Gi\n  members:\n    - {name: p-${n}, pin: host-${n}} # pin-reason`,
    ),
    `${head('VMSet', 'spread', owned)}  network: lan\n  compute: 1\n  memory: 1Gi\n  members: [{name: s-1}]\n  placement: {apart: host, sites: [north]} # spread-has-sites`,
    `${head('VMSet', 'greedy', owned)}  network: lan\n  compute: 1\n  memory: 1Gi\n  members: [{name: g-1}]\n  schedule:\n    class: batch\n    adjustableBy:\n      - {key: '${key}', utilisation: {least: 0, most: 1}} # users-leave-room`,
    `${head('AdmissionRule', 'lax')}  match: {documents: {kinds: [Site]}}\n  action: deny\n  validations: [{expression: 'true', message: Never.}]\n  tests: [{name: any, document: {}, expect: allow}]\n  exemptions:\n    - {object: Site/north, until: '2030-01-01T00:00:00Z', reason: for ever} # exemptions-end-soon`,
  ].join('\n---\n'),
};

const nowMs = Date.parse('2026-03-01T02:00:00Z'); // a Sunday night
const { documents, diagnostics } = validateFiles([...policies, planted]);

describe('the rules that come along', () => {
  const rules = rulesAmong(validateFiles(policies).documents);

  it('are valid', () => {
    expect(validateFiles(policies).diagnostics).toEqual([]);
    expect(rules.length).toBeGreaterThanOrEqual(9);
  });

  it.each(rules.map(({ document }) => ({ name: document.metadata.name, document })))(
    'say of their examples what these expect: $name',
    async ({ document }) => {
      const expectations = new Set(document.spec.tests.map(({ expect: wanted }) => wanted));
      expect([...expectations].sort()).toEqual(['allow', 'deny']);
      const results = await inProcess.test(document);
      expect(results.filter(({ passed }) => !passed)).toEqual([]);
    },
  );

  it('find every violation in one run, each at its place', async () => {
    expect(diagnostics).toEqual([]);
    const wanted = planted.text.split('\n').flatMap((line, index) => {
      const rule = / # ([a-z-]+)$/.exec(line)?.[1];
      return rule === undefined ? [] : [`${planted.path}:${index + 1} ${rule}`];
    });
    const said = await admit({ documents, plan: null, nowMs }, inProcess);
    const found = said.map(({ range, summary }) => {
      return `${range.filename}:${range.start.line} ${/^Rule ([a-z-]+) /.exec(summary)?.[1]}`;
    });
    expect(wanted).toHaveLength(12);
    expect(found).toEqual(wanted);
    expect(isDenied(said)).toBe(true);
  });

  it('warn of plans that move many VMs at night, and note what stays unmet', async () => {
    const changes = ['a', 'b', 'c', 'd'].map((guest) => ({
      kind: 'guest-move',
      guest,
      from: 'x',
      to: 'y',
      seconds: 0,
    }));
    const plan = { changes, steps: [], decision: { after: { unmetMbps: 12.5 } } } as unknown as Plan;
    const said = await admit({ documents, plan, nowMs }, inProcess);
    expect(said.map(({ id, severity, summary }) => [id, severity, summary])).toEqual([
      ['VIRT7013', 'warning', 'Rule demands-met notes Plan: 12.5 Mb/s of demands stay unmet.'],
      [
        'VIRT7012',
        'warning',
        'Rule moves-in-working-hours warns of Plan: 4 VMs move while nobody is at work: a, b, c, d.',
      ],
    ]);
    const byDay = await admit({ documents, plan, nowMs: Date.parse('2026-03-02T09:00:00Z') }, inProcess);
    expect(byDay.map(({ id }) => id)).toEqual(['VIRT7013']);
  });
});
