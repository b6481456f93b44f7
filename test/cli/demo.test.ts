import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { gitIn, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

// All twenty seeds go through the same loop on a clock of their own in test/reconciler/fig14.test.ts; here two, whole: with git,
// TLS and a real clock.
it('demo --once -o json ends with a result that git agrees with', async () => {
  await Promise.all([7, 14].map((seed) => endsWell(seed, temporaryDirectory())));
}, 240_000);

async function endsWell(seed: number, directory: string): Promise<void> {
  const run = await cli('demo', '--once', '-o', 'json', '--seed', `${seed}`, '--directory', directory);
  expect(run).toMatchObject({ code: 0 });
  expect(stackLines(run)).toEqual([]);
  const result = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
  for (const vm of ['vm-1', 'vm-2', 'vm-3']) expect(['host-4', 'host-5', 'host-6']).toContain(result.mapping[vm]);
  expect(['host-1', 'host-2', 'host-3']).toContain(result.mapping['vm-4']);
  expect(result.before.throughputMbps).toBeGreaterThan(0);
  expect(result.after.throughputMbps).toBeGreaterThan(10 * result.before.throughputMbps);
  expect(result.passes).toBeGreaterThan(2);

  const repository = join(directory, 'repository');
  expect(gitIn(repository, 'rev-parse', 'virtuoso/status')).toBe(result.statusCommit);
  const entry = JSON.parse(gitIn(repository, 'show', `${result.statusCommit}:entry.json`));
  const placement = Object.fromEntries(entry.placement.map(({ vm, host }: { vm: string; host: string }) => [vm, host]));
  expect(placement).toEqual(result.mapping);
  expect(gitIn(repository, 'status', '--porcelain')).toBe('');
}

it('demo writes nothing on stdout that is no result when JSON is asked for', async () => {
  const run = await cli('demo', '--once', '-o', 'json', '--api-port', 'none');
  expect(run).toMatchObject({ code: 1, stdout: '' });
});
