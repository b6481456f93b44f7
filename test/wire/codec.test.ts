import { expect, it } from 'vitest';
import { wireMessages } from '../../bench/fuzz/wire-messages.js';
import { fuzzDocuments, fuzzMessages } from '../../bench/fuzz/wire-protocol.js';
import { decode, encode } from '../../wire/codec.js';

it('reads what it writes', () => {
  for (const message of wireMessages) expect(decode(encode(message))).toEqual({ kind: 'message', message });
});

it('says what is wrong with damaged messages, whatever the damage', () => {
  const { runs, accepted, answers, problems } = fuzzMessages({ seed: 1, durationMs: 60_000, runs: 5_000 });
  expect(problems).toEqual([]);
  expect(runs).toBe(5_000);
  expect(accepted).toBeGreaterThan(0);
  expect(answers).toBeGreaterThan(100);
});

it('reads damaged documents, or says where they are wrong', () => {
  const { runs, problems } = fuzzDocuments({ seed: 1, durationMs: 60_000, runs: 300 });
  expect(problems).toEqual([]);
  expect(runs).toBe(300);
});
