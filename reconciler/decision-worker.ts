import { parentPort } from 'node:worker_threads';
import type { DecisionAnswer, DecisionQuestion } from './decision-message.js';
import { decide } from './pass.js';
import { timedParts } from './timed-parts.js';

const nowhere = { filename: '', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

// The thread of DecisionThread: answers one question after the other.
parentPort?.on('message', ({ documents, source, observed }: DecisionQuestion) => {
  const located = documents.map((document) => ({ document, locate: () => nowhere }));
  const parts: DecisionAnswer['parts'] = [];
  const decided = timedParts(
    (begins) => decide({ documents: located, source, observed }, begins),
    () => performance.now(),
    (part, tookMs) => parts.push({ part, tookMs }),
  );
  const answer: DecisionAnswer = { decided, parts };
  parentPort?.postMessage(answer);
});
