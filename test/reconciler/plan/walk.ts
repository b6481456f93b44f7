import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { bridges } from '../../../reconciler/plan/bridges.js';
import type { Edit, Step } from '../../../schema/generated/types.js';
import { type Draw, shuffled } from '../../generators/draw.js';
import { type Fate, fates, lanFates } from './watch.js';

/** Checks every state on the way against the first and the last. Throws on the first breach. */
export interface Watch {
  /** After an edit of a step that moves `inFlight`. */
  within(state: FleetState, edit: Edit, inFlight: ReadonlySet<string>): void;
  /** Between two steps. */
  between(state: FleetState): void;
}

/** Applies a plan edit by edit; now and then hosts of a step converge in another order first, to be looked at only. */
export function walk(current: FleetState, steps: readonly Step[], watch: Watch, draw: Draw): FleetState {
  let state = current;
  for (const step of steps) {
    const inFlight = new Set(step.kind === 'move' ? step.edits.flatMap(guestsOf) : []);
    // Hosts converge in any order, except that a migration's new host is told first.
    if (step.kind !== 'move' && step.edits.length > 1 && draw(2) === 0)
      follow(state, shuffled(draw, step.edits), (each, edit) => watch.within(each, edit, inFlight));
    state = follow(state, step.edits, (each, edit) => watch.within(each, edit, inFlight));
    watch.between(state);
  }
  return state;
}

function follow(state: FleetState, edits: readonly Edit[], seen: (state: FleetState, edit: Edit) => void): FleetState {
  return edits.reduce((now, edit) => {
    const next = advance(now, edit);
    seen(next, edit);
    return next;
  }, state);
}

const guestsOf = (edit: Edit) => (edit.addGuests ?? []).flatMap((guest) => [guest.name, guest.mac]);

/** One host at most bridges a network, also while hosts converge; a VM that reaches the LAN before and after goes on doing so. */
export function requireLans(
  state: FleetState,
  target: FleetState,
  first: Map<string, Fate>,
  last: Map<string, Fate>,
  inFlight: ReadonlySet<string>,
) {
  for (const network of new Set([...state.values()].flatMap(({ networks }) => [...networks.keys()]))) {
    const hosts = bridges(state, network);
    if (hosts.length > 1) throw new Error(`${hosts.join(' and ')} bridge ${network}`);
  }
  const now = lanFates(state, target);
  for (const [pair, fate] of first) {
    const [, source = '', destination = ''] = pair.split(' ');
    if (fate !== 'delivered' || last.get(pair) !== 'delivered' || now.get(pair) === 'delivered') continue;
    if (inFlight.has(source) || inFlight.has(destination)) continue;
    throw new Error(`cut off: ${pair} ${now.get(pair) ?? 'without the LAN'}`);
  }
}

/** No new loop, and what is delivered before and after is delivered. */
export function requireFates(
  state: FleetState,
  target: FleetState,
  first: Map<string, Fate>,
  last: Map<string, Fate>,
  inFlight: ReadonlySet<string>,
) {
  for (const [pair, fate] of fates(state, target)) {
    const [, source = '', destination = ''] = pair.split(' ');
    if (inFlight.has(source) || inFlight.has(destination)) continue;
    if (fate === 'loop' && first.get(pair) !== 'loop') throw new Error(`new loop: ${pair}`);
    if (fate !== 'delivered' && first.get(pair) === 'delivered' && last.get(pair) === 'delivered') {
      throw new Error(`cut off: ${pair} ${fate}`);
    }
  }
}
