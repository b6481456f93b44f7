import { beforeEach, describe, expect, it } from 'vitest';
import type { TracePiece } from '../../../agents/substrate.js';
import type { PacketTap } from '../../../agents/wren/packet.js';
import { readTrace, type TracePath } from '../../../agents/wren/trace-file.js';
import { type TracedPeers, TraceRecorder, traceLimits } from '../../../agents/wren/trace-recorder.js';

const from = (peer: string): TracePath => ({ peer, direction: 'from-peer', method: 'two-sided' });
const to = (peer: string): TracePath => ({ peer, direction: 'to-peer', method: 'one-sided' });

/** Traces put together from their pieces, by peer and beginning. */
function traces(pieces: readonly TracePiece[]): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { peer, begunAtMs, offset, bytes } of pieces) {
    const name = `${peer} ${begunAtMs}`;
    const before = found.get(name) ?? new Uint8Array();
    expect(before.length).toBe(offset);
    found.set(name, Buffer.concat([before, bytes]));
  }
  return found;
}

/** What can be read of a trace that has no fault: its paths, and of each packet its path and length. */
function contents(bytes: Uint8Array | undefined) {
  const paths: string[] = [];
  const packets: [path: number, bytes: number][] = [];
  const fault = readTrace(bytes ?? new Uint8Array(), {
    path: ({ peer, direction }) => paths.push(`${direction} ${peer}`),
    packet: (path, packet) => packets.push([path, packet.bytes]),
  });
  expect(fault).toBeUndefined();
  return { paths, packets };
}

describe('a recorder of traces', () => {
  let recorder: TraceRecorder;
  let wallMs = 0;
  let nowNs = 0;
  const open = (peers: TracedPeers) => {
    recorder = new TraceRecorder(peers, () => wallMs);
  };
  const send = (tap: PacketTap | undefined, bytes: number, count = 1) => {
    for (let k = 0; k < count; k++) {
      nowNs += 1e4;
      tap?.({ departureNs: nowNs - 5e3, arrivalNs: nowNs, bytes, isAfterGap: false });
    }
  };
  beforeEach(() => {
    [wallMs, nowNs] = [1e12, 7e12];
  });

  it('records chosen peers alone, each in a trace with both directions', () => {
    open(new Set(['oslo', 'rome']));
    expect(recorder.tapOf(from('paris'))).toBeUndefined();
    const [there, back, rome] = [recorder.tapOf(from('oslo')), recorder.tapOf(to('oslo')), recorder.tapOf(to('rome'))];
    send(there, 100);
    send(back, 60);
    send(rome, 70);
    const pieces = recorder.take();
    send(there, 200);
    pieces.push(...recorder.take());
    expect(recorder.take()).toEqual([]);
    const found = traces(pieces);
    expect([...found.keys()]).toEqual(['oslo 1000000000000', 'rome 1000000000000']);
    expect(contents(found.get('oslo 1000000000000'))).toEqual({
      paths: ['from-peer oslo', 'to-peer oslo'],
      packets: [
        [0, 100],
        [1, 60],
        [0, 200],
      ],
    });
  });

  it('tells apart paths of a link that was set up anew', () => {
    open('all');
    send(recorder.tapOf(from('oslo')), 1);
    send(recorder.tapOf(from('oslo')), 2);
    const [trace] = traces(recorder.take()).values();
    expect(contents(trace)).toEqual({
      paths: ['from-peer oslo', 'from-peer oslo'],
      packets: [
        [0, 1],
        [1, 2],
      ],
    });
  });

  it.each([
    ['long', () => pause(traceLimits.durationNs)],
    ['large', (tap: PacketTap | undefined) => fill(tap, traceLimits.bytes)],
  ] as const)('begins another trace when one is %s', (_, go) => {
    open('all');
    const tap = recorder.tapOf(from('oslo'));
    send(tap, 100);
    const pieces = recorder.take();
    pieces.push(...go(tap));
    send(tap, 101);
    pieces.push(...recorder.take());
    wallMs += 1000;
    send(tap, 102);
    pieces.push(...recorder.take());
    const found = [...traces(pieces).values()].map(contents);
    expect(found.map(({ packets }) => packets.at(-1))).toEqual([
      [0, 101],
      [0, 102],
    ]);
  });

  it('keeps no more than there is room for while nobody takes it, and does not go on with a hole', () => {
    open('all');
    const tap = recorder.tapOf(from('oslo'));
    send(tap, 100, 2e5);
    wallMs += 1000;
    send(tap, 101);
    const pieces = recorder.take();
    expect(pieces[0]?.bytes.length).toBeLessThan(traceLimits.pendingBytes + 100);
    send(tap, 102);
    pieces.push(...recorder.take());
    const [first, second] = [...traces(pieces).values()].map(contents);
    expect(first?.packets.at(-1)).toEqual([0, 100]);
    expect(second?.packets).toEqual([[0, 102]]);
  });

  it('begins anew when it is told to', () => {
    open('all');
    const tap = recorder.tapOf(from('oslo'));
    send(tap, 100);
    recorder.take();
    send(tap, 101);
    recorder.begin();
    wallMs += 1000;
    send(tap, 102);
    expect([...traces(recorder.take()).values()].map(contents)).toEqual([
      { paths: ['from-peer oslo'], packets: [[0, 102]] },
    ]);
  });

  function pause(durationNs: number): TracePiece[] {
    nowNs += durationNs;
    return [];
  }

  /** Records until a trace is at its limit, taking all the time. */
  function fill(tap: PacketTap | undefined, limit: number): TracePiece[] {
    const pieces: TracePiece[] = [];
    for (let bytes = 0; bytes < 0.95 * limit; ) {
      send(tap, 100, 10_000);
      const taken = recorder.take();
      bytes += taken.reduce((sum, piece) => sum + piece.bytes.length, 0);
      pieces.push(...taken);
    }
    send(tap, 100, 0.01 * limit);
    return pieces;
  }
});
