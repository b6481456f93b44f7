import { describe, expect, it } from 'vitest';
import { type Inputs, pose } from '../../../reconciler/pass/pose.js';
import { decide } from '../../../reconciler/pass.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';
import { fig14Inputs } from '../../generators/fig14-observed.js';

const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };
const cost = 'apiVersion: virtuoso.dev/v1alpha1\nkind: CostConstraint\nmetadata: {name: c}\nspec: ';

/** Fig. 14 with the documents changed as text. */
function changed(change: (text: string) => string, more = ''): Inputs {
  const files = exampleFiles('fig14').map((file) => ({ ...file, text: change(file.text) }));
  const kept = more === '' ? files : files.filter(({ text }) => !text.includes('kind: CostConstraint'));
  const added = more === '' ? [] : [{ path: 'desired/more.yaml', text: more }];
  const { documents, diagnostics } = validateFiles([...kept, ...added]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { ...fig14Inputs(scattered), documents };
}

function problemOf(inputs: Inputs) {
  const posed = pose(inputs);
  if (posed.kind === 'rejected') throw new Error(JSON.stringify(posed.diagnostics));
  return posed.problem;
}

const inSet = (lines: string) => (text: string) => text.replace(/ {2}memory: 1Gi\n/, (memory) => `${memory}${lines}`);

describe('formulate', () => {
  it('poses what VMs and hosts say of disks, migrations and one another', () => {
    const inputs = changed((text) =>
      inSet(
        '  disk: 20Gi\n  migration: {state: 2Gi, dirtyRate: 80Mbps, longest: 30s}\n  placement: {together: site, apart: host}\n',
      )(text).replace(/ {2}compute: (\d+)\n {2}memory: 4Gi\n/g, (all) => `${all}  disk: 100Gi\n`),
    );
    const { vms, groups } = problemOf(inputs);
    expect(vms[0]).toMatchObject({ diskGib: 20, migration: { stateMib: 2048, dirtyMbps: 80, maxSeconds: 30 } });
    expect(groups).toEqual([
      { name: 'application', kind: 'together', within: 'site', vms: [0, 1, 2, 3] },
      { name: 'application', kind: 'apart', within: 'host', vms: [0, 1, 2, 3] },
    ]);
  });

  it('leaves out what nobody says', () => {
    const problem = problemOf(changed((text) => text));
    expect(Object.keys(problem.vms[0] ?? {})).not.toContain('migration');
    expect(problem).not.toHaveProperty('groups');
    expect(problem).not.toHaveProperty('confidence');
    expect(problem).not.toHaveProperty('migrationBudget');
  });

  it('poses latency limits, deviations, confidence and budgets of migrations', () => {
    const limited = '  demands:\n    - {from: vm-1, to: vm-2, bandwidth: 1Mbps, maxLatency: 5ms}\n';
    const inputs = changed(
      (text) => inSet(limited)(text).replace(/ {4}seed: 1\n?/, '    seed: 1\n    confidence: 0.95\n'),
      `${cost}{migrations: {time: 2m, data: 8Gi}}\n`,
    );
    const [first, ...others] = inputs.observed.traffic.demands;
    if (!first) throw new Error('no demands');
    const demands = [{ ...first, deviationMbps: 3 }, ...others];
    const problem = problemOf({
      ...inputs,
      observed: { ...inputs.observed, traffic: { ...inputs.observed.traffic, demands } },
    });
    const demand = problem.demands.find(({ source, destination }) => source === 0 && destination === 1);
    // What is observed is more, so its rate counts; the limit stays.
    expect(demand).toEqual({ source: 0, destination: 1, rateMbps: 50, deviationMbps: 3, maxLatencyMs: 5 });
    expect(problem).toMatchObject({ confidence: 0.95, migrationBudget: { seconds: 120, mib: 8192 } });
  });
});

describe('a decision', () => {
  it('brings together what must be together, whatever that costs', () => {
    const decided = decide(
      changed((text) => inSet('  placement: {together: site}\n')(text).replaceAll('maxGuests: 1', 'maxGuests: 2')),
    );
    if (decided.kind !== 'planned') throw new Error(decided.kind);
    const { mapping, reason } = decided.plan.decision;
    const inFirst = mapping.map(({ to }) => Number(to.slice(5)) <= 3);
    expect(new Set(inFirst).size).toBe(1);
    expect(reason).toBe('What runs no longer satisfies the constraints.');
  });

  it('moves nothing for which a migration would take too long', () => {
    const slow = '  migration: {state: 4Gi, longest: 1s}\n';
    const decided = decide(changed(inSet(slow)));
    if (decided.kind !== 'planned') throw new Error(decided.kind);
    expect(decided.plan.decision.mapping.filter(({ from, to }) => from !== to)).toEqual([]);
  });
});
