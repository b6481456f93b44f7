import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropReasons } from '../../../agents/vnet/drops.js';
import {
  actionKind,
  carrier,
  classShift,
  decodePairKey,
  encodeLink,
  encodeLinkEnd,
  encodeNetwork,
  encodePort,
  floodMax,
  ipv4Number,
  layout,
  linkKind,
  linkMax,
  networkMax,
  ownerLength,
  pulseEthertype,
  recordBytes,
  recordKind,
  ruleClasses,
  stampClock,
  stampNumbers,
  underlay,
} from '../../../agents/vnet/layout.js';
import { largestNetworkIndex } from '../../../agents/vnet/network-index.js';
import { runOptionsLayout } from '../../../agents/vnet/run-once.js';
import { openOptionsLayout } from '../../../agents/vnet/verifier-log.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const upper = (name: string): string => snake(name).replace(/[- ]/g, '_').toUpperCase();

/** All that the two languages say of a structure, as C expressions. */
function structure(name: string, fields: Record<string, number>): [string, number][] {
  return Object.entries(fields).map(([field, value]) => [
    field === 'size' ? `sizeof(struct ${name})` : `__builtin_offsetof(struct ${name}, ${snake(field)})`,
    value,
  ]);
}

describeLab('layout', ['clang', 'libbpf'], () => {
  it('is that of the C compiler', () => {
    const expected: [string, number][] = [
      ['CLASS_SHIFT', classShift],
      ['FLOOD_MAX', floodMax],
      ['LINK_MAX', linkMax],
      ['NETWORK_MAX', networkMax],
      ['TAG_NETWORK', largestNetworkIndex],
      ['OWNER_LENGTH', ownerLength],
      ['UNDERLAY', underlay],
      ['CARRIER', carrier],
      ['RECORD_BYTES', recordBytes],
      ['STAMP_NUMBERS', stampNumbers],
      ['STAMP_CLOCK', stampClock],
      ['PULSE_ETHERTYPE', pulseEthertype],
      ['DROP_REASONS', dropReasons.length],
      ['RULE_CLASSES', ruleClasses.length],
      ...dropReasons.map((reason, index): [string, number] => [`DROP_${upper(reason)}`, index]),
      ...ruleClasses.map((name, index): [string, number] => [`RULE_${upper(name)}`, index]),
      ...Object.entries(actionKind).map(([name, kind]): [string, number] => [`ACTION_${upper(name)}`, kind]),
      ...Object.entries(recordKind).map(([name, kind]): [string, number] => [`RECORD_${upper(name)}`, kind]),
      ...Object.entries(linkKind).map(([name, kind]): [string, number] => [`LINK_${upper(name)}`, kind]),
      ...Object.entries(layout).flatMap(([name, fields]) => structure(snake(name), fields)),
      ...structure('bpf_object_open_opts', openOptionsLayout),
      ...structure('bpf_test_run_opts', runOptionsLayout),
    ];
    expect(evaluate(expected.map(([expression]) => expression))).toEqual(Object.fromEntries(expected));
  });
});

it('keys and values are the bytes that the header says', () => {
  const key = Buffer.from('4d0000000200000000010200000000ff', 'hex');
  expect(decodePairKey(key)).toEqual({ vni: 77, source: '02:00:00:00:00:01', destination: '02:00:00:00:00:ff' });
  expect(ipv4Number('192.168.77.1')).toBe(0xc0a84d01);
  const [local, remote] = ['10.0.0.1', '10.0.0.2'];
  expect(encodeLink('vxlan', 7, { local, remote, stamped: true }).toString('hex')).toBe(
    '01000000070000000200000a0100000a0000000001000000',
  );
  expect(encodeLink('device', 7, { local, remote, localPort: 7000, remotePort: 22 }).toString('hex')).toBe(
    '02000000070000000200000a0100000a1600581b00000000',
  );
  expect(encodeLink('device', 7).toString('hex')).toBe(`0200000007${'0'.repeat(38)}`);
  expect(encodeLinkEnd(7, '10.0.0.2').toString('hex')).toBe('070000000200000a');
  expect(encodeLinkEnd(7, undefined).toString('hex')).toBe('0700000000000000');
  expect(encodeNetwork(77, 1450, 0b1001).toString('hex')).toBe('4d000000aa05000009000000');
  expect(encodePort(3, '02:00:00:00:00:0b').toString('hex')).toBe('0300000002000000000b0000');
});

/** Values of C expressions over vnet.h and libbpf's headers, by a program that the compiler of this machine makes. */
function evaluate(expressions: readonly string[]): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-layout-'));
  try {
    const lines = expressions.map((each) => `printf("%s=%lu\\n", "${each}", (unsigned long)(${each}));`);
    const headers = ['<stdio.h>', '<bpf/bpf.h>', '<bpf/libbpf.h>', '"vnet.h"'].map((header) => `#include ${header}\n`);
    writeFileSync(join(folder, 'layout.c'), `${headers.join('')}int main(void) {\n${lines.join('\n')}\nreturn 0;\n}\n`);
    const program = join(folder, 'layout');
    const header = join(packageRoot(), 'agents/native');
    const built = spawnSync('clang', ['-I', header, join(folder, 'layout.c'), '-o', program], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
    const { stdout } = spawnSync(program, { encoding: 'utf8' });
    const pairs = stdout.trim().split('\n');
    return Object.fromEntries(
      pairs.map((line) => line.split('=')).map(([name, value]) => [name as string, Number(value)]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
