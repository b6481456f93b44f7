import { describe, expect, it } from 'vitest';
import { explain, explanationJson, explanationText } from '../../cli/explain.js';
import type { Journal, JournalDraft } from '../../reconciler/ports.js';
import { draft, outcomes, plan, refused } from '../reconciler/adapters/journal-fixture.js';
import { recordedJournal } from './recorded-journal.js';

/** A plan that looked at vm-1 on host-6 and left it there. */
const kept: JournalDraft = draft({
  plan: {
    ...plan,
    changes: [],
    steps: [],
    decision: {
      ...plan.decision,
      reason: 'No move gains 5 %.',
      mapping: [{ vm: 'vm-1', from: 'host-6', to: 'host-6' }],
    },
  },
  entry: { at: '2026-03-01T12:30:00Z', outcomes: [] },
});

const text = async (journal: Pick<Journal, 'entries' | 'latest'>, object: string): Promise<string> => {
  const explanation = await explain(journal, object);
  return explanation.kind === 'unknown' ? `unknown: ${explanation.message}` : explanationText(explanation);
};

describe('explain vm/NAME', () => {
  it('tells who put it there, when, on what grounds, and what has been since', async () => {
    expect(await text(recordedJournal(draft(), 'broken', kept), 'vm/vm-1')).toBe(
      `vm-1 runs on host-6, as of pass 2 (2026-03-01 12:30:00 UTC).

How it came there
  Pass 1 (2026-03-01 12:00:00 UTC) moved vm-1 to host-6, from host-2, in step 2 of 3; that took 0.12 s.
  The pass was asked for by: commit cccccccc. Documents: cccccccccccc.

Why
  Demands between vm-1 and vm-2 do not fit through the trunk between the sites.
  before  290 Mb/s unmet, objective -40 Mb/s
  after   0 Mb/s unmet, objective 5700.5 Mb/s
  bound   0 Mb/s unmet, objective 5991 Mb/s; nothing can be better
  Found by annealing, on nominal capacities.

Its demands when that was decided
  to    vm-2  50 Mb/s  at least, the network held it back
  from  vm-2   5 Mb/s  observed

How its frames travel since then
  to  vm-2  host-6 -> host-4  950 Mb/s left at host-6/eth0

Since then
  One pass did or refused something; none moved it.
  Pass 2 (2026-03-01 12:30:00 UTC) left it there: No move gains 5 %.

Conditions
  Ready: True  since 2026-03-01 12:00:00 UTC  Running  vm-1 runs on host-6.

Look further
  git show 0000000000000000000000000000000000000001:plan.md
`,
    );
  });

  it('tells a move that failed, and does not take it for one that was done', async () => {
    const onHost2 = [{ vm: 'vm-1', host: 'host-2' }];
    const failed = draft({ entry: { verdict: 'partial', outcomes: outcomes(1), placement: onHost2 } });
    const journal = recordedJournal(failed, refused('no room'));
    expect(await explain(journal, 'vm/vm-1')).toMatchObject({
      cause: null,
      passesSince: 2,
      attempt: { pass: 1, message: 'step 2 failed: host-6 did not answer within 30 s: start its agent' },
    });
    const told = await text(recordedJournal(failed), 'vm/vm-1');
    expect(told).toContain('It was there before the journal began.');
    expect(told).toContain('would have moved vm-1 to host-6, but step 2 failed: host-6 did not answer');
  });

  it('tells when somebody else has moved it', async () => {
    const journal = recordedJournal(draft({ entry: { placement: [{ vm: 'vm-1', host: 'host-5' }] } }));
    const told = await text(journal, 'vm/vm-1');
    expect(told).toContain('vm-1 runs on host-5');
    expect(told).toContain('no recorded pass did that');
  });

  it('explains a VM that was stopped', async () => {
    const told = await text(recordedJournal(draft()), 'vm/vm-9');
    expect(told).toContain('vm-9 runs nowhere');
    expect(told).toContain('stopped vm-9 on host-3');
    expect(told).not.toContain('somebody else');
  });

  it('is JSON for programs', async () => {
    const explanation = await explain(recordedJournal(draft()), 'vm/vm-1');
    if (explanation.kind === 'unknown') throw new Error(explanation.message);
    const parsed = JSON.parse(explanationJson(explanation));
    expect(Object.keys(parsed)[0]).toBe('format_version');
    expect(parsed).toMatchObject({ kind: 'vm', host: 'host-6', cause: { pass: 1, step: 2, after: { unmetMbps: 0 } } });
  });
});

describe('explain host/NAME', () => {
  it('tells what it holds, since when, and its last change', async () => {
    expect(await text(recordedJournal(draft(), kept), 'host/host-6')).toBe(
      `host-6 holds vm-1, as of pass 2 (2026-03-01 12:30:00 UTC).

How its VMs came there
  vm-1  moved from host-2 by pass 1 (2026-03-01 12:00:00 UTC)

Last change
  Pass 1 (2026-03-01 12:00:00 UTC):
  - move vm-1 from host-2 to host-6
  Demands between vm-1 and vm-2 do not fit through the trunk between the sites.

Look further
  git show 0000000000000000000000000000000000000001:plan.md
`,
    );
  });

  it('tells an empty host from one that nobody knows', async () => {
    expect(await text(recordedJournal(draft()), 'host/host-3')).toContain('host-3 holds no VM');
    expect(await text(recordedJournal(draft()), 'host/host-77')).toBe(
      'unknown: no pass has recorded a host named "host-77": those in use are host-4, host-6',
    );
  });
});

describe('explain', () => {
  it.each(['vm', 'vm/', 'vm/a/b', 'link/x', '', 'vm-1'])('does not understand %j', async (object) => {
    expect(await text(recordedJournal(draft()), object)).toContain('write vm/NAME, host/NAME or link/A--B');
  });

  it('names what there is', async () => {
    expect(await text(recordedJournal(draft()), 'vm/vm-7')).toContain('those in use are vm-1, vm-2');
    expect(await text(recordedJournal(), 'vm/vm-7')).toContain('there is nothing to tell');
  });
});
