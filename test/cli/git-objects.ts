import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** An entry of a tree, as no git command would write it. */
export interface RawEntry {
  mode: string;
  name: string | Uint8Array;
  id: string;
}

/** Writes objects into a repository past all checks of git. */
export class GitObjects {
  readonly #objects: string;

  /** @param work a working copy */
  constructor(work: string) {
    this.#objects = join(work, '.git', 'objects');
  }

  blob(content: string | Uint8Array): string {
    return this.#write('blob', Buffer.from(content));
  }

  /** Entries stay in the order in which they are given. */
  tree(entries: readonly RawEntry[]): string {
    const parts = entries.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, 'hex')]),
    );
    return this.#write('tree', Buffer.concat(parts));
  }

  commit(tree: string, parent: string, message = 'Change the fleet'): string {
    const who = 'Mallory <mallory@example.org> 1770000000 +0000';
    return this.#write(
      'commit',
      Buffer.from(`tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`),
    );
  }

  #write(type: string, content: Buffer): string {
    const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const id = createHash('sha1').update(object).digest('hex');
    const path = join(this.#objects, id.slice(0, 2), id.slice(2));
    if (existsSync(path)) return id;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, deflateSync(object));
    return id;
  }
}

/** Commits `count` documents on top of `parent`, without a file of each. */
export function commitMany(work: string, parent: string, count: number): string {
  const files = Array.from({ length: count }, (_, i) => `M 100644 :1 desired/many/${i}.yaml\n`).join('');
  const who = 'Mallory <mallory@example.org> 1770000000 +0000';
  const input = `blob\nmark :1\ndata 4\na: 1\ncommit refs/heads/many\ncommitter ${who}\ndata 0\nfrom ${parent}\n${files}\n`;
  execFileSync('git', ['-C', work, 'fast-import', '--quiet', '--force'], { input });
  return execFileSync('git', ['-C', work, 'rev-parse', 'refs/heads/many'], { encoding: 'utf8' }).trim();
}
