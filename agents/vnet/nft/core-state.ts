import type { ConfigurationBound, LinkEnd, NetworkAttachment, Rule } from '../../../schema/generated/types.js';

/** What the agent was last told and has measured, kept in a file so that an agent that starts again takes up the same. */
export interface CoreState {
  /** The life of the counters that the rest belongs to. */
  epoch: string;
  networks: NetworkAttachment[];
  links: HeldLink[];
  rules: Rule[];
  keepAliveMs: number;
  /** Numbers of links by peer. They outlive the links: counters are by number. */
  numbers: Record<string, number>;
  /** Largest times measured; 0 before anything was. */
  bound: { switchMs: number; setUpMs: number };
}

export interface HeldLink {
  link: LinkEnd;
  /** When it was first attempted, on the host's clock. */
  sinceMs: number;
  /** Until keep-alives confirmed it; 0 before that. */
  setUpMs: number;
}

export const emptyState: CoreState = {
  epoch: '',
  networks: [],
  links: [],
  rules: [],
  keepAliveMs: 1000,
  numbers: {},
  bound: { switchMs: 0, setUpMs: 0 },
};

/** The state in the life of counters that is now. In another one than before, as after a restart of the machine, waiting begins again. */
export function withEpoch(state: CoreState, epoch: string, nowMs: number): CoreState {
  if (epoch === state.epoch) return state;
  const links = state.links.map((held) => (held.setUpMs > 0 ? held : { ...held, sinceMs: nowMs }));
  return { ...state, epoch, links };
}

/** The state with these networks and link ends added or changed. */
export function withProvided(
  state: CoreState,
  networks: readonly NetworkAttachment[],
  links: readonly LinkEnd[],
  nowMs: number,
): CoreState {
  const others = state.networks.filter(({ name }) => !networks.some((each) => each.name === name));
  const fresh = links.filter((link) => !state.links.some((held) => sameLink(held.link, link)));
  const kept = state.links.filter(({ link }) => !fresh.some(({ peer }) => peer === link.peer));
  return {
    ...state,
    networks: [...others, ...networks],
    links: [...kept, ...fresh.map((link) => ({ link, sinceMs: nowMs, setUpMs: 0 }))],
    numbers: numberLinks(state.numbers, links),
  };
}

/** The state without the networks and link ends that are not listed. */
export function withRetired(
  state: CoreState,
  networks: readonly NetworkAttachment[],
  links: readonly LinkEnd[],
): CoreState {
  return {
    ...state,
    networks: state.networks.filter(({ name }) => networks.some((kept) => kept.name === name)),
    links: state.links.filter(({ link }) => links.some((kept) => kept.peer === link.peer)),
  };
}

/** The state with the set-up times of links that are confirmed now; the same if there is nothing new. */
export function withConfirmed(state: CoreState, isUp: (peer: string) => boolean, nowMs: number): CoreState {
  const news = state.links.filter(({ link, setUpMs }) => setUpMs === 0 && isUp(link.peer));
  if (news.length === 0) return state;
  const links = state.links.map((held) =>
    news.includes(held) ? { ...held, setUpMs: Math.max(1, nowMs - held.sinceMs) } : held,
  );
  const setUpMs = Math.max(state.bound.setUpMs, ...links.map((held) => held.setUpMs));
  return { ...state, links, bound: { ...state.bound, setUpMs } };
}

export function withSwitched(state: CoreState, switchMs: number): CoreState {
  return switchMs > state.bound.switchMs ? { ...state, bound: { ...state.bound, switchMs } } : state;
}

export function reportedBound({ bound: { switchMs, setUpMs } }: CoreState): { bound?: ConfigurationBound } {
  if (switchMs === 0) return {};
  return { bound: { switchMs, links: setUpMs > 0 ? [{ type: 'udp', setUpMs }] : [] } };
}

function numberLinks(numbers: Record<string, number>, links: readonly LinkEnd[]): Record<string, number> {
  const result = { ...numbers };
  for (const { peer } of links) result[peer] ??= Object.keys(result).length + 1;
  return result;
}

function sameLink(a: LinkEnd, b: LinkEnd): boolean {
  return a.peer === b.peer && a.type === b.type && a.local === b.local && a.remote === b.remote && a.port === b.port;
}
