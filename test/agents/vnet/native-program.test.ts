import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nativeProgram } from '../../../agents/vnet/native-program.js';
import { describeLab } from '../../environment.js';

let root: string;
const source = (file: string): string => join(root, 'agents/native', file);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtuoso-native-'));
  mkdirSync(join(root, 'agents/native'), { recursive: true });
  writeFileSync(source('answer.h'), '#define ANSWER 42\n');
  writeFileSync(source('tap.c'), '#include "answer.h"\n');
  writeFileSync(source('pulse.c'), '#include "answer.h"\nint main(void) { return ANSWER; }\n');
});
afterEach(() => rmSync(root, { recursive: true }));

describeLab('native programs', ['clang'], () => {
  it('are compiled once, and again when a header is newer', () => {
    const program = nativeProgram('pulse', root);
    expect(spawnSync(program).status).toBe(42);
    const compiledAt = statSync(program).mtimeMs;
    expect(nativeProgram('pulse', root)).toBe(program);
    expect(statSync(program).mtimeMs).toBe(compiledAt);
    writeFileSync(source('answer.h'), '#define ANSWER 43\n');
    const later = new Date(Date.now() + 60_000);
    utimesSync(source('answer.h'), later, later);
    expect(spawnSync(nativeProgram('pulse', root)).status).toBe(43);
  });

  it('that do not compile say why and what they need', () => {
    writeFileSync(source('pulse.c'), 'int main(void) { return unknown; }\n');
    expect(() => nativeProgram('pulse', root)).toThrow(
      /cannot compile \S*pulse.*apt install clang[\s\S]*pulse\.c[\s\S]*unknown/,
    );
  });
});
