import type { FleetState } from '../../reconciler/model/fleet-state.js';

/** Far more than a tree of the sizes in tests can make. */
const mostCopies = 10_000;

/**
 * Copies of one broadcast frame that each guest receives, when the frame comes from `guest` on `host`; null when it never stops
 * going round.
 */
export function flood(state: FleetState, network: string, host: string, guest: string): Map<string, number> | null {
  const copies = new Map<string, number>();
  const frames: { at: string; came: string | null; hops: number }[] = [{ at: host, came: null, hops: 0 }];
  let copied = 0;
  for (let frame = frames.pop(); frame; frame = frames.pop()) {
    const { at, came, hops } = frame;
    copied += 1;
    if (hops > 2 * state.size || copied > mostCopies) return null;
    const config = state.get(at);
    for (const output of config?.rules.get(`${network} any group`)?.to ?? []) {
      if (output.kind === 'port') {
        const own = output.guest === guest && came === null;
        if (config?.guests.has(output.guest) && !own) copies.set(output.guest, (copies.get(output.guest) ?? 0) + 1);
      } else if (
        output.kind === 'link' &&
        output.peer !== came &&
        config?.links.has(output.peer) &&
        state.get(output.peer)?.links.has(at)
      ) {
        frames.push({ at: output.peer, came: at, hops: hops + 1 });
      }
    }
  }
  return copies;
}
