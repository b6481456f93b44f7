// Judges drawn repositories for bench/repositories.bench.ts: takes seeds from its parent, one at a time, and sends back what came of each.
import { baseRepositories } from './base-repositories.js';
import { judgeRepository } from './judge-repository.js';

const bases = baseRepositories();

process.on('message', (seed: number) => {
  judgeRepository(seed, bases).then(
    (result) => process.send?.(result),
    (error: Error) => {
      console.error(`seed ${seed}: ${error.stack}`);
      process.exit(1);
    },
  );
});
