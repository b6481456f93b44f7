import { deliveredRates, ingestLinks, noLinkRates } from '../../../reconciler/wren/link-rates.js';
import { Wren } from '../../../reconciler/wren/wren.js';
import { QueueWorld, type QueueWorldSpec } from './queueing-world.js';

/** Two paths, and whether they were said to queue together. */
export interface JudgedPair {
  paths: [string, string];
  /** Share of their waiting that was in common queues; null when they hardly waited while both were there. */
  sharing: number | null;
  /** Confidence of the group that has both; null when none has. */
  confidence: number | null;
  isRight: boolean;
}

/** From this share of common waiting on two paths share their bottleneck. */
const sharedFrom = 0.5;

/** Lets Wren watch a world for some time, and holds what it says of every pair of paths against what was so. */
export function bottleneckTrial(spec: QueueWorldSpec, seed: number, seconds: number): JudgedPair[] {
  const world = new QueueWorld(spec, seed);
  const wren = new Wren();
  const hosts = new Set(spec.paths.flatMap(({ from, to }) => [from, to]));
  let links = noLinkRates();
  for (let second = 0; second < seconds; second++) {
    for (const { observation, receivedAtMs } of world.second()) {
      wren.ingest(observation, receivedAtMs);
      links = ingestLinks(links, observation, receivedAtMs);
    }
    wren.advance(world.nowMs + 50, hosts, deliveredRates(links, world.nowMs + 50, 5000));
  }
  if (wren.implausible().length > 0) throw new Error(`implausible: ${JSON.stringify(wren.implausible())}`);
  const name = (path: { from: string; to: string }) => `${path.from} -> ${path.to}`;
  const groups = wren.bottlenecks().map(({ paths, confidence }) => ({ names: new Set(paths.map(name)), confidence }));
  return spec.paths.flatMap((a, p) =>
    spec.paths.slice(0, p).map((b, q): JudgedPair => {
      const paths: [string, string] = [name(a), name(b)];
      const group = groups.find(({ names }) => paths.every((path) => names.has(path)));
      const sharing = world.sharing(p, q);
      const isShared = sharing !== null && sharing >= sharedFrom;
      return { paths, sharing, confidence: group?.confidence ?? null, isRight: isShared === (group !== undefined) };
    }),
  );
}
