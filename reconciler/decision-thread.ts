import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { DecisionAnswer, DecisionQuestion } from './decision-message.js';
import type { Inputs } from './pass/pose.js';
import { type Decided, decide, type PassPart } from './pass.js';

/**
 * Decides in a thread of its own, so that agents, readers and signs of life are answered meanwhile: a search over a large fleet takes
 * longer than a connection lives in silence. One decision at a time.
 */
export class DecisionThread {
  #worker: Worker | null = null;

  /** Rejects where the thread fails: that is a bug, or the machine's memory is at its end. */
  async decide(inputs: Inputs, took: (part: PassPart, tookMs: number) => void): Promise<Decided> {
    const { documents, source, observed } = inputs;
    const question: DecisionQuestion = { documents: documents.map(({ document }) => document), source, observed };
    const { decided, parts } = await this.#ask(question);
    for (const { part, tookMs } of parts) took(part, tookMs);
    // Diagnostics say where documents stand, which is known here alone; nothing is searched for them.
    return decided.kind === 'rejected' ? decide(inputs) : decided;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #ask(question: DecisionQuestion): Promise<DecisionAnswer> {
    const worker = this.#worker ?? startWorker();
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        worker.off('message', answered).off('error', failed).off('exit', exited);
        settle();
      };
      const answered = (answer: DecisionAnswer) => end(() => resolve(answer));
      const failed = (error: Error) => end(() => reject(error));
      const exited = (code: number) => end(() => reject(new Error(`the thread that decides ended with ${code}`)));
      worker.on('message', answered).on('error', failed).on('exit', exited);
      worker.postMessage(question);
    });
  }
}

/** Threads run what is built: sources need a loader that threads do not have. */
function startWorker(): Worker {
  const worker = new Worker(join(packageRoot(), 'dist', 'reconciler', 'decision-worker.js'), { env: {}, execArgv: [] });
  worker.unref();
  return worker;
}
