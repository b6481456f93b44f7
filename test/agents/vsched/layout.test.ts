import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answers, encodeWish, flag, layout } from '../../../agents/vsched/area-layout.js';
import { nativeFolder } from '../../../agents/vsched/core-program.js';
import { describeLab } from '../../environment.js';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What this side says of each structure, as C expressions. */
const structures = Object.entries(layout).flatMap(([name, fields]) =>
  Object.entries(fields).map(([field, value]): [string, number] => [
    field === 'size' ? `sizeof(struct vsched_${name})` : `__builtin_offsetof(struct vsched_${name}, ${snake(field)})`,
    value,
  ]),
);
const numbers = [
  ...Object.entries(flag).map(([name, value]): [string, number] => [`VSCHED_${name.toUpperCase()}`, value]),
  ...answers.map((name, index): [string, number] => [`VSCHED_${name.toUpperCase()}`, index]),
];

/** Values of C expressions over area.h. */
function evaluate(expressions: readonly string[]): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-vsched-'));
  try {
    const lines = expressions.map((each) => `printf("%s=%lu\\n", "${each}", (unsigned long)(${each}));`);
    const source = `#include <stdio.h>\n#include "area.h"\nint main(void) {\n${lines.join('\n')}\nreturn 0;\n}\n`;
    writeFileSync(join(folder, 'layout.c'), source);
    const program = join(folder, 'layout');
    const built = spawnSync('clang', ['-I', nativeFolder(), join(folder, 'layout.c'), '-o', program], {
      encoding: 'utf8',
    });
    expect(built.stderr).toBe('');
    const pairs = spawnSync(program, { encoding: 'utf8' }).stdout.trim().split('\n');
    return Object.fromEntries(pairs.map((line) => line.split('=')).map(([name, value]) => [name, Number(value)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeLab('layout of the area', ['clang'], () => {
  it('is that of the C compiler', () => {
    const expected = [...structures, ...numbers];
    expect(evaluate(expected.map(([expression]) => expression))).toEqual(Object.fromEntries(expected));
  });
});

it('a wish is the bytes that the header says', () => {
  const wish = {
    pid: 77,
    startTicks: 5,
    periodUs: 10_000,
    sliceUs: 3_000,
    phaseUs: 256,
    flags: flag.strict | flag.phased,
  };
  expect(encodeWish(wish).toString('hex')).toBe(
    ['4d000000', '05000000', '0500000000000000', '1027000000000000', 'b80b000000000000', '0001000000000000'].join(''),
  );
});
