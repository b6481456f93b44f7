import koffi from 'koffi';
import { libc } from './libc.js';
import { describeErrno } from './system-error.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const failed = 0xffff_ffff_ffff_ffffn;

export const pageSize = (): number => libc().pageSize();

/** Memory that this process shares with whoever else has the file or map behind it. */
export class SharedMemory {
  /** Not to be touched after `close`, nor written to unless it is writable: the process would end. */
  readonly bytes: ArrayBuffer;
  readonly #address: unknown;

  /** @throws if the kernel refuses. */
  constructor(descriptor: number, offset: number, length: number, writable: boolean) {
    this.#address = libc().map(null, length, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, descriptor, offset);
    if (BigInt.asUintN(64, koffi.address(this.#address)) === failed)
      throw new Error(`cannot map ${length} bytes of descriptor ${descriptor}: ${describeErrno(libc().errno())}`);
    this.bytes = koffi.view(this.#address, length);
  }

  close(): void {
    libc().unmap(this.#address, this.bytes.byteLength);
  }
}
