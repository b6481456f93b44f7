// Runs cells for bench/wren.bench.ts: takes them from its parent, one at a time, and sends back what each has shown.
import { startWarden } from '../vnet/start-warden.js';
import { allCells } from './cells.js';
import { runCell } from './run-cell.js';

/** A cell by its place in the matrix. */
export interface CellOrder {
  index: number;
  seconds: number;
  seed: number;
}

const dismissWarden = startWarden();

process.on('message', ({ index, seconds, seed }: CellOrder) => {
  const cell = allCells()[index];
  if (!cell) throw new Error(`there is no cell ${index}`);
  runCell(cell, seconds, seed).then(
    (result) => process.send?.(result),
    (error: Error) => {
      console.error(`${cell.name}: ${error.stack}`);
      process.exit(1);
    },
  );
});

process.once('disconnect', () => {
  dismissWarden();
  process.exit(0);
});
