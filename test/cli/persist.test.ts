import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { persist } from '../../cli/persist.js';
import { withSchedule } from '../../cli/persist-edit.js';
import { proposal } from '../../cli/persist-proposal.js';
import type { ScheduleView } from '../../schema/generated/types.js';
import { gitIn, repository, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';

const key = `sha256:${'A'.repeat(43)}=`;
const other = `sha256:${'B'.repeat(43)}=`;
const users = (bounds: string) => `    adjustableBy:\n      - {key: "${key}", ${bounds}}\n`;

function setOf(schedule: string, members = '{name: web-1}, {name: web-2}'): string {
  return `# Who serves pages.
apiVersion: virtuoso.dev/v1alpha1
kind: VMSet
metadata: {name: web}   # its name
spec:
  network: lan
  memory: 1Gi
  compute: 500m
  schedule:
${schedule}  members: [${members}]
`;
}

const usual = `    class: interactive # quick
    utilisation: 0.3 # for now
${users('period: {least: 5ms, most: 100ms}, utilisation: {least: 0.1, most: 0.8}')}`;

const head = (kind: string, name: string) =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;
const ground = {
  'inventory/site.yaml': head('Site', 'east').replace('spec:', 'spec: {}'),
  'inventory/network.yaml': `${head('Network', 'internet')}  within: [{site: east}]\n`,
  'inventory/host.yaml': `${head('Host', 'host-1')}  site: east\n  memory: 8Gi\n  compute: 4\n  interfaces: [{name: eth0, network: internet, address: 192.0.2.1/24}]\n`,
  'desired/lan.yaml': `${head('VirtualNetwork', 'lan')}  vni: 1\n  proxy: host-1\n`,
};
const filesWith = (text: string) =>
  Object.entries({ ...ground, 'desired/web.yaml': text }).map(([path, content]) => ({ path, text: content }));

function view(vm: string, periodUs: number, sliceUs: number): ScheduleView {
  const stated = { periodUs: 10_000, sliceUs: 3000 };
  const adjusted = { periodUs, sliceUs, statedPeriodUs: 10_000, statedSliceUs: 3000, key, atMs: 1 };
  return {
    ...{ vm, set: 'web', host: 'host-1', cpus: [0], mode: 'work-conserving', threads: 1, stated, cost: 40 },
    ...{ inForce: { periodUs, sliceUs }, adjusted },
  };
}
const changed = (vm: string) => view(vm, 20_000, 9630);
const unchanged = (vm: string) => view(vm, 10_000, 3000);

describe('a schedule in a document', () => {
  const found = { periodUs: 20_000, sliceUs: 9630 };

  it('is changed where it stands, and nothing else is', () => {
    expect(withSchedule(setOf(usual), 'web', found)).toBe(
      setOf(
        usual
          .replace('interactive # quick', 'interactive # quick\n    period: 20ms')
          .replace('utilisation: 0.3 #', 'slice: 9.63ms #'),
      ),
    );
    const flow = setOf('    {class: interactive, period: 10ms, slice: 3ms}\n');
    expect(withSchedule(flow, 'web', found)).toBe(setOf('    {class: interactive, period: 20ms, slice: 9.63ms}\n'));
    expect(withSchedule(setOf('    {class: batch}\n'), 'web', { periodUs: 3_600_000_000, sliceUs: 1234 })).toBe(
      setOf('    {class: batch, period: 1h, slice: 1.234ms}\n'),
    );
    expect(withSchedule(setOf('    class: batch\n'), 'web', { periodUs: 90_000_000, sliceUs: 250 })).toBe(
      setOf('    class: batch\n    period: 1.5m\n    slice: 250us\n'),
    );
  });

  it('is found in its set, among other documents', () => {
    const text = `${setOf(usual).replace('name: web}', 'name: db}')}---\n${setOf(usual)}`;
    const edited = withSchedule(text, 'web', found);
    expect(edited).toContain(setOf(usual).replace('name: web}', 'name: db}'));
    expect(edited).toContain('slice: 9.63ms');
    expect(withSchedule(text, 'mail', found)).toBeNull();
  });
});

describe('what users have chosen', () => {
  it('is proposed for a set if its members agree, or if one is said to speak for all', () => {
    const files = filesWith(setOf(usual));
    const agreed = proposal(files, [changed('web-1'), changed('web-2')], { forSet: false });
    expect(agreed).toMatchObject({ kind: 'proposed', files: [{ path: 'desired/web.yaml' }] });
    const one = proposal(files, [changed('web-1'), unchanged('web-2')], { vms: ['web-1'], forSet: false });
    expect(one).toMatchObject({
      kind: 'refused',
      message:
        'VMSet web states one schedule for all its members, and they differ: web-1 has 9.63 ms in every 20 ms, web-2 has 3 ms in ' +
        'every 10 ms. Have the members agree, or name one VM and give its schedule to all of them with --set.',
    });
    const spoken = proposal(files, [changed('web-1'), unchanged('web-2')], { vms: ['web-1'], forSet: true });
    expect(spoken).toEqual(agreed);
    const two = [changed('web-1'), view('web-2', 10_000, 4000)];
    expect(proposal(files, two, { forSet: true })).toMatchObject({ kind: 'refused' });
  });

  it('is not proposed where nobody has changed anything, or where documents would not be valid', () => {
    const nobody = proposal(filesWith(setOf(usual)), [unchanged('web-1')], { vms: ['web-1'], forSet: false });
    expect(nobody).toEqual({
      kind: 'refused',
      message: 'Nobody has changed the schedule of web-1: nothing to propose.',
    });
    const narrow = `${usual}      - {key: "${other}", utilisation: {least: 0.1, most: 0.3}}\n`;
    const refused = proposal(filesWith(setOf(narrow, '{name: web-1}')), [changed('web-1')], { forSet: false });
    expect(refused.kind === 'refused' && refused.message).toContain('VIRT4012');
  });
});

describe('persist', () => {
  afterEach(() => vi.restoreAllMocks());

  it('writes a branch that states what was found, checks nothing out, pushes nothing and runs no hook', async () => {
    const { work, remote, commit } = repository();
    const base = commit({ ...ground, 'desired/web.yaml': setOf(usual, '{name: web-1}') });
    const hooked = join(work, 'hooked');
    for (const hook of ['reference-transaction', 'post-index-change', 'post-commit'])
      writeFileSync(join(work, '.git/hooks', hook), `#!/bin/sh\ntouch ${hooked}\n`, { mode: 0o755 });
    const runsHooks = () => existsSync(hooked);
    gitIn(work, 'branch', 'hooked');
    expect(runsHooks()).toBe(true);
    rmSync(hooked);
    gitIn(work, 'config', 'user.name', 'Ada');
    gitIn(work, 'config', 'user.email', 'ada@example.org');
    const schedules = { format_version: '1', schedules: [changed('web-1')] };
    const server = createServer((_request, response) => response.end(JSON.stringify(schedules)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const said: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const options = {
      ...{ vms: ['web-1'], set: false, repository: work, subdirectory: '', branch: 'found' },
      ...{ server: `http://127.0.0.1:${port}`, stateDirectory: join(temporaryDirectory(), 'state') },
    };
    expect(await persist(options)).toBe(0);
    expect(runsHooks()).toBe(false);
    expect(said.join('')).toContain('-    utilisation: 0.3 # for now\n');
    expect(said.join('')).toContain('+    slice: 9.63ms # for now\n');
    expect(gitIn(work, 'show', 'found:desired/web.yaml')).toContain('    slice: 9.63ms # for now');
    expect(gitIn(work, 'log', '-1', '--format=%an %s', 'found')).toBe('Ada Schedule web as its users do');
    expect(gitIn(work, 'rev-parse', 'found^', 'HEAD')).toBe(`${base}\n${base}`);
    expect(gitIn(work, 'status', '--porcelain')).toBe('');
    expect(gitIn(remote, 'branch', '--list')).not.toContain('found');
    said.length = 0;
    expect(await persist(options)).toBe(1);
    expect(said.join('')).toContain('The branch found cannot be written');
  });
});
