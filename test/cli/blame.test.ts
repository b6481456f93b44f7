import { describe, expect, it } from 'vitest';
import { blame, type DocumentsAt } from '../../cli/blame.js';
import { blameText } from '../../cli/blame-text.js';
import { documentsAt } from '../../cli/documents-at.js';
import type { Observed } from '../../schema/generated/types.js';
import { exampleFiles } from '../examples.js';
import { draft, outcomes, plan } from '../reconciler/adapters/journal-fixture.js';
import { recordedJournal } from './recorded-journal.js';

const files = exampleFiles('fig14');
const example: DocumentsAt = documentsAt(async (source) => ({ kind: 'documents', source, files }));
const lost: DocumentsAt = documentsAt(async () => ({ kind: 'unavailable', message: 'the commit is gone' }));
const source = (letter: string) => letter.repeat(40);

/** A report of hosts with these VMs, and no others. */
function seen(places: Record<string, string[]>): Observed {
  const { observed } = draft();
  const hosts = Object.entries(places).map(([host, names]) => {
    const guests = names.map((name) => ({ guest: { ...guest, name }, phase: 'running' as const }));
    return { host, connected: true, report: { ...report, host, guests } };
  });
  return { ...observed, hosts };
}
const guest = { network: 'lan', mac: '02:00:00:00:00:01', driver: 'netns' as const, computeCores: 1, memoryMib: 128 };
const report = { boot: 'b', sequence: 1, generation: 0, atMs: 0, networks: [], links: [], rules: [], faults: [] };

/** A pass that found vm-1 on host-2 and left it there. */
const first = draft({
  plan: { ...plan, changes: [], steps: [] },
  observed: seen({ 'host-2': ['vm-1'], 'host-4': ['vm-2'] }),
  entry: { outcomes: [], placement: [{ vm: 'vm-1', host: 'host-2' }] },
});
const demanding = (rateMbps: number) => ({
  ...plan,
  decision: { ...plan.decision, demands: plan.decision.demands.map((line) => ({ ...line, rateMbps })) },
});

async function grounds(journal: ReturnType<typeof recordedJournal>, at: DocumentsAt = example) {
  const found = await blame(journal, 'vm-1', at);
  return (found?.events ?? []).map(({ what, grounds }) => ({ kind: what.kind, ...grounds }));
}

describe('what was behind a move', () => {
  it('is traffic where a demand changed by more than the detection threshold, and tells from what to what', async () => {
    const journal = recordedJournal(first, draft({ plan: demanding(60), observed: first.observed }));
    const [moved] = (await grounds(journal)).filter(({ kind }) => kind === 'moved');
    expect(moved).toMatchObject({ answer: 'traffic', ofOthers: false, since: { pass: 1 } });
    // 50 to 60 is within 20 % of the larger rate, 5 to 60 is not.
    expect(moved?.demands).toEqual([{ source: 'vm-2', destination: 'vm-1', beforeMbps: 5, afterMbps: 60 }]);
  });

  it('is an operator where a saved plan was applied', async () => {
    const journal = recordedJournal(first, draft({ entry: { actor: 'ann', trigger: 'a saved plan' } }));
    expect((await grounds(journal)).find(({ kind }) => kind === 'moved')?.answer).toBe('operator');
  });

  it('is not known where documents changed and cannot be read', async () => {
    const journal = recordedJournal(first, draft({ entry: { source: source('d') }, observed: first.observed }));
    const [moved] = (await grounds(journal, lost)).filter(({ kind }) => kind === 'moved');
    expect(moved).toMatchObject({ answer: 'unknown', documents: null });
    expect(moved?.reason).toContain('the commit is gone');
  });

  it('is nothing that is recorded where neither documents nor demands nor the fleet changed', async () => {
    const journal = recordedJournal(first, draft({ observed: first.observed, entry: { placement: [] } }));
    expect((await grounds(journal))[0]?.answer).toBe('unchanged');
  });

  it('of a step that failed is no move', async () => {
    const failed = draft({ entry: { verdict: 'partial', outcomes: outcomes(1) }, observed: first.observed });
    expect((await grounds(recordedJournal(failed))).map(({ kind }) => kind)).toEqual([]);
  });
});

describe('a VM that was found elsewhere than it was left', () => {
  const elsewhere = seen({ 'host-2': [], 'host-4': ['vm-2'], 'host-5': ['vm-1'], 'host-6': [] });
  const quiet = { ...plan, changes: [], steps: [] };

  it('was moved by others, and what is done about it is a repair', async () => {
    const journal = recordedJournal(first, draft({ observed: elsewhere }));
    expect((await grounds(journal)).map(({ kind, answer }) => `${kind} ${answer}`)).toEqual([
      'moved repair',
      'found others',
    ]);
    const found = await blame(journal, 'vm-1', example);
    expect(found && blameText(found)).toContain('found on host-5, left on host-2');
  });

  it('was moved by a step that was late, if the pass before had begun to', async () => {
    const failed = draft({
      entry: { verdict: 'partial', outcomes: outcomes(1), placement: [{ vm: 'vm-1', host: 'host-2' }] },
      observed: first.observed,
    });
    const arrived = draft({
      plan: quiet,
      entry: { outcomes: [] },
      observed: seen({ 'host-2': [], 'host-6': ['vm-1'] }),
    });
    const found = await blame(recordedJournal(failed, arrived), 'vm-1', example);
    expect(found && blameText(found)).toContain(
      'found on host-6, left on host-2; the pass before had begun to move it there',
    );
  });

  it('is not said to be gone while the agent of its host is away', async () => {
    const silent = {
      ...elsewhere,
      hosts: elsewhere.hosts.filter(({ host }) => host !== 'host-5' && host !== 'host-6'),
    };
    const moved = draft({ observed: first.observed });
    const journal = recordedJournal(first, moved, draft({ plan: quiet, entry: { outcomes: [] }, observed: silent }));
    expect((await grounds(journal)).map(({ kind }) => kind)).toEqual(['moved']);
  });
});

describe('blame', () => {
  it('lets no control character of others reach the terminal', async () => {
    const journal = recordedJournal(draft({ entry: { actor: 'ann\u001b[2J', trigger: 'commit \u202eevil' } }));
    const found = await blame(journal, 'vm-1', example);
    expect(found && blameText(found)).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });

  it('says how many entries are left out, and knows no VM that nobody has mentioned', async () => {
    const journal = recordedJournal(first, 'broken');
    const found = await blame(journal, 'vm-1', example);
    expect(found && blameText(found)).toContain('1 entry of the journal cannot be read and is left out.');
    expect(await blame(journal, 'vm-77', example)).toBeNull();
  });
});
