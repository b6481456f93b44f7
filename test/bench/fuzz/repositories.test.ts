import { expect, it } from 'vitest';
import { baseRepositories } from '../../../bench/fuzz/base-repositories.js';
import { judgeRepository } from '../../../bench/fuzz/judge-repository.js';
import { kinds } from '../../../schema/validate/kinds.js';

const runs = 300;
const bases = baseRepositories();

it('begins with documents of every kind', () => {
  const documents = bases.flat().flatMap((file) => file.documents as { kind: string }[]);
  expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(kinds));
});

// `npm run bench -- repositories` does the same with 10,000, each with a limit of its own.
it('validates and plans drawn repositories, or says where they are wrong', { timeout: 600_000 }, async () => {
  const codes = new Set<string>();
  const ids = new Set<string>();
  const problems: string[] = [];
  for (let seed = 1; seed <= runs; seed++) {
    const result = await judgeRepository(seed, bases);
    codes.add(result.codes.join());
    for (const id of result.ids) ids.add(id);
    problems.push(...result.problems.map((problem) => `seed ${seed}: ${problem}`));
  }
  expect(problems).toEqual([]);
  // Valid, planned, infeasible and wrong ones are among them, and mistakes of many sorts.
  expect([...codes]).toEqual(expect.arrayContaining(['0,0', '0,4', '1,1']));
  expect(ids.size).toBeGreaterThan(30);
});
