import { describe, expect, it } from 'vitest';
import { history, historyJson, historyText } from '../../cli/history.js';
import { draft, refused } from '../reconciler/adapters/journal-fixture.js';
import { recordedJournal } from './recorded-journal.js';

const journal = recordedJournal(
  draft(),
  'entry.json: not JSON',
  refused('vm-3 fits nowhere\u001b[2J: add a host', '2026-03-01T13:00:00.000+02:00'),
);

describe('history', () => {
  it('shows a line a pass, newest first', async () => {
    expect(historyText(await history(journal))).toBe(
      [
        'PASS  WHEN                     VERDICT     PLAN      SOURCE        WHAT',
        '   2  2026-03-01 11:00:00 UTC  infeasible  -         cccccccccccc  vm-3 fits nowhere [2J: add a host',
        '   -  -                        unreadable  -         -             commit 000000000000 is no entry: entry.json: not JSON',
        '   1  2026-03-01 12:00:00 UTC  applied     aaaaaaaa  cccccccccccc  applied 3 of 3 steps, moved vm-1 to host-6, stopped vm-9 on host-3',
        '',
      ].join('\n'),
    );
  });

  it('is JSON for programs, with whole hashes', async () => {
    const parsed = JSON.parse(historyJson(await history(journal)));
    expect(Object.keys(parsed)[0]).toBe('format_version');
    expect(parsed.entries).toHaveLength(3);
    expect(parsed.entries[2]).toMatchObject({
      kind: 'entry',
      pass: 1,
      verdict: 'applied',
      planHash: `sha256:${'a'.repeat(64)}`,
      source: 'c'.repeat(40),
    });
  });

  it('stops at the limit', async () => {
    expect(await history(journal, 1)).toMatchObject([{ pass: 2 }]);
  });

  it('says that there is none', async () => {
    expect(historyText(await history(recordedJournal()))).toContain('virtuoso/status is empty');
  });
});
