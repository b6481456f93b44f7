import type { JournalEntry, Observed, Plan } from '../schema/generated/types.js';

/** Where the documents come from. */
export interface Source {
  /** The newest documents; never throws for what a repository, a network or a person can cause. */
  read(): Promise<SourceRead>;
}

export type SourceRead =
  /** `source`: the commit, or the directory's name. `files` are sorted by path. */
  { kind: 'documents'; source: string; files: SourceFile[] } | { kind: 'unavailable'; message: string };

/** One selected file; `path` is relative to the root of the repository or directory, with `/`. */
export type SourceFile = { path: string; text: string } | RefusedFile;

export interface RefusedFile {
  path: string;
  refused: 'too-large' | 'not-utf8' | 'symlink' | 'submodule' | 'not-a-file';
  /** Size where it is known, else 0. */
  bytes: number;
}

/** Something that asks for passes. */
export interface Trigger {
  /** Resolves once changes are noticed: start it before the first pass, so that none is missed in between. */
  start(onChange: (reason: string) => void): Promise<void>;
  stop(): Promise<void>;
}

/** The audit trail. */
export interface Journal {
  append(draft: JournalDraft): Promise<Appended>;
  /** Commit of the newest entry; null before the first. */
  head(): Promise<string | null>;
  /** Newest first; all when `limit` is left out. */
  entries(limit?: number): AsyncIterable<JournalRead>;
  /** The newest entry that can be read; null before the first. */
  latest(): Promise<JournalRecord | null>;
}

/** An entry before the journal numbers it. */
export interface JournalDraft {
  entry: Omit<JournalEntry, 'format_version' | 'pass'>;
  plan: Plan | null;
  /** The plan for people; null when there is no plan. */
  planMarkdown: string | null;
  observed: Observed;
}

export type Appended =
  /** `pushed` false: the entry is kept and goes out with the next one; `message` then says why, and is empty otherwise. */
  | { kind: 'appended'; commit: string; pass: number; pushed: boolean; message: string }
  | { kind: 'failed'; message: string };

export interface JournalRecord {
  kind: 'record';
  commit: string;
  entry: JournalEntry;
  plan: Plan | null;
  observed: Observed;
}

export type JournalRead = JournalRecord | { kind: 'unreadable'; commit: string; message: string };
