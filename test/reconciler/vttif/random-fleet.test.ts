import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { pairAt } from '../../../reconciler/vttif/rates.js';
import { disturb, type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { type StepOptions, step, traffic } from '../../../reconciler/vttif/step.js';
import { RandomFleet } from './random-fleet.js';
import { heldBack, parameters } from './watched.js';

const seconds = 400;

/** What VTTIF makes of a fleet, second by second, as a digest. */
function watched(seed: number, restored: (state: VttifState) => VttifState = (state) => state): string {
  const fleet = new RandomFleet(seed);
  const hash = createHash('sha256');
  const options: Omit<StepOptions, 'nowMs'> = {
    ...{ parameters, boundMs: 0, hostOf: (_, address) => fleet.hostOf(address) },
    saturated: heldBack((rates, share) => fleet.heldBack(rates, share)),
    believed: (rates) => {
      const factorAt = (place: number) => fleet.factorOf(pairAt(rates, place).source);
      return { ...rates, rateMbps: rates.rateMbps.map((rateMbps, place) => rateMbps * factorAt(place)) };
    },
  };
  let state = vttifStart(parameters.smoothingIntervalMs);
  for (let second = 0; second < seconds; second++) {
    for (const { observation, arrivesMs } of fleet.second()) state = ingest(state, observation, arrivesMs);
    if (fleet.isDisturbed()) state = disturb(state, fleet.nowMs);
    const stepped = step(restored(state), { ...options, nowMs: fleet.nowMs });
    state = stepped.state;
    hash.update(JSON.stringify([stepped.declared, state.deviatingSinceMs, state.phases, traffic(state)]));
  }
  return hash.digest('hex').slice(0, 16);
}

test('what is declared of whatever a fleet does changes only where that is meant', () => {
  expect([1, 2, 3, 4, 5, 6].map((seed) => watched(seed))).toEqual([
    '5ebbbca34b70b728',
    'dc200e08019737fc',
    '60ee724680edcf17',
    '78a62f3a7f47f210',
    'f732a91872ea09af',
    '80d02ab28f773a9e',
  ]);
});

test('it follows from the state alone: nothing is kept beside it that matters', () => {
  const forked = (state: VttifState): VttifState => {
    // Another history that begins like this one gives rows to other pairs.
    const told = new RandomFleet(state.pairs.names.length).second().map(({ observation }) => observation);
    const beside = told.reduce((each, next) => ingest(each, { ...next, host: `other-${next.host}` }, 0), state);
    step(beside, { nowMs: 0, parameters, boundMs: 0, saturated: () => new Uint8Array() });
    return state;
  };
  const plain = watched(7);
  expect(plain).toBe('eb570d3477438025');
  expect(watched(7, structuredClone<VttifState>)).toBe(plain);
  expect(watched(7, forked)).toBe(plain);
});
