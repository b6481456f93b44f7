import type { GuestSpec, NetworkAttachment } from '../../schema/generated/types.js';
import { follow, type Journey } from './journey.js';
import type { Overlay } from './overlay.js';
import type { Underlay } from './underlay.js';

/** An elastic stream of frames between two guests: as fast as the network gives, up to `rateMbps`. */
export interface Flow {
  source: string;
  destination: string;
  rateMbps: number;
}

/** Where the frames of a flow go now. */
export interface Route {
  /** Of what the source wants to send: nothing if its frames do not arrive, less than all if it lacks compute. */
  share: number;
  network: NetworkAttachment | undefined;
  from: GuestSpec;
  to: GuestSpec;
  journey: Journey;
  /** Resources of the underlay, one as often as frames cross it. */
  uses: number[];
}

/** The route of a flow by the tables installed; undefined while a guest does not run. */
export function route(overlay: Overlay, underlay: Underlay, flow: Flow): Route | undefined {
  const host = overlay.places.get(flow.source);
  const from = host?.guests.get(flow.source)?.spec;
  const to = overlay.places.get(flow.destination)?.guests.get(flow.destination)?.spec;
  if (!host || !from || !to) return undefined;
  const frame = { network: from.network, source: from.mac, destination: to.mac };
  const journey = follow(overlay, host, { kind: 'guest', name: flow.source }, frame);
  const arrives = journey.deliveries.has(flow.destination);
  const crossed = journey.hops.flatMap((hop) => overlay.edge(hop.from, hop.to)?.resources ?? []);
  return {
    share: arrives ? host.computeShare() : 0,
    network: host.networks.get(from.network),
    from,
    to,
    journey,
    uses: journey.hops.length > 0 ? crossed : [underlay.internal(host.index)],
  };
}

/** Whether two routes of one flow share the network alike and are counted alike. */
export function isSameRoute(a: Route | undefined, b: Route | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.share === b.share &&
    a.from.mac === b.from.mac &&
    a.to.mac === b.to.mac &&
    a.network?.name === b.network?.name &&
    a.network?.mtu === b.network?.mtu &&
    isSameList(a.journey.hosts, b.journey.hosts, (x, y) => x === y) &&
    isSameList(a.journey.hops, b.journey.hops, (x, y) => x.from === y.from && x.to === y.to) &&
    isSameList(a.journey.drops, b.journey.drops, (x, y) => x.host === y.host && x.reason === y.reason)
  );
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => isSame(x, b[i] as T));
}
