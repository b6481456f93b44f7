import { describe, expect, it } from 'vitest';
import { explain, explanationJson, explanationText } from '../../cli/explain.js';
import { study } from '../../reconciler/pass/study/study.js';
import { decide } from '../../reconciler/pass.js';
import { fig14Inputs } from '../generators/fig14-observed.js';
import { draft } from '../reconciler/adapters/journal-fixture.js';
import { recordedJournal } from './recorded-journal.js';

const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };

/** A journal with one pass that decided on this. */
async function explained(inputs: ReturnType<typeof fig14Inputs>, object: string, places: Record<string, string>) {
  const decided = decide(inputs);
  if (decided.kind !== 'planned') throw new Error(decided.kind);
  const { plan } = decided;
  const outcomes = plan.steps.map(({ id }) => ({ step: id, status: 'done' as const, message: '', tookMs: 40 }));
  const placement = Object.entries(places).map(([vm, host]) => ({ vm, host }));
  const entry = { outcomes, placement, conditions: [], planHash: plan.hash };
  const journal = recordedJournal(draft({ plan, observed: inputs.observed, entry }));
  const explanation = await explain(journal, object, async (_read, name) => study(inputs, name));
  if (explanation.kind !== 'vm') throw new Error(explanation.kind);
  return explanation;
}

describe('explain vm/NAME, with what else there was', () => {
  it('is understandable to someone who has not read the code', async () => {
    const inputs = fig14Inputs(scattered);
    const decided = decide(inputs);
    if (decided.kind !== 'planned') throw new Error(decided.kind);
    const after = Object.fromEntries(decided.plan.decision.mapping.map(({ vm, to }) => [vm, to]));
    const explanation = await explained(inputs, 'vm/vm-1', after);
    await expect(explanationText(explanation)).toMatchFileSnapshot('../golden/explain-vm.txt');
    expect(JSON.parse(explanationJson(explanation)).study).toMatchObject({ pass: 1, studied: { kind: 'study' } });
  });

  it('says which constraint keeps a VM off a host', async () => {
    const inputs = fig14Inputs(scattered);
    const documents = inputs.documents.map((located) => {
      if (located.document.kind !== 'VMSet') return located;
      const { spec } = located.document;
      const members = spec.members.map((each) => (each.name === 'vm-1' ? { ...each, pin: 'host-2' } : each));
      return { ...located, document: { ...located.document, spec: { ...spec, members } } } as typeof located;
    });
    const text = explanationText(await explained({ ...inputs, documents }, 'vm/vm-1', scattered));
    expect(text).toContain('host-1, host-3, host-4, host-5 and 1 more  not allowed  the VM is pinned to host-2');
  });
});
