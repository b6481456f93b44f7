import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropReasons } from '../../../agents/vnet/drops.js';
import {
  actionKind,
  decodeFrameKey,
  encodeAction,
  encodeFrameKey,
  encodePort,
  floodMax,
  generationShift,
  ipv4Number,
  layout,
  ownerLength,
} from '../../../agents/vnet/layout.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

/** C names of what the layout calls by TypeScript names. */
const structures: Record<keyof typeof layout, string> = {
  frameKey: 'frame_key',
  action: 'action',
  floodKey: 'flood_key',
  port: 'port',
  traffic: 'traffic',
  linkTraffic: 'link_traffic',
  config: 'config',
};
const cName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describeLab('layout', ['clang'], () => {
  it('is that of the C compiler', () => {
    const expected: Record<string, number> = {
      generationShift,
      floodMax,
      ownerLength,
      ...actionKind,
      reasons: dropReasons.length,
    };
    const expressions: [string, string][] = [
      ['generationShift', 'GENERATION_SHIFT'],
      ['floodMax', 'FLOOD_MAX'],
      ['ownerLength', 'OWNER_LENGTH'],
      ['port', 'ACTION_PORT'],
      ['link', 'ACTION_LINK'],
      ['flood', 'ACTION_FLOOD'],
      ['reasons', 'DROP_REASONS'],
    ];
    for (const [index, reason] of dropReasons.entries()) {
      expected[`drop ${reason}`] = index;
      expressions.push([`drop ${reason}`, `DROP_${reason.toUpperCase().replaceAll('-', '_')}`]);
    }
    for (const [name, fields] of Object.entries(layout)) {
      const structure = structures[name as keyof typeof layout];
      for (const [field, value] of Object.entries(fields)) {
        expected[`${name}.${field}`] = value;
        const size = `sizeof(struct ${structure})`;
        expressions.push([
          `${name}.${field}`,
          field === 'size' ? size : `__builtin_offsetof(struct ${structure}, ${cName(field)})`,
        ]);
      }
    }
    expect(evaluate(expressions)).toEqual(expected);
  });
});

it('keys and values are the bytes that the header says', () => {
  const key = { table: 0x01000002, source: '02:00:00:00:00:0a', destination: 'ff:ff:ff:ff:ff:ff' };
  expect(encodeFrameKey(key).toString('hex')).toBe('0200000102000000000affffffffffff');
  expect(decodeFrameKey(encodeFrameKey(key))).toEqual(key);
  expect(ipv4Number('192.168.77.1')).toBe(0xc0a84d01);
  const action = { kind: actionKind.link, target: ipv4Number('10.0.0.2'), local: ipv4Number('10.0.0.1') };
  expect(encodeAction(action).toString('hex')).toBe('020000000200000a0100000a');
  expect(encodePort(42, '02:00:00:00:00:0b').toString('hex')).toBe('2a00000002000000000b0000');
});

/** Values of C expressions over vnet.h, by a program that the compiler of this machine makes. */
function evaluate(expressions: readonly [string, string][]): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-layout-'));
  try {
    const lines = expressions.map(([name, expression]) => `printf("${name}=%lu\\n", (unsigned long)(${expression}));`);
    const source = `#include <stdio.h>\n#include "vnet.h"\nint main(void) {\n${lines.join('\n')}\nreturn 0;\n}\n`;
    writeFileSync(join(folder, 'layout.c'), source);
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
