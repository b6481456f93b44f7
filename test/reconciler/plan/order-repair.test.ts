import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { order } from '../../../reconciler/plan/order.js';
import { stateDigest } from '../../../reconciler/plan/state-digest.js';
import type { Step } from '../../../schema/generated/types.js';
import { damaged, halfApplied } from '../../generators/damage.js';
import { drawFrom } from '../../generators/draw.js';
import { fleetPair, fleetSizes, orderInput } from '../../generators/fleet.js';
import { requireFates, type Watch, walk } from './walk.js';
import { type Fate, fates } from './watch.js';

/** What becomes of frames at first; a loop that only a missing link keeps open is one that the tables already have. */
function knownFates(current: FleetState, steps: readonly Step[], target: FleetState): Map<string, Fate> {
  const linked = steps.filter((step) => step.kind === 'link-up').flatMap((step) => step.edits);
  const latent = fates(linked.reduce(advance, current), target);
  return new Map(
    [...fates(current, target)].map(([pair, fate]) => [pair, latent.get(pair) === 'loop' ? 'loop' : fate]),
  );
}

describe('the order of a plan for a damaged fleet', () => {
  it('keeps delivered pairs delivered and makes no loop from whatever tables and links it finds', () => {
    fc.assert(
      fc.property(fleetSizes, fc.integer({ min: 1, max: 12 }), fc.boolean(), (size, count, half) => {
        const pair = fleetPair(size);
        const whole = order(orderInput(pair));
        const start =
          half && whole.kind === 'ordered' ? halfApplied(pair.current, whole.steps, size.seed) : pair.current;
        const current = damaged(start, size.seed + 1, count);
        const input = orderInput(pair, current);
        const ordered = order(input);
        if (ordered.kind === 'unsafe') {
          expect(ordered.limit).toBe('room');
          return;
        }
        const first = knownFates(current, ordered.steps, input.target);
        const last = fates(input.target);
        const within: Watch['within'] = (state, _edit, inFlight) =>
          requireFates(state, input.target, first, last, inFlight);
        const between = () => undefined;
        const end = walk(current, ordered.steps, { within, between }, drawFrom(size.seed));
        expect(stateDigest(end)).toBe(stateDigest(input.target));
      }),
      { seed: 5, numRuns: 1500 },
    );
  }, 240_000);

  it('goes on from wherever a plan was cut off', () => {
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const pair = fleetPair(size);
        const whole = order(orderInput(pair));
        if (whole.kind === 'unsafe') return;
        const current = halfApplied(pair.current, whole.steps, size.seed);
        const input = orderInput(pair, current);
        const rest = order(input);
        if (rest.kind === 'unsafe') throw new Error(rest.message);
        const first = fates(current, input.target);
        const last = fates(input.target);
        const within: Watch['within'] = (state, _edit, inFlight) =>
          requireFates(state, input.target, first, last, inFlight);
        const end = walk(current, rest.steps, { within, between: () => undefined }, drawFrom(size.seed));
        expect(stateDigest(end)).toBe(stateDigest(pair.target));
      }),
      { seed: 6, numRuns: 1000 },
    );
  }, 240_000);
});
