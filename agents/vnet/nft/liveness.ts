import type { LinkEnd, LinkReport } from '../../../schema/generated/types.js';
import type { CoreState, HeldLink } from './core-state.js';
import { portOf } from './guard.js';
import { keyText } from './listing.js';
import { linkMark, liveness } from './mark.js';
import { listNft, NftRefusal, nft } from './nft.js';
import { table } from './transaction.js';

/**
 * Forgets what was heard over links, in this thread's network namespace.
 * @throws NftRefusal if the kernel refuses.
 */
export function forgetLinks(numbers: readonly number[]): void {
  const keys = numbers.flatMap((number) => Object.values(liveness).map((what) => linkMark(number) + what));
  if (keys.length === 0) return;
  const elements = `element ${table} alive { ${keys.join(', ')} }`;
  // What is not there cannot be deleted.
  const failed = nft([`add ${elements}`, `delete ${elements}`]);
  if (failed) throw new NftRefusal(failed.message);
}

/** What keep-alives tell of the links of a host now: whom they were heard from, and answered by. */
export class Liveness {
  readonly #alive: ReadonlySet<string>;
  readonly #numbers: Record<string, number>;

  /** Looks, in this thread's network namespace. */
  constructor(numbers: Record<string, number>) {
    const objects = listNft('set', ...table.split(' '), 'alive') ?? [];
    const elements = objects.flatMap(({ set }) => (set as { elem?: unknown[] } | undefined)?.elem ?? []);
    this.#alive = new Set(elements.map(keyText));
    this.#numbers = numbers;
  }

  isUp(peer: string): boolean {
    return this.#knows(peer, 'confirmed');
  }

  /** A link as it is; `silence`: why this host sends no keep-alives over it. */
  report(held: HeldLink, { keepAliveMs }: CoreState, silence: string | undefined, nowMs: number): LinkReport {
    const { link, setUpMs, sinceMs } = held;
    const up = this.isUp(link.peer);
    // As many periods as a large keep-alive is remembered for.
    const settled = nowMs - sinceMs - setUpMs > 4 * keepAliveMs;
    const trouble = up ? (settled ? this.#narrowness(link) : undefined) : (silence ?? this.#absence(link));
    return { link, up, setUpMs, ...(trouble === undefined ? {} : { trouble }) };
  }

  #narrowness({ peer }: LinkEnd): string | undefined {
    if (this.#knows(peer, 'large')) return undefined;
    return `The path from ${peer} does not carry the largest packets: lower the MTU of the networks, or raise that of the path.`;
  }

  #absence(link: LinkEnd): string {
    const { peer, local, remote } = link;
    const port = portOf(link);
    if (this.#knows(peer, 'heard'))
      return `${peer} is heard, and does not hear this host: let UDP port ${port} from ${local} to ${remote} through.`;
    return `Nothing is heard of ${peer}: look whether it is up, knows this link, and UDP port ${port} from ${remote} to ${local} comes through.`;
  }

  #knows(peer: string, what: keyof typeof liveness): boolean {
    const number = this.#numbers[peer];
    return number !== undefined && this.#alive.has(String(linkMark(number) + liveness[what]));
  }
}
