import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 240_000);

const rule = (expression: string) => `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata: {name: trap}
spec:
  match: {documents: {kinds: [Site]}}
  action: deny
  validations:
    - expression: ${JSON.stringify(expression)}
      message: Not so.
  tests:
    - {name: any, document: {}, expect: allow}
`;

function fleetWith(expression: string): string {
  const directory = temporaryDirectory();
  cpSync(join(packageRoot(), 'examples', 'fig14'), directory, { recursive: true });
  writeFileSync(join(directory, 'policies', 'trap.yaml'), rule(expression));
  return directory;
}

const hundred = `[${Array.from({ length: 100 }, (_, number) => number).join(',')}]`;
const nested = ['a', 'b', 'c', 'd', 'e', 'f'].reduceRight((inner, name) => `list.all(${name}, ${inner})`, 'a + b >= 0');
const endless = `cel.bind(list, ${hundred}, ${nested})`;

it('ends a rule that goes on for ever, and denies with its place', async () => {
  const directory = fleetWith(endless);
  for (const verb of ['validate', 'plan']) {
    const run = await cli(verb, directory);
    expect(run.code, verb).toBe(3);
    expect(stackLines(run)).toEqual([]);
    expect(run.stdout + run.stderr).toMatch(
      /^policies\/trap\.yaml:8:5: error VIRT7014: Rule trap was ended: it took more than 5000 ms\. Simplify it\.$/m,
    );
  }
});

it('matches patterns that are exponential elsewhere in linear time', async () => {
  const text = `${'a'.repeat(1500)}!`;
  const run = await cli('validate', fleetWith(`!"${text}".matches("^(a+)+$") && !"${text}".matches("^(a|a)*$")`));
  expect(run).toMatchObject({ code: 0, stdout: '' });
});

it('refuses patterns that grow, and those that only a backtracking engine has, at their place', async () => {
  for (const pattern of ['((x{100}){100}){100}', '(a+)\\\\1$', '^(?=a)a$']) {
    const run = await cli('validate', fleetWith(`"aaa".matches("${pattern}")`));
    expect(run.code, pattern).toBe(1);
    expect(run.stdout).toMatch(/^policies\/trap\.yaml:8:\d+: error VIRT7005: The pattern is not taken: /m);
  }
});
