import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CellOrder } from './cell-process.js';
import { allCells } from './cells.js';
import type { CellResult } from './run-cell.js';

/** Up to it, an emulated path takes so little of a processor that two do not disturb each other. */
const slowMbps = 100;
const slowAtOnce = Math.min(2, availableParallelism());

export interface CellsWanted {
  only: RegExp | undefined;
  seconds: number;
  seed: number;
}

/** Runs the cells whose names match, those on slow paths two at a time; results are in the order of the matrix. @throws if one breaks off. */
export async function runCells(
  { only, seconds, seed }: CellsWanted,
  tell: (result: CellResult, place: string) => void,
): Promise<CellResult[]> {
  const cells = allCells()
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => only === undefined || only.test(cell.name));
  if (cells.length === 0) throw new Error(`No cell matches ${only}: bench/wren/cells.ts has their names.`);
  const results = new Map<string, CellResult>();
  const done = (result: CellResult): void => {
    results.set(result.cell.name, result);
    tell(result, `${results.size}/${cells.length}`);
  };
  const orders = (isSlow: boolean): CellOrder[] =>
    cells
      .filter(({ cell }) => cell.rateMbps <= slowMbps === isSlow)
      .map(({ index }) => ({ index, seconds, seed: seed + index }));
  await inProcesses(orders(true), slowAtOnce, done);
  await inProcesses(orders(false), 1, done);
  return cells.flatMap(({ cell }) => results.get(cell.name) ?? []);
}

async function inProcesses(orders: CellOrder[], atOnce: number, done: (result: CellResult) => void): Promise<void> {
  await Promise.all(Array.from({ length: Math.min(atOnce, orders.length) }, () => inProcess(orders, done)));
}

/** One process, until none is left. A process of its own for each: the seed's method listens to all estimators of one. */
function inProcess(orders: CellOrder[], done: (result: CellResult) => void): Promise<void> {
  const program = fileURLToPath(new URL('./cell-process.ts', import.meta.url));
  const child = fork(program, { execArgv: process.execArgv, serialization: 'advanced' });
  const next = (): void => {
    const order = orders.shift();
    if (order === undefined) child.disconnect();
    else child.send(order);
  };
  return new Promise((resolve, reject) => {
    child.on('message', (result) => {
      done(result as CellResult);
      next();
    });
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('a cell broke off; see above'))));
    next();
  });
}
