// npm run -s bench -- NAME [--json]: measures, prints a table, and fails if a target was missed.
import { readdirSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Figure } from './figure.js';

const suffix = '.bench.ts';

function names(): string[] {
  const files = readdirSync(fileURLToPath(new URL('.', import.meta.url)));
  return files
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
}

function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryMib: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
  };
}

function table(figures: readonly Figure[]): string {
  const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4, useGrouping: false });
  const rows = figures.map(({ name, value, unit, target, ok }) => [
    ok ? 'ok' : 'MISSED',
    name,
    `${number.format(value)} ${unit}`,
    target,
  ]);
  const all = [['', 'figure', 'value', 'target'], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1 || !names().includes(name)) {
    const problem = name === undefined ? 'Name a benchmark' : `There is no benchmark ${positionals.join(' ')}`;
    console.error(`${problem}: npm run -s bench -- NAME [--json]. Names: ${names().join(', ') || 'none yet'}.`);
    return 1;
  }
  const bench: Bench = await import(new URL(`${name}${suffix}`, import.meta.url).href);
  const figures = await bench.run();
  const ok = figures.length > 0 && figures.every((figure) => figure.ok);
  console.log(table(figures));
  if (values.json) console.log(JSON.stringify({ bench: name, machine: machine(), figures, ok }));
  return ok ? 0 : 1;
}

process.exitCode = await main();
