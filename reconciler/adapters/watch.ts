import { sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Clock, Trigger } from '../ports.js';

export interface WatchOptions {
  /** Files and directories, the latter with all that is below. One that does not exist yet may come. */
  paths: readonly string[];
  /** How long nothing more must change before a pass is asked for: editors write a file in several steps. */
  debounceMs: number;
  clock: Clock;
}

/** Asks for a pass when something below the paths changes, be it by another program. Symbolic links are passed over. */
export class WatchTrigger implements Trigger {
  readonly #options: WatchOptions;
  #watcher: FSWatcher | null = null;
  #cancel: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async start(onChange: (reason: string) => void): Promise<void> {
    const watcher = watch([...this.#options.paths], {
      ignoreInitial: true,
      followSymlinks: false,
      // Left unfollowed, a link to a directory would still be heard of when something in that directory changes.
      ignored: (path, stats) => path.endsWith(`${sep}.git`) || stats?.isSymbolicLink() === true,
    });
    this.#watcher = watcher;
    watcher.on('all', (_event, path) => this.#soon(() => onChange(`${path} changed`)));
    watcher.on('error', (error) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#soon(() =>
        onChange(`watching ${this.#options.paths.join(', ')} fails (${why}): changes are seen at the interval`),
      );
    });
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
  }

  async stop(): Promise<void> {
    this.#cancel();
    await this.#watcher?.close();
    this.#watcher = null;
  }

  #soon(task: () => void): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(this.#options.debounceMs, task);
  }
}
