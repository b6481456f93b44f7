import { describe, expect, it } from 'vitest';
import { recordKind } from '../../../agents/vnet/layout.js';
import { AcknowledgedPackets } from '../../../agents/wren/acknowledged-packets.js';
import type { TimedPacket } from '../../../agents/wren/packet.js';
import type { TraceRecord } from '../../../agents/wren/trace-ring.js';

const record = (parts: Partial<TraceRecord>): TraceRecord => ({
  ...{ kind: recordKind.departure, atNs: 0, mark: 0, bytes: 1052, segments: 1, header: 52, flow: 1, number: 0 },
  ...{ link: 1, isAfterGap: false },
  ...parts,
});

/** A link, and what its estimator is told. */
function link() {
  const packets: TimedPacket[] = [];
  const acknowledged = new AcknowledgedPackets((packet) => packets.push({ ...packet }));
  const sent = new Map<number, number>();
  /** Two segments of a connection, with their acknowledgement 20 ms later. */
  const exchange = (flow: number, atNs: number) => {
    const mark = sent.get(flow) ?? 0;
    sent.set(flow, mark + 2000);
    acknowledged.take(record({ flow, atNs, mark }));
    acknowledged.take(record({ flow, atNs: atNs + 1000, mark: mark + 1000 }));
    acknowledged.take(record({ kind: recordKind.acknowledgement, flow, atNs: atNs + 20e6, mark: mark + 2000 }));
  };
  return { packets, exchange };
}

describe('connections of one link', () => {
  it('are followed up to eight at once, however many take turns', () => {
    const { packets, exchange } = link();
    for (let turn = 0; turn < 20; turn += 1)
      for (let flow = 1; flow <= 100; flow += 1) exchange(flow, turn * 40e6 + flow * 1e5);
    expect(packets).toHaveLength(20 * 8);
  });

  it('make room for others once they are quiet for a second', () => {
    const { packets, exchange } = link();
    for (let flow = 1; flow <= 8; flow += 1) exchange(flow, flow * 1e5);
    exchange(9, 5e8);
    expect(packets).toHaveLength(8);
    exchange(9, 2e9);
    expect(packets).toHaveLength(9);
  });

  it('do not follow one another where others that are not followed came in between', () => {
    const { packets, exchange } = link();
    for (let flow = 1; flow <= 8; flow += 1) exchange(flow, flow * 1e5);
    exchange(1, 50e6);
    exchange(1, 100e6);
    expect(packets.slice(-2).map(({ isAfterGap }) => isAfterGap)).toEqual([false, false]);
    exchange(9, 150e6);
    exchange(1, 200e6);
    exchange(1, 250e6);
    expect(packets.slice(-2).map(({ isAfterGap }) => isAfterGap)).toEqual([true, false]);
  });
});
