import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { build, cli, stackLines } from './run-cli.js';

const directory = mkdtempSync(join(tmpdir(), 'policy-'));

beforeAll(async () => {
  cpSync(join(packageRoot(), 'examples', 'fig14'), directory, { recursive: true });
  for (const name of ['encrypted-between-sites', 'owner-label', 'demands-met']) {
    cpSync(join(packageRoot(), 'policies', `${name}.yaml`), join(directory, 'policies', `${name}.yaml`));
  }
  await build();
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true }));

const denying = (expression: string) => `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata: {name: no-plan}
spec:
  match: {plans: {}}
  action: deny
  validations:
    - {expression: '${expression}', message: Not today.}
  tests:
    - {name: nothing to do, plan: {}, expect: allow}
`;

it('holds rules to their tests, and says where one fails', async () => {
  const good = await cli('policy', 'test', packageRoot());
  expect(good.code).toBe(0);
  expect(good.stdout).toContain('ok    owner-label: a VMSet with an owner\n');
  expect(good.stderr).toMatch(/: 30 tests of 9 rules, all passed\n$/);

  const path = join(directory, 'policies', 'no-plan.yaml');
  writeFileSync(path, denying('plan.steps.size() > 0'));
  const bad = await cli('policy', 'test', directory);
  rmSync(path);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('FAIL  no-plan: nothing to do\n    policies/no-plan.yaml:10:14: It should be allowed');
  expect(stackLines(bad)).toEqual([]);
});

it('tells the same as JSON', async () => {
  const { code, stdout } = await cli('policy', 'test', '-o', 'json', directory);
  const { format_version, tests } = JSON.parse(stdout);
  expect([code, format_version, tests.length]).toEqual([0, '1', 10]);
  expect(tests[0]).toMatchObject({
    rule: 'demands-met',
    passed: true,
    range: { filename: 'policies/demands-met.yaml' },
  });
});

it('validates with exit code 3 what rules deny, with warnings and places', async () => {
  const run = await cli('validate', directory);
  expect(run.code).toBe(3);
  expect(run.stdout).toMatch(
    /^desired\/network\.yaml:\d+:\d+: error VIRT7011: Rule owner-label denies VirtualNetwork\/lan/m,
  );
  expect(run.stdout).toMatch(
    /^desired\/vms\.yaml:\d+:\d+: error VIRT7011: Rule owner-label denies VMSet\/application/m,
  );
  expect(run.stdout).toMatch(/^inventory\/network\.yaml:\d+:\d+: warning VIRT7012: Rule encrypted-between-sites/m);
  expect(run.stderr).toContain('but rules deny them: 2 violations');
  expect((await cli('plan', directory)).code).toBe(3);
});

it('shows a plan that rules deny, saves it nowhere, and exits with 3', async () => {
  rmSync(join(directory, 'policies', 'owner-label.yaml'));
  const saved = join(directory, 'plan.json');
  const allowed = await cli('plan', directory, '--audit', '--out', saved);
  expect(allowed.code).toBe(0);
  rmSync(saved);
  writeFileSync(join(directory, 'policies', 'no-plan.yaml'), denying('plan.steps.size() == 0'));
  const denied = await cli('plan', directory, '--out', saved);
  expect(denied.code).toBe(3);
  expect(denied.stdout).not.toBe('');
  expect(denied.stderr).toContain('error VIRT7011: Rule no-plan denies Plan: Not today.');
  expect(() => rmSync(saved)).toThrow();
});

it('says where rules belong when there are none', async () => {
  const run = await cli('policy', 'test', join(packageRoot(), 'examples', 'fig14'));
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('has no AdmissionRule');
});
