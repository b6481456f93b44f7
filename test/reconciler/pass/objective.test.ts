import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elsewhereLines } from '../../../cli/study-text.js';
import { canonicalJson } from '../../../reconciler/model/canonical.js';
import { choose } from '../../../reconciler/pass/choose.js';
import { type Inputs, pose } from '../../../reconciler/pass/pose.js';
import { study } from '../../../reconciler/pass/study/study.js';
import { decide } from '../../../reconciler/pass.js';
import { renderMarkdown } from '../../../reconciler/plan/render-markdown.js';
import { renderText } from '../../../reconciler/plan/render-text.js';
import type { Objective } from '../../../schema/generated/types.js';
import { presets } from '../../../schema/objective/read-objective.js';
import { drawFrom, shuffled } from '../../generators/draw.js';
import { fig14Inputs } from '../../generators/fig14-observed.js';
import { withObjective } from '../../generators/with-objective.js';
import { bestOfTwo } from './best-of-two.js';

const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-5', 'vm-3': 'host-1', 'vm-4': 'host-4' };

function planned(inputs: Inputs) {
  const decided = decide(inputs);
  if (decided.kind !== 'planned') throw new Error(decided.kind);
  return decided.plan;
}

/** Two demands that fit through the WAN, between VMs of which the first two may move. */
function twoDemands(places: Record<string, string> = scattered, [first, second] = [5, 4]): Inputs {
  const rates: Record<string, number | undefined> = { 'vm-1 vm-2': first, 'vm-3 vm-4': second };
  const inputs = fig14Inputs(places, (from, to) => rates[`${from} ${to}`] ?? 0);
  const { traffic } = inputs.observed;
  const demands = traffic.demands.filter(({ rateMbps }) => rateMbps > 0);
  const documents = inputs.documents.map((located) => {
    if (located.document.kind !== 'VMSet') return located;
    const { spec } = located.document;
    const members = spec.members.map((each) => {
      const pin = { 'vm-3': 'host-1', 'vm-4': 'host-4' }[each.name];
      return pin === undefined ? each : { ...each, pin };
    });
    return { ...located, document: { ...located.document, spec: { ...spec, members } } } as typeof located;
  });
  return { ...inputs, documents, observed: { ...inputs.observed, traffic: { ...traffic, demands } } };
}

const near: Objective['spec'] = {
  level: 'path',
  goal: 'minimise',
  expression: 'sum(demand * pathLatency)',
  tieBreaks: [{ goal: 'maximise', expression: 'sum(bottleneck)' }],
};

describe('a fleet that strives for an expression', () => {
  it('has the same plan as without one, if it says what the level means', () => {
    const names = Object.keys(scattered);
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom('path' as const, 'edge' as const),
        fc.constantFrom('maximise' as const, 'minimise' as const),
        (seed, level, goal) => {
          const draw = drawFrom(seed);
          const hosts = shuffled(draw, ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6']);
          const places = Object.fromEntries(names.map((name, place) => [name, hosts[place] ?? '']));
          const inputs = fig14Inputs(places, () => 1 + draw(60));
          const [without, written] = [{}, { expression: presets[level] }].map((more) => {
            const { hash, basis, ...rest } = planned(withObjective(inputs, { level, goal, ...more }));
            expect(hash).toBeDefined();
            return canonicalJson({ ...rest, basis: { ...basis, documentsDigest: '' } });
          });
          expect(written).toBe(without);
        },
      ),
      { seed: 1, numRuns: 6 },
    );
  });

  it('decides as a problem does whose objective was not read yet', () => {
    const posed = pose(fig14Inputs(scattered));
    if (posed.kind === 'rejected') throw new Error(posed.kind);
    const { problem, question } = posed;
    const { level, goal } = problem.objective;
    expect(choose({ ...problem, objective: { level, goal } }, question)).toEqual(choose(problem, question));
  });

  it('has the best plan of all, by the objective and then by its tie-break', () => {
    const inputs = withObjective(twoDemands(), near);
    const posed = pose(inputs);
    if (posed.kind === 'rejected') throw new Error(posed.kind);
    const best = bestOfTwo(posed.problem);
    const { decision } = planned(inputs);
    expect(decision.verdict).toBe('adapt');
    expect(decision.after.unmetMbps).toBe(0);
    expect(decision.after.objective).toEqual({ value: expect.closeTo(best.delay, 4), unit: 'Mb/s ms' });
    expect(decision.after.tieBreaks).toEqual([{ value: expect.closeTo(best.room, 3), unit: 'Mb/s' }]);
    expect(decision.objective).toEqual([{ goal: near.goal, expression: near.expression }, ...(near.tieBreaks ?? [])]);
    // Both domains are as near; in the second there is more room.
    const hosts = decision.mapping.map(({ to }) => to).slice(0, 2);
    expect(hosts.every((host) => ['host-5', 'host-6'].includes(host))).toBe(true);
    const other = planned(withObjective(inputs, { ...near, tieBreaks: [{ goal: 'minimise', expression: 'moves' }] }));
    expect(other.decision.after.objective).toEqual(decision.after.objective);
    expect(other.decision.after.tieBreaks).toEqual([{ value: 1, unit: 'no unit' }]);
  });

  it('moves for a better tie-break where the objective is as good as it can be', () => {
    const inputs = twoDemands({ ...scattered, 'vm-2': 'host-3' }, [9, 1]);
    const { after, levers, mapping } = planned(withObjective(inputs, near)).decision;
    const links = levers?.find(({ lever }) => lever === 'add-links');
    // A direct link is as near as can be; then only room is to be gained.
    expect(links).toMatchObject({ outcome: 'surpassed', score: { objective: after.objective } });
    expect(levers?.at(-1)).toMatchObject({ lever: 'migrate', outcome: 'pulled' });
    expect(
      mapping
        .slice(0, 2)
        .map(({ to }) => to)
        .sort(),
    ).toEqual(['host-5', 'host-6']);
    const untied = planned(withObjective(inputs, { ...near, tieBreaks: [] }));
    expect(untied.decision.mapping.every(({ from, to }) => from === to)).toBe(true);
  });

  it('tells plans and studies in the units of what it strives for', async () => {
    const inputs = withObjective(twoDemands(), near);
    const plan = planned(inputs);
    await expect(renderText(plan)).toMatchFileSnapshot('../../golden/plan-expression.txt');
    expect(renderMarkdown(plan)).toContain('Strives to minimise sum(demand \\* pathLatency), then to maximise');
    const found = study(inputs, 'vm-1', { hosts: 5, decisions: 2 });
    const lines = elsewhereLines(found, plan.decision.mapping[0]?.to ?? '');
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../golden/study-expression.txt');
  });
});
