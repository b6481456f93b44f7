import { expect, it } from 'vitest';
import { preferred } from '../../../reconciler/api/accept.js';

const offered = ['application/json', 'text/markdown', 'text/plain'] as const;

it.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/*', 'text/markdown'],
  ['TEXT/PLAIN', 'text/plain'],
  ['text/plain;q=0.4, text/markdown; q=0.5', 'text/markdown'],
  ['text/*, text/markdown;q=0', 'text/plain'],
  ['application/json;q=0, */*;q=0.1', 'text/markdown'],
  ['text/plain;q=nonsense', null],
  ['image/png', null],
  ['', null],
])('answers Accept: %s with %s', (accept, expected) => {
  expect(preferred(accept, offered)).toBe(expected);
});
