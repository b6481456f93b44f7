import type { Appended, Journal, JournalDraft, JournalRead, Metrics, Source, Trigger } from '../../reconciler/ports.js';
import type { SourceFile } from '../../schema/validate/source-file.js';

/** Documents that nobody changes. */
export function standingSource(files: SourceFile[]): Source {
  return { read: async () => ({ kind: 'documents', source: 'standing', files }) };
}

/** A journal that keeps nothing. */
export function emptyJournal(): Journal {
  let passes = 0;
  return {
    append: async (_draft: JournalDraft): Promise<Appended> => {
      passes += 1;
      return { kind: 'appended', commit: `${passes}`, pass: passes, pushed: true, message: '' };
    },
    head: async () => null,
    latest: async () => null,
    entries: async function* (): AsyncIterable<JournalRead> {
      yield* [];
    },
  };
}

export const uncounted: Metrics = {
  passEnded: () => undefined,
  passStepTook: () => undefined,
  stepEnded: () => undefined,
  fleetSeen: () => undefined,
  conditionsSeen: () => undefined,
  observationReceived: () => undefined,
};

export const neverTriggered: Trigger = { start: async () => undefined, stop: async () => undefined };
