import koffi from 'koffi';

/** struct bpf_object_open_opts as far as the log; a test compares it with the compiler's. */
export const openOptionsLayout = { size: 80, kernelLogBuf: 56, kernelLogSize: 64 } as const;

const logLength = 4 * 1024 * 1024;
const shownLines = 40;

/** Memory that the kernel writes to when it refuses a program, saying why. */
export class VerifierLog {
  readonly #memory: unknown = koffi.alloc('char', logLength);

  constructor() {
    koffi.encode(this.#memory, 'char', 0);
  }

  /** struct bpf_object_open_opts that names this memory. */
  openOptions(): Buffer {
    const { size, kernelLogBuf, kernelLogSize } = openOptionsLayout;
    const options = Buffer.alloc(size);
    options.writeBigUInt64LE(BigInt(size), 0);
    options.writeBigUInt64LE(koffi.address(this.#memory), kernelLogBuf);
    options.writeBigUInt64LE(BigInt(logLength), kernelLogSize);
    return options;
  }

  /** The end of what the kernel wrote, where the reason is. */
  lastLines(): string {
    const text = koffi.decode(this.#memory, 'char', -1) as string;
    return text.trimEnd().split('\n').slice(-shownLines).join('\n');
  }

  free(): void {
    koffi.free(this.#memory);
  }
}
