import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import type { Decide } from './deciding.js';
import type { DecisionAnswer, DecisionQuestion } from './decision-message.js';
import { decide } from './pass.js';
import { placesOf } from './places.js';

type Documents = readonly LocatedDocument[];

/**
 * Decides in a thread of its own, so that agents, readers and signs of life are answered meanwhile: a search over a large fleet takes
 * longer than a connection lives in silence. One decision at a time.
 */
export class DecisionThread {
  #worker: Worker | null = null;
  #sent: { of: Documents; documents: DecisionQuestion['documents'] } = { of: [], documents: [] };

  /** Rejects where the thread fails: that is a bug, or the machine's memory is at its end. */
  readonly decide: Decide = async (inputs, took = () => undefined) => {
    const { source, observed } = inputs;
    const { decided, parts } = await this.#ask({ documents: this.#placed(inputs.documents), source, observed });
    for (const { part, tookMs } of parts) took(part, tookMs);
    // Diagnostics point into texts, which is known here alone; nothing is searched for them.
    return decided.kind === 'rejected' ? decide(inputs) : decided;
  };

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  /** Where everything stands is looked up once for each commit. */
  #placed(documents: Documents): DecisionQuestion['documents'] {
    if (this.#sent.of !== documents) {
      const placed = documents.map((located) => ({ document: located.document, places: placesOf(located) }));
      this.#sent = { of: documents, documents: placed };
    }
    return this.#sent.documents;
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
      const lost = (error: Error) => {
        this.#worker = null;
        end(() => reject(error));
      };
      const failed = (error: Error) => lost(error);
      const exited = (code: number) => lost(new Error(`the thread that decides ended with ${code}`));
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
