import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../environment.js';
import { PureCore } from './pure-core.js';

const short = 1;
const missed = 2;
const partial = 4;

describeLab('accounts', ['clang', 'linux'], () => {
  let core: PureCore;

  beforeAll(() => {
    core = new PureCore();
  }, 60_000);

  it.each([
    ['had its slice', { due: 1000, used: 1000, offered: 1010 }, 0],
    ['had all but a hundredth', { due: 1000, used: 990, offered: 990 }, 0],
    ['was given less', { due: 1000, used: 989, offered: 989 }, short | missed],
    ['slept', { due: 1000, used: 10, offered: 5000 }, short],
    ['had part of a period', { due: 1000, used: 10, offered: 10, partial: true }, partial],
    ['had what was due after it got ahead', { due: 0, used: 0, offered: 0 }, 0],
  ])('a task that %s', (_, ended, flags) => {
    const account = core.account([ended]);
    expect(account.flags).toEqual([flags]);
    expect([account.periods, account.shorts, account.misses]).toEqual([1, flags & short, (flags & missed) / missed]);
  });

  it('tells how many of the periods that were slept through were full', () => {
    const { periods, shorts, misses } = core.account([{ count: 5, due: 5000, used: 2500, offered: 4200 }]);
    expect([periods, shorts, misses]).toEqual([5, 3, 1]);
  });

  it('adds up', () => {
    const ended = fc.record({ due: fc.nat(1000), used: fc.nat(2000), offered: fc.nat(2000), partial: fc.boolean() });
    const property = fc.property(fc.array(ended), (periods) => {
      const account = core.account(periods);
      expect(account.periods).toBe(periods.length);
      expect(account.used).toBe(periods.reduce((sum, { used }) => sum + used, 0));
      expect(account.over).toBe(periods.reduce((sum, { used, due }) => sum + Math.max(0, used - due), 0));
      expect(account.misses).toBeLessThanOrEqual(account.shorts);
    });
    fc.assert(property, { seed: 6, numRuns: 300 });
  });
});
