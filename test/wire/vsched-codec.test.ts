import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VschedRequest } from '../../schema/generated/types.js';
import vsched from '../../schema/wire/vsched.schema.json' with { type: 'json' };
import { vschedClientCodec, vschedServerCodec } from '../../wire/vsched-codec.js';

const head = { challenge: `${'A'.repeat(43)}=`, number: 1 };
const process = { pid: 1234, startTicks: 5678, bootId: 'b' };
const time = { periodUs: 10_000, sliceUs: 2000 };
const requests: VschedRequest[] = [
  { kind: 'list', ...head },
  { kind: 'find', ...head, text: 'x' },
  { kind: 'identify', ...head, pid: 1 },
  { kind: 'admit', ...head, process, ...time, mode: 'strict', cpu: 1 },
  { kind: 'set', ...head, process, ...time },
  { kind: 'pause', ...head, process },
  { kind: 'resume', ...head, process },
  { kind: 'release', ...head, process },
  { kind: 'adjust', ...head, vm: 'vm-1', ...time },
  { kind: 'restore', ...head, vm: 'vm-1' },
];

describe('the codec of the agent', () => {
  it('reads every request that the schema has, as the other end writes it', () => {
    const { decode } = vschedServerCodec;
    for (const message of requests) {
      expect(decode(vschedClientCodec.encode(message))).toEqual({ kind: 'message', message });
    }
    expect(requests).toHaveLength(vsched.$defs.VschedRequest.oneOf.length);
  });

  it('reads no answers, and the other end no requests', () => {
    expect(vschedServerCodec.decode('{"kind":"released","number":1}')).toMatchObject({ kind: 'malformed' });
    for (const request of requests) {
      expect(vschedClientCodec.decode(JSON.stringify(request))).toMatchObject({ kind: 'malformed' });
    }
  });

  it('reads a damaged request as one, or says what is wrong; what it reads is of the schema', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 3, unit: 'grapheme-ascii' }), fc.nat(2)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...requests), edits, (request, all) => {
        let text = JSON.stringify(request);
        for (const [at, put, taken] of all) {
          const place = at % text.length;
          text = text.slice(0, place) + put + text.slice(place + taken);
        }
        const decoded = vschedServerCodec.decode(text);
        if (decoded.kind === 'malformed') {
          expect(decoded.message).not.toBe('');
          return;
        }
        const { kind, ...rest } = decoded.message;
        expect(requests.map((each) => each.kind)).toContain(kind);
        expect(rest.challenge).toMatch(/^[A-Za-z0-9+/]{43}=$/);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it('reads anything without failing', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ kind: 'set', ...value })),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(vschedServerCodec.decode(text).kind).toBe('malformed');
        expect(vschedClientCodec.decode(text).kind).toBe('malformed');
      }),
      { seed: 8, numRuns: 2000 },
    );
  });
});
