import type { ClockArrival, ClockReading } from '../../schema/generated/types.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Emulation } from './emulation.js';
import { exponentialAt } from './hash-random.js';

/** Stamps begin again after 20 bits of microseconds. */
const stampWrapUs = 2 ** 20;
/** What the luckiest keep-alive of a second waits in queues, on average. */
const waitUs = 15;

/** What keep-alives tell a host of the clocks of its peers: they cross stamped links all the time. */
export function emulatedClocks(emulation: Emulation, host: EmulatedHost, seed: number, nowMs: number): ClockReading {
  const peers = [...host.links].sort(([a], [b]) => (a < b ? -1 : 1));
  const arrivals = peers.flatMap(([name, { end }]): ClockArrival[] => {
    const peer = emulation.overlay.find(name);
    const isStamped = end.type === 'udp' && end.stamped === true;
    if (!peer || !isStamped || !emulation.overlay.carries(peer, host)) return [];
    const leastUs = (emulation.overlay.edge(peer, host)?.latencyMs ?? 0) * 1000;
    const wayUs = leastUs + waitUs * exponentialAt(seed, peer.index, host.index, nowMs);
    const atUs = host.monotonicUs(nowMs);
    const differenceUs = Math.ceil(atUs - peer.monotonicUs(nowMs - wayUs / 1000));
    return [{ peer: name, atUs, differenceUs: differenceUs - stampWrapUs * Math.floor(differenceUs / stampWrapUs) }];
  });
  return { monotonicUs: host.monotonicUs(nowMs), realtimeAheadUs: host.realtimeAheadUs, arrivals };
}
