import { describe, expect, it } from 'vitest';
import { statedSchedule } from '../../../schema/schedule.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const head = (kind: string, name: string) =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;
const host = (name: string, last: number, more: string) =>
  `${head('Host', name)}  site: east\n  memory: 8Gi\n  compute: 4\n  interfaces: [{name: eth0, network: internet, address: 192.0.2.${last}/24}]\n${more}`;
const key = `sha256:${'A'.repeat(43)}=`;

/** What is wrong with the schedule of VMs on a host of four processors and one of two: `line:column rule summary`. */
function mistakes(schedule: string, { compute = '500m', hosts = ['', '  processors: 2\n'] } = {}): string[] {
  const files = {
    'site.yaml': `${head('Site', 'east').replace('spec:', 'spec: {}')}`,
    'network.yaml': `${head('Network', 'internet')}  within: [{site: east}]\n`,
    'lan.yaml': `${head('VirtualNetwork', 'lan')}  vni: 1\n  proxy: host-1\n`,
    'vms.yaml': `${head('VMSet', 'web')}  network: lan\n  memory: 1Gi\n  compute: ${compute}\n  members: [{name: web-1}]\n  schedule:\n${schedule
      .split('\n')
      .map((line) => `    ${line}\n`)
      .join('')}`,
    ...Object.fromEntries(
      hosts.map((more, index) => [`host-${index}.yaml`, host(`host-${index + 1}`, index + 1, more)]),
    ),
  };
  const { diagnostics } = validateFiles(Object.entries(files).map(([path, text]) => ({ path, text })));
  return diagnostics.map(
    ({ id, range, summary }) => `${range.filename}:${range.start.line}:${range.start.column} ${id} ${summary}`,
  );
}

describe('a schedule', () => {
  it('is complete with its class', () => {
    expect(mistakes('class: interactive')).toEqual([]);
    expect(statedSchedule({ class: 'interactive' }, '500m')).toEqual({
      ...{ periodUs: 10_000, sliceUs: 5000, threads: 1, mode: 'work-conserving', lockStep: false },
    });
    expect(statedSchedule({ class: 'batch-parallel', gang: 4 }, 2)).toEqual({
      ...{ periodUs: 50_000, sliceUs: 25_000, threads: 4, mode: 'strict', lockStep: true },
    });
    expect(statedSchedule({ class: 'batch', period: '1h', slice: '30m', mode: 'strict' }, 1)).toEqual({
      ...{ periodUs: 3_600_000_000, sliceUs: 1_800_000_000, threads: 1, mode: 'strict', lockStep: false },
    });
  });

  it('has a slice within its period, stated once', () => {
    expect(mistakes('class: batch\nperiod: 10ms\nslice: 11ms')).toEqual([
      'vms.yaml:12:12 VIRT4009 11000 us in every 10000 us is more than a processor has.',
    ]);
    expect(mistakes('class: batch\nslice: 10ms\nutilisation: 0.5')).toEqual([
      'vms.yaml:12:18 VIRT4008 The slice is 10ms, and 0.5 of the period.',
    ]);
    expect(mistakes('class: batch', { compute: '2' })).toEqual([
      'vms.yaml:10:12 VIRT4010 2 cores are more than one thread can use.',
    ]);
    expect(mistakes('class: batch\ngang: 2', { compute: '2' })).toEqual([]);
  });

  it('has times that a scheduler can keep', () => {
    expect(mistakes('class: batch\nperiod: 100us')).toEqual([
      'vms.yaml:11:13 VIRT4007 `period` must be between 200 us and 744h, not 100us.',
    ]);
    expect(mistakes('class: batch\nperiod: 800h')).toHaveLength(1);
    expect(mistakes('class: interactive\nutilisation: 0.001')).toEqual([
      'vms.yaml:11:18 VIRT4007 `slice` must be at least 20 us, not 10 us.',
    ]);
  });

  it('fits some host', () => {
    expect(mistakes('class: batch\ngang: 4')).toEqual([]);
    expect(mistakes('class: batch\ngang: 5')).toEqual([
      'vms.yaml:11:11 VIRT4011 Each VM needs 5 processors at once; the largest host has 4.',
    ]);
    const hosts = ['  reservedShare: 0.2\n', '  processors: 2\n  reservedShare: 0.05\n'];
    expect(mistakes('class: batch\nutilisation: 0.95', { hosts })).toEqual([]);
    expect(mistakes('class: batch\nutilisation: 0.95\ngang: 3', { hosts })).toEqual([
      'vms.yaml:10:12 VIRT4011 It takes 950000 us of every 1000000 us; hosts give at most 0.8 of a processor.',
    ]);
  });

  it('is within the bounds of whoever may adjust it', () => {
    const adjustable = (bounds: string) =>
      `class: batch\nutilisation: 0.3\nadjustableBy:\n- key: "${key}"\n  ${bounds}`;
    expect(mistakes(adjustable('utilisation: {least: 0.1, most: 0.3}'))).toEqual([]);
    expect(mistakes(adjustable('utilisation: {least: 0.4, most: 0.5}'))).toEqual([
      'vms.yaml:14:20 VIRT4012 The schedule has 300000 us of every 1000000 us; the bounds are 0.4 to 0.5.',
    ]);
    expect(mistakes(adjustable('utilisation: {least: 0.5, most: 0.4}'))).toEqual([
      'vms.yaml:14:20 VIRT4013 Nothing is from 0.5 to 0.4.',
    ]);
    const periods = 'period: {least: 10ms, most: 100ms}\n  utilisation: {least: 0.1, most: 0.3}';
    expect(mistakes(adjustable(periods))).toEqual([
      'vms.yaml:14:15 VIRT4012 The schedule has a period of 1000000 us; the bounds are 10ms to 100ms.',
    ]);
  });

  it('has hosts that name each operator once for each user', () => {
    const operators = (...users: string[]) =>
      `  operators: [${users.map((user) => `{key: "${key}", user: ${user}}`).join(', ')}]\n`;
    expect(mistakes('class: batch', { hosts: ['', operators('ada', 'root')] })).toEqual([]);
    const twice = mistakes('class: batch', { hosts: ['', operators('ada', 'root', 'ada')] });
    expect(twice.map((line) => line.split(' ')[1])).toEqual(['VIRT2011']);
  });

  it('has no unknown field', () => {
    expect(mistakes('class: batch\nperod: 10ms').map((line) => line.split(' ')[1])).toEqual(['VIRT2004']);
  });
});
