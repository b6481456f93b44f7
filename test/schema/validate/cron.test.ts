import { expect, it } from 'vitest';
import { isCron } from '../../../schema/validate/cron.js';

it.each(['* * * * *', '*/5 0-6 1,15 * MON-FRI', '0 30 3 * jan,JUL 7', '  0 0 * * 0 ', '0/15 * * * *'])(
  'takes %s',
  (text) => {
    expect(isCron(text)).toBe(true);
  },
);

it.each([
  ...[
    '',
    '* * * *',
    '* * * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
  ],
  ...['*/0 * * * *', '*/ * * * *', '1-2-3 * * * *', ', * * * *', '@daily', '* * * mon *', '1e1 * * * *', '-1 * * * *'],
])('refuses %s', (text) => {
  expect(isCron(text)).toBe(false);
});
