import { describe, expect, it } from 'vitest';
import { decide } from '../../../reconciler/pass.js';
import type { Plan, RecentMove } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';
import { drawFrom } from '../../generators/draw.js';
import { fig14Inputs } from '../../generators/fig14-observed.js';

const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };
const hourMs = 3600e3;
const cooldownMs = 20_000;
const windowMs = 600_000;
const mostAnHour = 6;

const { documents } = validateFiles(
  exampleFiles('fig14').map(({ path, text }) => ({
    path,
    text: text
      .replace(
        'iterations: 20000',
        `iterations: 200\n    cooldown: ${cooldownMs}ms\n    returns: {window: ${windowMs}ms}`,
      )
      .replace('maxMovedShare: 0.75', `maxMovesPerHour: ${mostAnHour}`),
  })),
);

interface Made {
  move: RecentMove;
  plan: Plan;
}

/** What a fleet does whose applications want something else before each pass. */
function history(seed: number, passes: number): Made[] {
  const draw = drawFrom(seed);
  const places: Record<string, string> = { ...scattered };
  const made: Made[] = [];
  let { nowMs } = fig14Inputs(places).observed;
  for (let pass = 0; pass < passes; pass++) {
    nowMs += 5000 + draw(400) * 1000;
    const alone = `vm-${1 + draw(4)}`;
    const inputs = fig14Inputs(places, (from, to) => (from === alone || to === alone ? 5 : 50));
    const moves = made.map(({ move }) => move).filter(({ atMs }) => nowMs - atMs < hourMs);
    const traffic = { ...inputs.observed.traffic, declaredAtMs: nowMs - 500 };
    const decided = decide({ ...inputs, documents, observed: { ...inputs.observed, nowMs, moves, traffic } });
    if (decided.kind === 'unsafe') continue;
    if (decided.kind !== 'planned') throw new Error(decided.kind);
    const { plan } = decided;
    for (const { kind, edits } of plan.steps) {
      if (kind !== 'move') continue;
      for (const { host: from, removeGuests = [] } of edits)
        for (const { guest: vm, to = '' } of removeGuests) {
          made.push({ move: { vm, from, to, atMs: nowMs }, plan });
          places[vm] = to;
        }
    }
  }
  return made;
}

describe('a fleet whose applications want something else all the time', () => {
  it.each([1, 2, 3])('keeps its budget, lets VMs rest, and goes back for a reason only, drawn with %i', (seed) => {
    const made = history(seed, 25);
    expect(made.length).toBeGreaterThan(4);
    for (const [place, { move, plan }] of made.entries()) {
      const before = made.slice(0, place).map((each) => each.move);
      const lately = before.filter(({ atMs }) => move.atMs - atMs < hourMs);
      expect(lately.length + 1).toBeLessThanOrEqual(mostAnHour);
      const own = before.filter(({ vm, atMs }) => vm === move.vm && atMs < move.atMs);
      expect(own.filter(({ atMs }) => move.atMs - atMs < cooldownMs)).toEqual([]);
      const isReturn = own.some(({ from, atMs }) => from === move.to && move.atMs - atMs < windowMs);
      const isParking = made.some((each) => each.plan === plan && each.move !== move && each.move.vm === move.vm);
      if (!isReturn || isParking) continue;
      expect(plan.decision.levers?.at(-1)).toMatchObject({ lever: 'return', outcome: 'pulled' });
      expect(plan.decision.reason).toMatch(/^Moving VMs back to where they were is worth it/);
    }
  });
});
