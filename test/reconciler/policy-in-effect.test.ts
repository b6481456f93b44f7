import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const adaptation = 'desired/adaptation.yaml';
const vms = 'desired/vms.yaml';
const rule = 'policies/rule.yaml';
const member5 = '    - name: vm-5\n      initialHost: host-3\n';
const isStarted = { 'vm-5': 'host-3' };

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit(adaptation, (text) => text.replace('iterations: 20000', 'iterations: 300'));
  await running.start();
});

afterEach(() => running.close());

/** A rule for plans: none may start a VM. */
const noStarts = (action: string, exemptions = '') => `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata: {name: no-starts}
spec:
  match: {plans: {}}
  action: ${action}
  validations:
    - {expression: "!plan.changes.exists(change, change.kind == 'guest-start')", message: No VM may start now.}
  tests:
    - {name: nothing, plan: {}, expect: allow}
${exemptions}`;

/** A rule for documents: no VMSet may have more than four members. */
const fewMembers = `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata: {name: few-members}
spec:
  match: {documents: {kinds: [VMSet]}}
  action: deny
  validations:
    - {expression: object.spec.members.size() <= 4, message: A set has at most four VMs., fieldPath: spec.members}
  tests:
    - {name: none, document: {spec: {members: []}}, expect: allow}
`;

const write = (text: string) => running.repository.edit(rule, () => text);
const addVm5 = () => running.repository.edit(vms, (text) => text + member5);
const verdicts = () => running.journal.records.map(({ entry }) => entry.verdict);
const policy = (object: string) => running.condition(object, 'PolicyCompliant');
const exemption = (seconds: number) =>
  `  exemptions:\n    - {object: Plan, until: '${new Date(Date.now() + seconds * 1000).toISOString()}', reason: once}\n`;

describe('a plan that a rule denies', () => {
  it('leaves the fleet as it is, is recorded once, and says which rule and where', async () => {
    write(noStarts('deny'));
    await running.settled();
    expect(policy('fleet/fleet')).toMatchObject({ status: 'True', reason: 'Compliant' });
    addVm5();
    expect(await running.nextPass()).toMatchObject({ verdict: 'denied', outcomes: [] });
    await running.pass(180_000);
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    expect(running.places()).toEqual(started);
    expect(policy('fleet/fleet')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
    expect(policy('fleet/fleet')?.message).toContain(
      'policies/rule.yaml:8:20: error VIRT7011: Rule no-starts denies Plan: No VM may start now.',
    );
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
    expect(verdicts()).toEqual(['applied', 'denied']);
    expect(running.journal.records.at(-1)?.plan?.steps).not.toEqual([]);
  });

  it('is carried out while it is exempt, and another one denied from the moment on that it is not', async () => {
    write(noStarts('deny'));
    addVm5();
    await running.pass(1000);
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    write(noStarts('deny', exemption(50)));
    await running.settled();
    expect(running.places('vm-5')).toEqual(isStarted);
    await running.pass(50_000);
    const ended = running.passes.length;
    expect(policy('fleet/fleet')).toMatchObject({ status: 'True', reason: 'Noted' });
    expect(policy('fleet/fleet')?.message).toContain(
      'VIRT7010: The exemption of Plan from rule no-starts has expired.',
    );
    running.repository.edit(vms, (text) => `${text}    - name: vm-6\n      initialHost: host-3\n`);
    await running.until(() => running.passes.length > ended, 'a pass');
    expect(running.passes.at(-1)?.verdict).toBe('denied');
    expect(running.places('vm-6')).toEqual({ 'vm-6': '' });
  });

  it('is judged again when the exemption ends, without waiting for the interval', async () => {
    running.repository.edit(adaptation, (text) =>
      text.replace(/ {2}interval: .*\n/, '  interval: 1h\n  suspend: true\n'),
    );
    addVm5();
    write(noStarts('deny', exemption(600)));
    await running.until(() => policy('fleet/fleet')?.status === 'True', 'the rule is asked');
    await running.pass(590_000);
    expect(policy('fleet/fleet')?.status).toBe('True');
    await running.pass(11_000);
    expect(policy('fleet/fleet')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
  });

  it('stays denied for a reconciler that begins in between', async () => {
    write(noStarts('deny'));
    addVm5();
    await running.until(() => running.passes.at(-1)?.verdict === 'denied', 'a denied plan');
    await running.restartReconciler();
    await running.pass(30_000);
    expect(running.passes.at(-1)?.verdict).toBe('denied');
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    expect(running.places()).toEqual(started);
  });

  it('cannot be applied by hand either', async () => {
    write(noStarts('deny'));
    addVm5();
    await running.until(() => running.passes.at(-1)?.verdict === 'denied', 'a denied plan');
    const plan = running.loop.plan();
    if (plan === null) throw new Error('there is no plan');
    const applied = running.loop.apply(plan, plan.hash, 'ada');
    await running.pass(100);
    expect(await applied).toMatchObject({ kind: 'denied', message: expect.stringContaining('No VM may start now.') });
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
  });
});

it.each(['warn', 'audit'])('a rule that is to %s is told and holds nothing back', async (action) => {
  write(noStarts(action));
  addVm5();
  expect(await running.nextPass()).toMatchObject({ verdict: 'applied' });
  const recorded = running.journal.records.at(-1)?.entry.conditions ?? [];
  const said = recorded.find(({ object, type }) => object === 'fleet/fleet' && type === 'PolicyCompliant');
  expect(said).toMatchObject({ status: 'True', reason: 'Noted', message: expect.stringContaining('Rule no-starts') });
  await running.settled();
  expect(running.places('vm-5')).toEqual(isStarted);
});

it('a rule that cannot be evaluated denies, if that is its action', async () => {
  write(noStarts('deny').replace("change.kind == 'guest-start'", "change.nothing == 'guest-start'"));
  addVm5();
  expect(await running.nextPass()).toMatchObject({ verdict: 'denied' });
  expect(policy('fleet/fleet')?.message).toContain('VIRT7014');
  expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
});

describe('documents that a rule denies', () => {
  it('leave the last good ones in effect, over a restart too, until they are mended', async () => {
    const good = write(fewMembers);
    await running.settled();
    expect(policy('source/repository')).toMatchObject({ status: 'True', reason: 'Compliant' });
    const bad = addVm5();
    expect(await running.nextPass()).toMatchObject({ verdict: 'refused' });
    const isRefused = () => {
      expect(running.condition('source/repository')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
      expect(running.condition('source/repository')?.message).toMatch(
        new RegExp(`^${bad} is denied by rules:\ndesired/vms.yaml:.*few-members denies VMSet/.*\n.*${good} stay`),
      );
      expect(policy('source/repository')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
      expect(running.loop.view().source).toBe(good);
      expect(running.places()).toEqual(started);
      expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    };
    isRefused();
    expect(running.journal.records.at(-1)?.entry).toMatchObject({ verdict: 'refused', source: bad });

    await running.restartReconciler();
    await running.pass(30_000);
    isRefused();

    write(fewMembers.replace('<= 4', '<= 5'));
    await running.settled();
    expect(running.condition('source/repository')).toMatchObject({ status: 'True', reason: 'Read' });
    expect(running.places('vm-5')).toEqual(isStarted);
  });

  it('do not keep the fleet from being repaired', async () => {
    write(fewMembers);
    await running.settled();
    addVm5();
    await running.nextPass();
    await running.stopAgent('host-6');
    await running.startAgent('host-6');
    await running.pass(30_000);
    expect(running.unreachable('vm-1', 'vm-2', 'vm-3', 'vm-4')).toEqual([]);
  });

  it('that were in effect stay so when an exemption ends, and that is told', async () => {
    const until = new Date(Date.now() + 30_000).toISOString();
    const set = running.repository.files.get(vms)?.match(/name: (\S+)/)?.[1];
    addVm5();
    write(`${fewMembers}  exemptions:\n    - {object: VMSet/${set}, until: '${until}', reason: moving house}\n`);
    await running.settled();
    expect(policy('source/repository')?.status).toBe('True');
    await running.pass(31_000);
    expect(policy('source/repository')).toMatchObject({ status: 'False', reason: 'PolicyDenied' });
    expect(running.condition('source/repository')).toMatchObject({ status: 'True', reason: 'Read' });
    expect(running.places('vm-5')).toEqual(isStarted);
    await running.restartReconciler();
    await running.pass(30_000);
    expect(running.places('vm-5')).toEqual(isStarted);
    expect(running.loop.view().source).toBe(running.repository.tip);
  });
});
