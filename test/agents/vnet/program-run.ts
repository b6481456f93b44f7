import koffi from 'koffi';
import { demand } from '../../../agents/vnet/libbpf.js';

/** What the kernel puts beside a frame. Left out: 0, and the loopback device. */
export interface FrameFacts {
  /** First control words. */
  control?: readonly number[];
  /** Bytes of payload in each segment of an offloaded frame. */
  segmentBytes?: number;
  /** How many segments it has. */
  segments?: number;
}

export interface RunResult {
  /** What the program returned, as a signed number. */
  action: number;
  /** The frame as the program left it. */
  frame: Buffer;
}

/** struct __sk_buff of linux/bpf.h; what lies between the fields used must be zero. */
const contextLength = 192;
const controlAt = 48;
const segmentsAt = 164;
const segmentBytesAt = 176;
const frameMax = 8192;

/** An action of linux/pkt_cls.h that says nothing: the program leaves the frame to others. */
export const unspecified = -1;
export const shot = 2;
export const redirect = 7;

/** Bytes that the kernel takes from its tests as a frame, at least. */
export const frameMin = 14;

interface Options {
  sz: number;
  data_in: Buffer;
  data_out: Buffer;
  data_size_in: number;
  data_size_out: number;
  ctx_in: Buffer;
  ctx_out: null;
  ctx_size_in: number;
  ctx_size_out: number;
  retval: number;
  repeat: number;
  duration: number;
  flags: number;
  cpu: number;
  batch_size: number;
}

const out = Buffer.alloc(frameMax);
let run: ((program: number, options: Options) => number) | undefined;

/**
 * Gives a frame of at least `frameMin` bytes to a tc program and to nothing else: BPF_PROG_TEST_RUN. A redirection is not carried out.
 * @throws if the kernel refuses.
 */
export function runProgram(program: number, frame: Buffer, facts: FrameFacts = {}): RunResult {
  run ??= load();
  const context = Buffer.alloc(contextLength);
  for (const [index, word] of (facts.control ?? []).entries()) context.writeUInt32LE(word, controlAt + 4 * index);
  context.writeUInt32LE(facts.segmentBytes ?? 0, segmentBytesAt);
  context.writeUInt32LE(facts.segments ?? 0, segmentsAt);
  const options: Options = {
    sz: koffi.sizeof('bpf_test_run_opts'),
    data_in: frame,
    data_out: out,
    data_size_in: frame.length,
    data_size_out: out.length,
    ctx_in: context,
    ctx_out: null,
    ctx_size_in: context.length,
    ctx_size_out: 0,
    retval: 0,
    repeat: 1,
    duration: 0,
    flags: 0,
    cpu: 0,
    batch_size: 0,
  };
  demand(run(program, options), `a run on a frame of ${frame.length} bytes`);
  return { action: options.retval | 0, frame: Buffer.from(out.subarray(0, options.data_size_out)) };
}

function load(): (program: number, options: Options) => number {
  koffi.struct('bpf_test_run_opts', {
    sz: 'size_t',
    data_in: 'const void *',
    data_out: 'void *',
    data_size_in: 'uint32_t',
    data_size_out: 'uint32_t',
    ctx_in: 'const void *',
    ctx_out: 'void *',
    ctx_size_in: 'uint32_t',
    ctx_size_out: 'uint32_t',
    retval: 'uint32_t',
    repeat: 'int',
    duration: 'uint32_t',
    flags: 'uint32_t',
    cpu: 'uint32_t',
    batch_size: 'uint32_t',
  });
  return koffi.load('libbpf.so.1').func('int bpf_prog_test_run_opts(int, _Inout_ bpf_test_run_opts *)');
}
