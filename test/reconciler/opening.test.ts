import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CronCalendar } from '../../reconciler/adapters/cron.js';
import type { ApplyWindow, Freeze } from '../../reconciler/model/snapshot.js';
import { openingAt } from '../../reconciler/opening.js';

const calendar = new CronCalendar();
const hourMs = 3600e3;
const at = (text: string) => Date.parse(text);
const window = (fields: string, hours: number, timeZone = 'UTC'): ApplyWindow => {
  return { fields, timeZone, durationMs: hours * hourMs };
};
const opening = (time: string, applyWindows: ApplyWindow[], freezes: Freeze[] = []) =>
  openingAt({ applyWindows, freezes }, calendar, at(time));
const closedUntil = (time: string | null) => ({ kind: 'closed', opensMs: time === null ? null : at(time) });

describe('plans may be carried out', () => {
  it('at any time where there are neither windows nor freezes', () => {
    expect(opening('2026-03-01T12:00:00Z', [])).toEqual({ kind: 'open' });
  });

  it('from the moment a window opens until just before it closes', () => {
    const nightly = [window('0 2 * * *', 2)];
    expect(opening('2026-03-01T01:59:59.999Z', nightly)).toMatchObject(closedUntil('2026-03-01T02:00:00Z'));
    expect(opening('2026-03-01T02:00:00Z', nightly)).toEqual({ kind: 'open' });
    expect(opening('2026-03-01T03:59:59.999Z', nightly)).toEqual({ kind: 'open' });
    expect(opening('2026-03-01T04:00:00Z', nightly)).toMatchObject(closedUntil('2026-03-02T02:00:00Z'));
  });

  it('across midnight, and while one of several is open', () => {
    const both = [window('0 22 * * fri', 8), window('0 12 * * *', 1)];
    expect(opening('2026-03-07T05:30:00Z', both)).toEqual({ kind: 'open' });
    expect(opening('2026-03-07T06:00:00Z', both)).toMatchObject(closedUntil('2026-03-07T12:00:00Z'));
  });

  it('by the clocks of a time zone, on the days too when they change', () => {
    const zurich = [window('30 2 * * *', 1, 'Europe/Zurich')];
    expect(opening('2026-03-28T01:30:00Z', zurich)).toEqual({ kind: 'open' });
    expect(opening('2026-03-30T00:30:00Z', zurich)).toEqual({ kind: 'open' });
    // There is no 02:30 on the 29th: it opens when clocks have gone on.
    expect(opening('2026-03-29T00:59:59Z', zurich).kind).toBe('closed');
    expect(opening('2026-03-29T01:30:00Z', zurich)).toEqual({ kind: 'open' });
    // And 02:30 comes twice on the 25th of October.
    expect(opening('2026-10-25T00:30:00Z', zurich)).toEqual({ kind: 'open' });
  });

  it('never during a freeze, and afterwards when a window is open', () => {
    const nightly = [window('0 2 * * *', 2)];
    const freeze = { fromMs: at('2026-12-23T00:00:00Z'), untilMs: at('2027-01-02T03:00:00Z'), reason: 'End of year.' };
    expect(opening('2026-12-24T03:00:00Z', nightly, [freeze])).toEqual({
      ...closedUntil('2027-01-02T03:00:00Z'),
      why: 'A freeze is on (End of year.).',
    });
    expect(opening('2026-12-24T03:00:00Z', [], [freeze])).toMatchObject(closedUntil('2027-01-02T03:00:00Z'));
    const next = { fromMs: at('2027-01-02T02:30:00Z'), untilMs: at('2027-01-02T04:30:00Z'), reason: '' };
    expect(opening('2026-12-24T03:00:00Z', nightly, [freeze, next])).toMatchObject(closedUntil('2027-01-03T02:00:00Z'));
  });

  it('never, where no window opens any more', () => {
    expect(opening('2026-03-01T00:00:00Z', [window('0 0 30 2 *', 1)])).toMatchObject(closedUntil(null));
  });

  it('again at the time that is told, and not before', () => {
    const zones = ['UTC', 'Europe/Zurich', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];
    const windows = fc.array(
      fc.record({
        fields: fc
          .tuple(
            fc.constantFrom('0', '15', '*/20', '59'),
            fc.constantFrom('*', '2', '23', '*/6'),
            fc.constantFrom('*', 'sun', '1-5'),
          )
          .map(([minute, hour, day]) => `${minute} ${hour} * * ${day}`),
        timeZone: fc.constantFrom(...zones),
        durationMs: fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * 60e3),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const time = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    const freezes = fc.array(
      fc.tuple(time, fc.integer({ min: 1, max: 200 })).map(([fromMs, hours]): Freeze => {
        return { fromMs, untilMs: fromMs + hours * hourMs, reason: '' };
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(windows, freezes, time, (applyWindows, freezes, nowMs) => {
        const terms = { applyWindows, freezes };
        const found = openingAt(terms, calendar, nowMs);
        if (found.kind === 'open') return;
        expect(found.opensMs).toBeGreaterThan(nowMs);
        const opensMs = found.opensMs ?? 0;
        expect(openingAt(terms, calendar, opensMs)).toEqual({ kind: 'open' });
        for (let part = 0; part < 10; part++) {
          const before = nowMs + Math.floor(((opensMs - nowMs) * part) / 10);
          expect(openingAt(terms, calendar, before).kind).toBe('closed');
        }
        expect(openingAt(terms, calendar, opensMs - 1).kind).toBe('closed');
      }),
      { seed: 46, numRuns: 300 },
    );
  });
});
