import { drawFrom, pick } from '../../generators/draw.js';
import type { QueueLink, QueuePath, QueueWorldSpec } from './queueing-world.js';

const rates = [20, 50, 100];

/** 6 to 12 hosts in 2 to 4 sites, whose uplinks, interfaces and switches are narrow in turn, and an application on some of their paths. */
export function drawnQueueWorld(seed: number): QueueWorldSpec {
  const draw = drawFrom(seed);
  const hosts = Array.from({ length: 6 + draw(7) }, (_, h) => `host-${h + 1}`);
  const sites = 2 + draw(3);
  const siteOf = hosts.map((_, h) => h % sites);
  const links: QueueLink[] = [];
  const link = (name: string, capacityMbps: number, isCrossed: boolean): number => {
    const share = isCrossed ? (20 + draw(40)) / 100 : 0;
    return (
      links.push({
        name,
        capacityMbps,
        bufferMs: 20 + draw(60),
        cross: { share, onMs: 200 + draw(1500), offMs: 200 + draw(1500) },
      }) - 1
    );
  };
  const out = hosts.map((host) => link(`${host} out`, pick(draw, [100, 1000]), false));
  const up = siteOf.slice(0, sites).map((_, s) => link(`site ${s} up`, pick(draw, rates), draw(2) === 0));
  const down = siteOf.slice(0, sites).map((_, s) => link(`site ${s} down`, 2 * pick(draw, rates), draw(2) === 0));
  const into = hosts.map((host) => link(`${host} in`, pick(draw, [100, 1000]), false));
  const used = new Set<string>();
  const paths: QueuePath[] = [];
  const wanted = 8 + draw(9);
  for (let tries = 0; paths.length < wanted && tries < 500; tries++) {
    const [a, b] = [draw(hosts.length), draw(hosts.length)];
    if (a === b || used.has(`${a} ${b}`)) continue;
    used.add(`${a} ${b}`);
    const between = siteOf[a] === siteOf[b] ? [] : [up[siteOf[a] ?? 0] ?? 0, down[siteOf[b] ?? 0] ?? 0];
    paths.push({
      from: hosts[a] ?? '',
      to: hosts[b] ?? '',
      links: [out[a] ?? 0, ...between, into[b] ?? 0],
      latencyMs: between.length > 0 ? 2 + draw(15) : 0.3,
      messageKb: 50 + draw(900),
      idleMs: 50 + draw(600),
    });
  }
  return { links, paths, periodMs: seed % 3 === 0 ? 400 + draw(800) : 0 };
}
