import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../reconciler/model/canonical.js';
import { decide } from '../../reconciler/pass.js';
import { verifyHash } from '../../reconciler/plan/assemble.js';
import type { JournalRecord } from '../../reconciler/ports.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { drawFrom } from '../generators/draw.js';
import { commitsInGit, type GitCommits } from './faults/commits.js';
import { World } from './faults/world.js';

/** A fleet that was brought to two commits, one after the other, and then asked for another pass. */
async function history(commits: GitCommits): Promise<{ records: JournalRecord[]; heads: (string | null)[] }> {
  const world = new World(commits, { draw: drawFrom(1), delayMs: 0, lossPerMille: 0 });
  await world.start();
  commits.commit();
  world.reconciler.loop.requestPass('a commit');
  await world.converged();
  const { journal } = await commits.open();
  const heads = [await journal.head()];
  world.reconciler.loop.requestPass('another look');
  const { plan, outcomes, commit } = await world.converged();
  expect({ steps: plan?.steps, outcomes, commit }).toEqual({ steps: [], outcomes: [], commit: null });
  heads.push(await (await commits.open()).journal.head());
  expect(await world.close()).toEqual([]);
  const records: JournalRecord[] = [];
  for await (const read of journal.entries()) {
    if (read.kind === 'unreadable') throw new Error(read.message);
    records.push(read);
  }
  return { records: records.reverse(), heads };
}

describe('a recorded pass', () => {
  it('can be decided again, byte for byte, and is not recorded again when there is nothing to do', async () => {
    const commits = commitsInGit();
    const { records, heads } = await history(commits);
    expect(records.map(({ entry }) => entry.verdict)).toEqual(['applied', 'applied']);
    expect(heads).toEqual([records.at(-1)?.commit, records.at(-1)?.commit]);

    const { source } = await commits.open();
    await source.read();
    for (const { plan, observed, entry } of records) {
      if (!plan) throw new Error(`pass ${entry.pass} has no plan`);
      const read = await source.readAt(entry.source);
      if (read.kind === 'unavailable') throw new Error(read.message);
      const { documents, diagnostics } = validateFiles(read.files);
      expect(diagnostics).toEqual([]);
      const again = decide({ documents, source: read.source, observed });
      if (again.kind !== 'planned') throw new Error(`pass ${entry.pass} is ${again.kind} now`);
      expect(again.plan.steps.length).toBeGreaterThan(3);
      expect(canonicalJson(again.plan)).toBe(canonicalJson(plan));
      expect(again.plan.hash).toBe(entry.planHash);
      expect(verifyHash(plan)).toBe(true);
    }
  });

  it('is another one when anything that it saw was different', async () => {
    const commits = commitsInGit();
    const { records } = await history(commits);
    const { source } = await commits.open();
    await source.read();
    const [, last] = records;
    if (!last) throw new Error('two passes were to be recorded');
    const read = await source.readAt(last.entry.source);
    if (read.kind === 'unavailable') throw new Error(read.message);
    const { documents } = validateFiles(read.files);
    const observed = { ...last.observed, nowMs: last.observed.nowMs + 1 };
    const again = decide({ documents, source: read.source, observed });
    expect(again.kind === 'planned' && again.plan.steps).toEqual(last.plan?.steps);
    expect(again.kind === 'planned' && again.plan.hash).not.toBe(last.plan?.hash);
  });
});
