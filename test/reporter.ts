import type { Reporter, TestModule, TestSuite } from 'vitest/node';
import { skippedPrefix } from './skipped.js';

type Tally = { passed: number; failed: number; skipped: number };

/**
 * Ends the run with what this machine could not test and, last of all, the plain line `N passed, N failed, N skipped`.
 * Files that could not be loaded, suites whose hooks threw, and errors outside any test count as failed.
 */
export default class ClosingLines implements Reporter {
  #lines: string[] = [];

  onInit(): void {
    // The other reporters and the coverage report write after onTestRunEnd: only at exit is it certain to be last.
    process.once('exit', () => process.stdout.write(this.#lines.map((line) => `${line}\n`).join('')));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const skipped = modules
      .flatMap((module) => [...module.children.allSuites()].filter(isSkippedHere).map(nameOf))
      .sort();
    const tally = count(modules);
    this.#lines = [
      ...(skipped.length > 0 ? ['', `Skipped for this machine: ${skipped.length}`] : []),
      ...skipped.map((name) => `  ${name}`),
      `${tally.passed} passed, ${tally.failed + unhandled.length} failed, ${tally.skipped} skipped`,
    ];
  }
}

const isSkippedHere = (suite: TestSuite): boolean => suite.name.startsWith(skippedPrefix);
const nameOf = (suite: TestSuite): string => `${suite.module.relativeModuleId}: ${suite.name}`;

function count(modules: readonly TestModule[]): Tally {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') tally[state] += 1;
    }
    const suites = [module, ...module.children.allSuites()];
    tally.failed += suites.filter((suite) => suite.errors().length > 0).length;
  }
  return tally;
}
