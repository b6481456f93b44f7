import { BpfMap } from '../../../agents/vnet/bpf-map.js';
import { libbpf } from '../../../agents/vnet/libbpf.js';
import { VerifierLog } from '../../../agents/vnet/verifier-log.js';

/** A BPF object in the kernel that is pinned nowhere: it goes with whoever loaded it. */
export class LoadedObject {
  readonly #object: unknown;

  private constructor(object: unknown) {
    this.#object = object;
  }

  /** @throws if the kernel refuses, with what its verifier says. */
  static load(path: string): LoadedObject {
    const log = new VerifierLog();
    try {
      const object = libbpf().openFile(path, log);
      if (libbpf().load(object) < 0) throw new Error(`the kernel does not load ${path}: ${log.lastLines()}`);
      return new LoadedObject(object);
    } finally {
      log.free();
    }
  }

  /** @throws if there is none of that name. */
  program(name: string): number {
    return this.#found(libbpf().program(this.#object, name), name);
  }

  map(name: string, keySize: number, valueSize: number): BpfMap {
    return new BpfMap(name, this.mapDescriptor(name), keySize, valueSize);
  }

  /** @throws if there is none of that name. */
  mapDescriptor(name: string): number {
    return this.#found(libbpf().map(this.#object, name), name);
  }

  close(): void {
    libbpf().closeObject(this.#object);
  }

  #found(descriptor: number, name: string): number {
    if (descriptor < 0) throw new Error(`the object has no ${name}`);
    return descriptor;
  }
}
