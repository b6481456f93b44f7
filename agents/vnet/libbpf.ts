import koffi, { type LibraryHandle } from 'koffi';
import { describeErrno } from '../linux/system-error.js';
import type { VerifierLog } from './verifier-log.js';

/** The part of libbpf 1.x that the core uses. Results are negative errno values; a BPF map or program is a descriptor. */
export interface Libbpf {
  /** Reads an object; what the verifier says of it goes to `log`. */
  openFile(path: string, log: VerifierLog): unknown;
  load(object: unknown): number;
  closeObject(object: unknown): void;
  program(object: unknown, name: string): number;
  map(object: unknown, name: string): number;
  pin(descriptor: number, path: string): number;
  get(path: string): number;
  update(map: number, key: Buffer, value: Buffer): number;
  lookup(map: number, key: Buffer, value: Buffer): number;
  remove(map: number, key: Buffer): number;
  updateBatch(map: number, keys: Buffer, values: Buffer, count: Buffer): number;
  /** Goes on behind `at`; how many entries were there comes back in `count`. -ENOENT with the last. */
  lookupBatch(map: number, at: Buffer | null, next: Buffer, keys: Buffer, values: Buffer, count: Buffer): number;
  createHash(name: string, keySize: number, valueSize: number, maxEntries: number): number;
  /** From now on no process can change the map. */
  freeze(map: number): number;
  /** Adds the clsact qdisc to a device; -EEXIST when it is there. */
  createHook(hook: Buffer): number;
  attach(hook: Buffer, options: Buffer): number;
  detach(hook: Buffer, options: Buffer): number;
  /** Runs a program on a frame; `options` is a struct bpf_test_run_opts. */
  run(program: number, options: Buffer): number;
  /** Maps of this machine in the order of their ids; after the last, negative. */
  nextMapId(id: number, next: Buffer): number;
  mapById(id: number): number;
  information(descriptor: number, information: Buffer, length: Buffer): number;
}

const BPF_MAP_TYPE_HASH = 1;

let loaded: Libbpf | undefined;

/** @throws if libbpf is not installed. */
export function libbpf(): Libbpf {
  loaded ??= load();
  return loaded;
}

/** The kernel would not: privileges, memory or room in a map are missing. */
export class KernelRefusal extends Error {}

/** @throws KernelRefusal unless `result` is a success; says what was tried. */
export function demand(result: number, what: string): number {
  if (result >= 0) return result;
  throw new KernelRefusal(`${what}: ${describeErrno(result)}`);
}

function load(): Libbpf {
  const library = open();
  const func = <T>(definition: string): T => library.func(definition) as T;
  const openFile = func<(path: string, options: Buffer) => unknown>(
    'void *bpf_object__open_file(const char *, const void *)',
  );
  const find = func<(object: unknown, name: string) => unknown>(
    'void *bpf_object__find_program_by_name(void *, const char *)',
  );
  const programDescriptor = func<(program: unknown) => number>('int bpf_program__fd(void *)');
  const update = func<(map: number, key: Buffer, value: Buffer, flags: number) => number>(
    'int bpf_map_update_elem(int, const void *, const void *, uint64_t)',
  );
  const updateBatch = func<(map: number, keys: Buffer, values: Buffer, count: Buffer, options: null) => number>(
    'int bpf_map_update_batch(int, const void *, const void *, void *, const void *)',
  );
  const lookupBatch = func<(map: number, at: Buffer | null, ...rest: (Buffer | null)[]) => number>(
    'int bpf_map_lookup_batch(int, void *, void *, void *, void *, void *, const void *)',
  );
  const create = func<(type: number, name: string, ...rest: (number | null)[]) => number>(
    'int bpf_map_create(int, const char *, uint32_t, uint32_t, uint32_t, const void *)',
  );
  // libbpf warns on stderr about a qdisc that exists already; what matters comes back as a result.
  func<(print: null) => unknown>('void *libbpf_set_print(void *)')(null);
  return {
    openFile: (path, log) => openFile(path, log.openOptions()),
    load: func('int bpf_object__load(void *)'),
    closeObject: func('void bpf_object__close(void *)'),
    program: (object, name) => programDescriptor(find(object, name)),
    map: func('int bpf_object__find_map_fd_by_name(void *, const char *)'),
    pin: func('int bpf_obj_pin(int, const char *)'),
    get: func('int bpf_obj_get(const char *)'),
    update: (map, key, value) => update(map, key, value, 0),
    lookup: func('int bpf_map_lookup_elem(int, const void *, void *)'),
    remove: func('int bpf_map_delete_elem(int, const void *)'),
    updateBatch: (map, keys, values, count) => updateBatch(map, keys, values, count, null),
    lookupBatch: (map, at, next, keys, values, count) => lookupBatch(map, at, next, keys, values, count, null),
    createHash: (name, keySize, valueSize, max) => create(BPF_MAP_TYPE_HASH, name, keySize, valueSize, max, null),
    freeze: func('int bpf_map_freeze(int)'),
    createHook: func('int bpf_tc_hook_create(void *)'),
    attach: func('int bpf_tc_attach(const void *, void *)'),
    detach: func('int bpf_tc_detach(const void *, const void *)'),
    run: func('int bpf_prog_test_run_opts(int, void *)'),
    nextMapId: func('int bpf_map_get_next_id(uint32_t, void *)'),
    mapById: func('int bpf_map_get_fd_by_id(uint32_t)'),
    information: func('int bpf_obj_get_info_by_fd(int, void *, void *)'),
  };
}

function open(): LibraryHandle {
  try {
    return koffi.load('libbpf.so.1');
  } catch (error) {
    throw new Error(`libbpf.so.1 does not load (${(error as Error).message}): install it with \`apt install libbpf1\``);
  }
}
