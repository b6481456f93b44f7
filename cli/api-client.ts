import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenFile } from './session.js';

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** Speaks with a running reconciler's API on this machine. */
export class ApiClient {
  readonly #server: string;
  readonly #stateDirectory: string;

  constructor(server: string, stateDirectory: string) {
    this.#server = server.replace(/\/$/, '');
    this.#stateDirectory = stateDirectory;
  }

  get(path: string): Promise<ApiAnswer | string> {
    return this.#call(path, {});
  }

  /** Needs the token that the reconciler left for its owner. */
  async post(path: string, body: unknown): Promise<ApiAnswer | string> {
    const file = join(this.#stateDirectory, tokenFile);
    const token = await readFile(file, 'utf8').catch(() => null);
    if (token === null) return `${file} cannot be read: name the reconciler's state directory with --state.`;
    const headers = { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' };
    return this.#call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** A text says why there is no answer. */
  async #call(path: string, init: RequestInit): Promise<ApiAnswer | string> {
    try {
      const response = await fetch(`${this.#server}${path}`, init);
      return { status: response.status, body: await response.json() };
    } catch (error) {
      const why =
        error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
      return `No reconciler answers at ${this.#server} (${why}): start one with \`virtuoso reconcile\`, or name it with --server.`;
    }
  }
}
