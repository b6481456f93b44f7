import { expect, it } from 'vitest';
import { maxFileBytes, sourceFile } from '../../../schema/validate/source-file.js';

const read = (content: string | Uint8Array) => sourceFile('a.yaml', Buffer.from(content));

it('takes text, without its byte order mark', () => {
  expect(read('a: ü\n')).toEqual({ path: 'a.yaml', text: 'a: ü\n' });
  expect(read('\ufeffa: 1')).toEqual({ path: 'a.yaml', text: 'a: 1' });
  expect(read('')).toEqual({ path: 'a.yaml', text: '' });
});

it('takes a file of the largest size and no larger', () => {
  expect(read(new Uint8Array(maxFileBytes).fill(32))).toHaveProperty('text');
  expect(read(new Uint8Array(maxFileBytes + 1).fill(32))).toEqual({
    ...{ path: 'a.yaml', refused: 'too-large', bytes: maxFileBytes + 1 },
  });
});

it.each([
  ['in the first place', [0xff], 1, 1],
  ['after other lines', [0x61, 0x0a, 0x62, 0x0a, 0x63, 0xc0, 0x64], 3, 2],
  ['after a character of several bytes', [0xc3, 0xbc, 0x80], 1, 2],
  ['cut off at the end', [0x61, 0xe2, 0x82], 1, 2],
])('tells where a byte is that is no UTF-8: %s', (_where, bytes, line, column) => {
  expect(read(Uint8Array.from(bytes))).toMatchObject({ refused: 'not-utf8', at: { line, column } });
});
