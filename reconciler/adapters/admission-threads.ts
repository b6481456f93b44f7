import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.js';
import type { AdmissionRule } from '../../schema/generated/types.js';
import { type AdmissionInputs, noInputs } from '../admission/inputs.js';
import type { Ended, RuleOutcome } from '../admission/outcome.js';
import type { ExampleResult } from '../admission/run-example.js';
import type { AdmissionTask, TaskResults } from '../admission/task.js';
import type { Admission } from '../ports.js';

export interface AdmissionLimits {
  /** For one rule. */
  ruleMs: number;
  /** For all rules of one request together. */
  totalMs: number;
  memoryMib: number;
}

const usualLimits: AdmissionLimits = { ruleMs: 5000, totalMs: 30_000, memoryMib: 128 };
const startMs = 10_000;

/** Evaluates rules in a thread, one after the other. A rule that takes too much is ended with its thread; the next one gets another. */
export class AdmissionThreads implements Admission {
  readonly #limits: AdmissionLimits;

  constructor(limits: Partial<AdmissionLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  async judge(rules: readonly AdmissionRule[], inputs: AdmissionInputs): Promise<RuleOutcome[]> {
    const tasks = rules.map((rule) => ({ kind: 'judge' as const, rule }));
    const results = await this.#performAll<'judge'>(tasks, inputs);
    return results.map((result) => ('kind' in result ? result : { kind: 'judged', ...result }));
  }

  async test(rule: AdmissionRule): Promise<ExampleResult[]> {
    const tasks = rule.spec.tests.map((_, place) => ({ kind: 'example' as const, rule, place }));
    const results = await this.#performAll<'example'>(tasks, noInputs);
    return results.map((result) => ('kind' in result ? { passed: false, message: result.reason } : result));
  }

  async #performAll<K extends AdmissionTask['kind']>(
    tasks: AdmissionTask[],
    inputs: AdmissionInputs,
  ): Promise<(TaskResults[K] | Ended)[]> {
    const results: (TaskResults[K] | Ended)[] = [];
    const endsMs = performance.now() + this.#limits.totalMs;
    let thread: Worker | null = null;
    try {
      for (const task of tasks) {
        if (performance.now() >= endsMs) {
          results.push(ended(`all rules together took more than ${this.#limits.totalMs} ms. Simplify the slowest.`));
          continue;
        }
        if (thread === null) {
          const started = await this.#start(inputs);
          if (started.kind === 'ended') {
            results.push(started);
            continue;
          }
          thread = started.thread;
        }
        const result = await this.#perform<K>(thread, task);
        results.push(result);
        if (!('kind' in result)) continue;
        await thread.terminate();
        thread = null;
      }
    } finally {
      await thread?.terminate();
    }
    return results;
  }

  /** Threads run what is built: sources need a loader that threads do not have. */
  async #start(inputs: AdmissionInputs): Promise<{ kind: 'started'; thread: Worker } | Ended> {
    const { memoryMib } = this.#limits;
    const thread = new Worker(join(packageRoot(), 'dist', 'reconciler', 'adapters', 'admission-worker.js'), {
      workerData: inputs,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMib, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    // A thread that fails between two questions is noticed by the next one, which gets no answer.
    thread.on('error', () => undefined);
    const answer = await this.#answer(thread, startMs);
    if (answer.kind === 'answer') return { kind: 'started', thread };
    await thread.terminate();
    return answer;
  }

  async #perform<K extends AdmissionTask['kind']>(
    thread: Worker,
    task: AdmissionTask,
  ): Promise<TaskResults[K] | Ended> {
    thread.postMessage(task);
    const answer = await this.#answer(thread, this.#limits.ruleMs);
    return answer.kind === 'answer' ? (answer.value as TaskResults[K]) : answer;
  }

  #answer(thread: Worker, withinMs: number): Promise<{ kind: 'answer'; value: unknown } | Ended> {
    return new Promise((resolve) => {
      const end = (result: { kind: 'answer'; value: unknown } | Ended) => {
        clearTimeout(timer);
        thread.off('message', answered).off('error', failed).off('exit', exited);
        resolve(result);
      };
      const answered = (value: unknown) => end({ kind: 'answer', value });
      const failed = (error: Error & { code?: string }) => end(ended(this.#reason(error)));
      const exited = (code: number) => end(ended(`its thread ended with ${code}.`));
      const timer = setTimeout(() => end(ended(`it took more than ${withinMs} ms. Simplify it.`)), withinMs);
      thread.on('message', answered).on('error', failed).on('exit', exited);
    });
  }

  #reason({ code, message }: { code?: string; message: string }): string {
    if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return `its thread ended: ${message}.`;
    return `it took more than ${this.#limits.memoryMib} MiB of memory. Simplify it.`;
  }
}

const ended = (reason: string): Ended => ({ kind: 'ended', reason });
