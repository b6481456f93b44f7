import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageLines } from '../../../../agents/vmm/qmp/message-lines.js';

it('gives the same values however the stream is cut', () => {
  const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
  fc.assert(
    fc.property(values, fc.array(fc.nat({ max: 20 })), (sent, cuts) => {
      const stream = Buffer.from(sent.map((value) => `${JSON.stringify(value)}\r\n`).join(''));
      const lines = new MessageLines();
      const taken: unknown[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        const { values: got, trouble } = lines.take(stream.subarray(at, at + cut));
        expect(trouble).toBeUndefined();
        taken.push(...got);
        at = Math.min(stream.length, at + cut);
      }
      expect(taken).toEqual(JSON.parse(JSON.stringify(sent)));
    }),
    { seed: 7, numRuns: 1000 },
  );
});

it('refuses a line that grows beyond its bound, and only that', () => {
  const lines = new MessageLines(10);
  expect(lines.take(Buffer.from('{"a":1}\n{"b":22}'))).toEqual({ values: [{ a: 1 }] });
  expect(lines.take(Buffer.from('xyz'))).toEqual({ values: [], trouble: 'it said a line of more than 10 bytes' });
});
