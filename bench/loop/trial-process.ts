// Plays trials for bench/loop.bench.ts: takes seeds from its parent, one at a time, and sends back what became of each.
import { drawTrial } from './drawn-trial.js';
import { runTrial } from './run-trial.js';

process.on('message', (seed: number) => {
  runTrial(drawTrial(seed)).then(
    (result) => process.send?.(result),
    (error: Error) => {
      console.error(`seed ${seed}: ${error.stack}`);
      process.exit(1);
    },
  );
});
