import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { GitMirror } from '../../../reconciler/adapters/git-mirror.js';
import { GitJournal } from '../../../reconciler/adapters/journal.js';
import { MirrorUpkeep } from '../../../reconciler/adapters/mirror-upkeep.js';
import { gitIn, mirrorOf, repository } from './git-fixture.js';
import { draft } from './journal-fixture.js';

const entriesBetween = 8;

/** A journal whose mirror is kept small, and what its upkeep told. */
async function kept() {
  const { remote } = repository();
  const mirror = await mirrorOf(remote);
  const upkeep = new MirrorUpkeep(mirror, entriesBetween);
  const told: string[] = [];
  upkeep.onFailure((message) => told.push(message));
  return { mirror, upkeep, told, journal: new GitJournal(mirror, upkeep) };
}

const objects = ({ directory }: GitMirror) =>
  Object.fromEntries(
    gitIn(directory, 'count-objects', '-v')
      .split('\n')
      .map((line) => line.split(': '))
      .map(([name = '', count]) => [name, Number(count)]),
  ) as { count: number; packs: number; 'in-pack': number };

async function write(journal: GitJournal, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) {
    const appended = await journal.append(draft({ entry: { trigger: `change ${i}` } }));
    expect(appended).toMatchObject({ kind: 'appended', pass: i, pushed: true });
  }
}

async function triggers(journal: GitJournal): Promise<string[]> {
  const found: string[] = [];
  for await (const read of journal.entries()) found.push(read.kind === 'record' ? read.entry.trigger : read.message);
  return found;
}

const expected = (count: number) => Array.from({ length: count }, (_, i) => `change ${count - i}`);

it('packs what so many entries have written, and not before', async () => {
  const { mirror, upkeep, journal, told } = await kept();
  await write(journal, 1, entriesBetween - 1);
  await upkeep.settled();
  expect(objects(mirror)).toMatchObject({ packs: 0 });
  await write(journal, entriesBetween, entriesBetween);
  await upkeep.settled();
  expect(objects(mirror)).toMatchObject({ count: 0, packs: 1 });
  expect(await triggers(journal)).toEqual(expected(entriesBetween));
  expect(told).toEqual([]);
});

it('loses nothing that is written or read while it packs, and keeps few packs', async () => {
  const { mirror, upkeep, journal, told } = await kept();
  const count = 10 * entriesBetween;
  for (let i = 1; i <= count; i++) {
    await write(journal, i, i);
    if (i % entriesBetween === 1) expect(await triggers(journal)).toEqual(expected(i));
  }
  await upkeep.settled();
  expect(objects(mirror).packs).toBeLessThanOrEqual(5); // each holds twice as much as the next
  expect(await triggers(journal)).toEqual(expected(count));
  expect(gitIn(mirror.directory, 'fsck', '--strict', '--no-dangling')).toBe('');
  expect(told).toEqual([]);
}, 120_000);

it('tells why it cannot pack, and tries anew', async () => {
  const { mirror, upkeep, journal, told } = await kept();
  const packs = join(mirror.directory, 'objects', 'pack');
  rmSync(packs, { recursive: true, force: true });
  writeFileSync(packs, '');
  await write(journal, 1, entriesBetween);
  await upkeep.settled();
  expect(told).toEqual([expect.stringContaining(`the mirror ${mirror.directory} cannot be packed and grows: `)]);
  rmSync(packs);
  await write(journal, entriesBetween + 1, 2 * entriesBetween);
  await upkeep.settled();
  expect(told).toHaveLength(1);
  expect(objects(mirror)).toMatchObject({ count: 0, packs: 1 });
});
