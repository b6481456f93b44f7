import { parentPort } from 'node:worker_threads';
import type { DecisionAnswer, DecisionQuestion } from './decision-message.js';
import { decide } from './pass.js';
import { locateBy } from './places.js';
import { timedParts } from './timed-parts.js';

// The thread of DecisionThread: answers one question after the other.
parentPort?.on('message', ({ documents, source, observed }: DecisionQuestion) => {
  const located = documents.map(({ document, places }) => ({ document, locate: locateBy(places) }));
  const parts: DecisionAnswer['parts'] = [];
  const decided = timedParts(
    (begins) => decide({ documents: located, source, observed }, begins),
    () => performance.now(),
    (part, tookMs) => parts.push({ part, tookMs }),
  );
  const answer: DecisionAnswer = { decided, parts };
  parentPort?.postMessage(answer);
});
