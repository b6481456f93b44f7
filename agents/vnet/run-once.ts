import koffi from 'koffi';
import { demand, libbpf } from './libbpf.js';

/** struct bpf_test_run_opts as far as it is used; a test compares it with the compiler's. */
export const runOptionsLayout = { size: 80, dataIn: 8, dataSizeIn: 24, repeat: 60 } as const;

/**
 * Runs a tc program once, as if `frame` had come to this thread's network namespace.
 * @throws if the kernel refuses.
 */
export function runOnce(program: number, frame: Buffer): void {
  const memory: unknown = koffi.alloc('uint8_t', frame.length);
  try {
    koffi.encode(memory, 'uint8_t', [...frame], frame.length);
    const { size, dataIn, dataSizeIn, repeat } = runOptionsLayout;
    const options = Buffer.alloc(size);
    options.writeBigUInt64LE(BigInt(size), 0);
    options.writeBigUInt64LE(koffi.address(memory), dataIn);
    options.writeUInt32LE(frame.length, dataSizeIn);
    options.writeInt32LE(1, repeat);
    demand(libbpf().run(program, options), `a run of a program on a frame of ${frame.length} bytes`);
  } finally {
    koffi.free(memory);
  }
}
