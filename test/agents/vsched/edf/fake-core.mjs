#!/usr/bin/env node
// Answers wishes as `virtuoso-vsched run` does, and schedules nobody. Offsets: docs/reference/vsched-area.md.
import { existsSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';

const [wanted, core, answers, accounts] = [64, 2752, 2880, 6976];
const [held, denied] = [1, 6];
/** Pids with a meaning. */
const [isDenied, endsCore] = [666, 667];

const path = process.argv[process.argv.indexOf('--area') + 1];
for (const [name, complaint] of [
  ['busy', 'another core has it; end that one first'],
  ['broken', 'no real-time priority here'],
]) {
  if (!existsSync(`${path}.${name}`)) continue;
  if (name === 'busy') rmSync(`${path}.${name}`);
  console.error(`virtuoso-vsched: ${path}: ${complaint}`);
  process.exit(1);
}

writeFileSync(path, Buffer.alloc(216896));
const area = openSync(path, 'r+');
/** A process that a core which was started again can no longer have. */
const isRefused = (pid) => pid === isDenied || existsSync(`${path}.denied`);
const write = (at, bytes) => writeSync(area, bytes, 0, bytes.length, at);
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);

process.stdin.on('data', () => {
  const table = Buffer.alloc(8 + 64 * 40);
  readSync(area, table, 0, table.length, wanted);
  for (let task = 0; task < 64; task++) {
    const pid = table.readInt32LE(8 + task * 40);
    if (pid === endsCore) process.exit(1);
    if (pid === 0) continue;
    write(answers + task * 64 + 4, u32(isRefused(pid) ? denied : held));
    write(answers + task * 64 + 12, u32(isRefused(pid) ? 1 : 0));
    write(answers + task * 64 + 24, u64(isRefused(pid) ? 0 : 10_000));
    const account = [7, 2, 1, 21_000_000].map(u64);
    write(accounts + task * 64 + 8, Buffer.concat(account));
  }
  write(core + 32, u64(4_000_000));
  write(core + 16, u64(200));
  write(core + 8, table.subarray(0, 4));
});
process.stdin.on('end', () => {
  rmSync(`${path}.runs`);
  process.exit(0);
});
writeFileSync(`${path}.runs`, '');
console.log('ready');
