// How `virtuoso/status` grows: a pass of a hundred hosts and four hundred VMs is sampled from a running fleet, and recorded again and
// again through the product's journal with every measured value a little different. JOURNAL_PASSES says how often, 10,000 when left
// out; JOURNAL_SEED the seed of the differences, 1 when left out; JOURNAL_SAMPLE a file to keep the sample in.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { GitJournal } from '../reconciler/adapters/journal.js';
import { MirrorUpkeep } from '../reconciler/adapters/mirror-upkeep.js';
import type { JournalDraft, JournalRecord } from '../reconciler/ports.js';
import type { Figure } from './figure.js';
import { drifted } from './journal/drift.js';
import { mirrorOf, sampledPass } from './journal/sampled-pass.js';
import { GitRepository } from './push/git-repository.js';
import { median } from './push/percentiles.js';

const passes = Number(process.env.JOURNAL_PASSES ?? 10_000);
const seed = Number(process.env.JOURNAL_SEED ?? 1);
/** Passes that a figure of the beginning or the end is taken from. */
const window = Math.min(200, Math.floor(passes / 4));
const looksBetween = 50;

export async function run(): Promise<Figure[]> {
  const sample = await sampled(process.env.JOURNAL_SAMPLE);
  const repository = await GitRepository.make();
  try {
    return await grow(repository, sample);
  } finally {
    await repository.remove();
  }
}

async function sampled(file: string | undefined): Promise<JournalRecord> {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const sample = await sampledPass();
  if (file !== undefined) writeFileSync(file, JSON.stringify(sample));
  return sample;
}

/** What the journal of so many passes cost. */
interface Growth {
  appendMs: number[];
  /** To read the newest entry: at the first look, and when all had been written. */
  latestMs: { early: number; late: number };
  historyMs: { early: number; late: number };
  /** Of the mirror: when all had been packed, and the most that was seen. */
  kib: number;
  mostKib: number;
  failures: string[];
}

async function grow(repository: GitRepository, sample: JournalRecord): Promise<Figure[]> {
  const mirror = await mirrorOf(repository.remote, join(repository.directory, 'state'));
  const upkeep = new MirrorUpkeep(mirror);
  const failures: string[] = [];
  upkeep.onFailure((message) => failures.push(message));
  const journal = new GitJournal(mirror, upkeep);
  const random = xoroshiro128plus(seed);
  const appendMs: number[] = [];
  let mostKib = 0;
  let early = { latest: 0, history: 0 };
  for (let pass = 1; pass <= passes; pass++) {
    const draft = drifted(sample, pass, random);
    appendMs.push(await timed(() => append(journal, draft)));
    if (pass === window) early = await reading(journal);
    if (pass % looksBetween === 0) mostKib = Math.max(mostKib, kibBelow(mirror.directory));
    if (pass % (10 * looksBetween) === 0) console.error(`${pass} passes: ${kibBelow(mirror.directory)} KiB`);
  }
  await upkeep.settled();
  const late = await reading(journal);
  return figures({
    appendMs,
    latestMs: { early: early.latest, late: late.latest },
    historyMs: { early: early.history, late: late.history },
    kib: kibBelow(mirror.directory),
    mostKib,
    failures,
  });
}

async function append(journal: GitJournal, draft: JournalDraft): Promise<void> {
  const appended = await journal.append(draft);
  if (appended.kind === 'failed' || !appended.pushed) throw new Error(appended.message);
}

/** Medians of a few reads of the newest entry, and of the newest fifty. */
async function reading(journal: GitJournal): Promise<{ latest: number; history: number }> {
  const latest: number[] = [];
  const history: number[] = [];
  for (let i = 0; i < 5; i++) {
    latest.push(await timed(() => journal.latest()));
    history.push(
      await timed(async () => {
        for await (const read of journal.entries(50)) if (read.kind === 'unreadable') throw new Error(read.message);
      }),
    );
  }
  return { latest: median(latest), history: median(history) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}

/** What the files of a directory take, in KiB; those that go meanwhile are not counted. */
function kibBelow(directory: string): number {
  const bytes = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0);
  return Math.round(bytes.reduce((sum, each) => sum + each, 0) / 1024);
}

function figures({ appendMs, latestMs, historyMs, kib, mostKib, failures }: Growth): Figure[] {
  const [first, last] = [median(appendMs.slice(0, window)), median(appendMs.slice(-window))];
  const told = (name: string, value: number, unit: string): Figure => ({ name, value, unit, target: '', ok: true });
  const atMost = (name: string, value: number, unit: string, most: number): Figure => ({
    ...{ name, value, unit },
    target: `<= ${most}`,
    ok: value <= most,
  });
  for (const failure of failures) console.error(failure);
  return [
    told('passes recorded', passes, ''),
    atMost('packings that failed', failures.length, '', 0),
    atMost('mirror, for each pass, packed', kib / passes, 'KiB', 32),
    atMost('most that the mirror held, to what it holds packed', mostKib / kib, 'times', 2),
    told('append, at first', first, 'ms'),
    atMost('append, at last to at first', last / first, 'times', 1.5),
    told('newest entry, at first', latestMs.early, 'ms'),
    atMost('newest entry, at last to at first', latestMs.late / latestMs.early, 'times', 1.5),
    told('newest fifty, at first', historyMs.early, 'ms'),
    atMost('newest fifty, at last to at first', historyMs.late / historyMs.early, 'times', 1.5),
  ];
}
