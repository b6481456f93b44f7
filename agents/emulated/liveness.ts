import type { EmulatedHost, EmulatedLink } from './emulated-host.js';
import type { Overlay } from './overlay.js';

/**
 * What hosts believe of their links. One whose keep-alives are answered is up at once; one on which they stay out is down after the
 * host's keep-alive time, and until then frames are sent into nowhere.
 */
export class Liveness {
  readonly #overlay: Overlay;
  /** Links that carry nothing and are not yet known to be down. */
  readonly #fading = new Map<EmulatedLink, EmulatedHost>();

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
  }

  /** The link between two hosts may carry frames now, or no longer. */
  look(a: EmulatedHost, b: EmulatedHost, atMs: number): void {
    for (const [host, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const link = host.links.get(peer.name);
      if (!link) continue;
      if (this.#overlay.carries(host, peer)) this.#answered(host, link);
      else if (link.up && link.lostMs === undefined) {
        link.lostMs = atMs;
        this.#fading.set(link, host);
      }
    }
  }

  /** The next link that goes down until `atMs`. */
  due(atMs: number): { host: EmulatedHost; link: EmulatedLink; endsMs: number } | undefined {
    let next: { host: EmulatedHost; link: EmulatedLink; endsMs: number } | undefined;
    for (const [link, host] of this.#fading) {
      const endsMs = (link.lostMs ?? 0) + host.keepAliveMs;
      if (host.links.get(link.end.peer) !== link) this.#fading.delete(link);
      else if (endsMs <= atMs && (!next || endsMs < next.endsMs)) next = { host, link, endsMs };
    }
    return next;
  }

  end(link: EmulatedLink): void {
    link.up = false;
    this.#fading.delete(link);
  }

  #answered(host: EmulatedHost, link: EmulatedLink): void {
    this.#fading.delete(link);
    link.lostMs = undefined;
    if (link.up) return;
    link.up = true;
    link.connections += 1;
    if (link.connections > 1) return;
    link.setUpMs = this.#overlay.setUpMs(host, link.end);
    host.bound.setUp(link.end.type, link.setUpMs);
  }
}
