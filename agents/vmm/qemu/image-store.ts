import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageFile } from '../../../schema/generated/types.js';

export type ImageFound =
  | { kind: 'verified'; path: string }
  /** `message` is for people, without the name of the guest. */
  | { kind: 'refused'; message: string };

interface Known {
  stamp: string;
  digest: string;
}

/** A name without any folder; the schema says so too, but what a path is made of is checked where it is made. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * The files in one folder that the host's owner has put there for guests to boot from. A file is used only if its content has the digest
 * that was asked for; it is read again only when its inode, size or times have changed.
 */
export class ImageStore {
  readonly #folder: string;
  readonly #known = new Map<string, Known>();
  readonly #busy = new Map<string, Promise<ImageFound>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Finds the file and compares its content. Several who ask at once wait for one reading. */
  find({ file, digest }: ImageFile): Promise<ImageFound> {
    const key = `${file} ${digest}`;
    const found =
      this.#busy.get(key) ??
      this.#look(file, digest).finally(() => {
        this.#busy.delete(key);
      });
    this.#busy.set(key, found);
    return found;
  }

  async #look(file: string, digest: string): Promise<ImageFound> {
    if (!plainName.test(file))
      return refused(`the name of an image is a file's without a folder, not ${JSON.stringify(file)}`);
    const path = join(this.#folder, file);
    let handle: FileHandle | undefined;
    try {
      // A link could lead to any file of the host, and a pipe would keep the agent waiting.
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const status = await handle.stat();
      if (!status.isFile()) return refused(`the image ${file} is no regular file: put the file itself there`);
      const actual = await this.#digest(path, handle, status);
      if (actual === digest) return { kind: 'verified', path: join(await realpath(this.#folder), file) };
      return refused(
        `the image ${file} has the digest ${actual}, not ${digest}: copy it again, or correct the document`,
      );
    } catch (error) {
      return refused(this.#trouble(file, error as NodeJS.ErrnoException));
    } finally {
      await handle?.close();
    }
  }

  async #digest(path: string, handle: FileHandle, status: Stats): Promise<string> {
    const stamp = [status.dev, status.ino, status.size, status.mtimeMs, status.ctimeMs].join(' ');
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.digest;
    const hash = createHash('sha256');
    for await (const piece of createReadStream('', { fd: handle, autoClose: false, highWaterMark: 1 << 20 }))
      hash.update(piece);
    const digest = `sha256:${hash.digest('hex')}`;
    this.#known.set(path, { stamp, digest });
    return digest;
  }

  #trouble(file: string, { code, message }: NodeJS.ErrnoException): string {
    if (code === 'ENOENT') return `there is no image ${file} in ${this.#folder}: copy it there`;
    if (code === 'ELOOP') return `the image ${file} is a link: put the file itself into ${this.#folder}`;
    return `the image ${file} cannot be read: ${message}`;
  }
}

const refused = (message: string): ImageFound => ({ kind: 'refused', message });
