import type { LinkEnd, LinkPolicy, LinkPolicyEnd } from '../../../schema/generated/types.js';

type Spec = LinkPolicy['spec'];
export type Labels = Record<string, string>;

/** What link policies say, worked out anew from their description for one question at a time. */
export class LinkJudge {
  readonly #policies: ReadonlyMap<string, Spec>;
  readonly #labels: ReadonlyMap<string, Labels>;

  constructor(policies: ReadonlyMap<string, Spec>, labels: ReadonlyMap<string, Labels>) {
    this.#policies = policies;
    this.#labels = labels;
  }

  /** Name of the policy that decides about two sites. */
  decides(a: string, b: string): string | null {
    const speaking = [...this.#policies].filter(([, spec]) => this.#turns(spec, a, b).length > 0);
    const worth = ([, { between, within, priority = 0 }]: [string, Spec]) => {
      const [x = 0, y = 0] = (within ? [within, within] : (between ?? [])).map((end) =>
        end.site ? 2 : end.labels ? 1 : 0,
      );
      return Math.max(x, y) * 1e6 + Math.min(x, y) * 1e4 + priority;
    };
    const most = Math.max(...speaking.map(worth));
    return (
      speaking
        .filter((each) => worth(each) === most)
        .map(([name]) => name)
        .sort()[0] ?? null
    );
  }

  /** Whether a link may have these ends. */
  permits(a: string, b: string, atA: LinkEnd, atB: LinkEnd): boolean {
    const name = this.decides(a, b);
    const spec = name === null ? undefined : this.#policies.get(name);
    if (spec === undefined) return true;
    const { type } = atA;
    if (spec.links === 'forbidden' || spec.forbidden?.includes(type)) return false;
    if (spec.allowed !== undefined && !spec.allowed.includes(type)) return false;
    const isSecret = ['wireguard', 'tls', 'ssh'].includes(type) || (type === 'http' && atA.http?.secure !== false);
    if (spec.encryption === 'required' && !isSecret) return false;
    const turns = this.#turns(spec, a, b);
    const connecting = atA.role === 'connect' ? atA : atB;
    return turns.some((turn) => {
      const opens = (which: 0 | 1, port: number) =>
        turn[which].opens !== false && (turn[which].ports?.includes(port) ?? true);
      if (type === 'udp') return opens(0, 4789) && opens(1, 4789);
      if (type === 'wireguard' || type === 'stun') return opens(0, atB.port ?? 0) && opens(1, atA.port ?? 0);
      return opens(connecting === atA ? 0 : 1, type === 'ssh' ? (connecting.ssh?.port ?? 22) : (connecting.port ?? 0));
    });
  }

  #turns({ between, within }: Spec, a: string, b: string): [LinkPolicyEnd, LinkPolicyEnd][] {
    if (a === b) return within && this.#isIn(within, a) ? [[within, within]] : [];
    const [x, y] = between ?? [];
    if (!x || !y) return [];
    return (
      [
        [x, y],
        [y, x],
      ] as [LinkPolicyEnd, LinkPolicyEnd][]
    ).filter(([p, q]) => this.#isIn(p, a) && this.#isIn(q, b));
  }

  #isIn(end: LinkPolicyEnd, site: string): boolean {
    if (end.site !== undefined && end.site !== site) return false;
    const has = this.#labels.get(site) ?? {};
    return Object.keys(end.labels ?? {}).every((key) => has[key] === end.labels?.[key]);
  }
}
