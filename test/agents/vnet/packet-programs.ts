import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BpfMap } from '../../../agents/vnet/bpf-map.js';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { encodeIndex } from '../../../agents/vnet/layout.js';
import { demand, libbpf } from '../../../agents/vnet/libbpf.js';
import { neighbourSizes } from '../../../agents/vnet/neighbours.js';
import { bpfOptions } from '../../../agents/vnet/object-file.js';
import { packageRoot } from '../../../package-root.js';
import { type RunResult, runProgram } from './program-run.js';

/** The loopback device, where the kernel's tests say that a frame came from. */
const testDevice = encodeIndex(1);
/** The kernel's tests want whole IP headers: shorter frames get there as long ones that are cut. */
const wholeLength = 60;

/** The core's packet functions, each a program of its own, loaded into this machine's kernel. */
export class PacketPrograms {
  readonly neighbours: BpfMap;
  readonly members: BpfMap;
  readonly #errorTime: BpfMap;
  readonly #answer: number;
  readonly #size: number;
  readonly #object: unknown;

  private constructor(object: unknown) {
    const { map, program } = libbpf();
    const open = (name: string, keySize: number, valueSize: number) =>
      new BpfMap(name, map(object, name), keySize, valueSize);
    this.neighbours = open('vnet_neighbours', neighbourSizes.neighbourKey, neighbourSizes.neighbour);
    this.members = open('vnet_members', neighbourSizes.memberKey, neighbourSizes.member);
    this.#errorTime = open('vnet_error_time', 4, 8);
    this.#answer = program(object, 'answer');
    this.#size = program(object, 'size');
    this.#object = object;
  }

  static load(): PacketPrograms {
    const folder = mkdtempSync(join(tmpdir(), 'virtuoso-packets-'));
    try {
      const path = compileNative({
        output: join(folder, 'packets.bpf.o'),
        folder: join(packageRoot(), 'test/agents/vnet'),
        sources: ['packets.bpf.c'],
        options: [...bpfOptions(), `-I${join(packageRoot(), 'agents/native')}`],
        libraries: [],
        packages: ['clang', 'libbpf-dev', 'linux-libc-dev'],
      });
      const object = libbpf().openFile(path);
      demand(libbpf().load(object), `the kernel does not load ${path}`);
      return new PacketPrograms(object);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  answer(frame: Buffer, vni: number): RunResult {
    return run(this.#answer, frame, vni);
  }

  /** @param segmentBytes payload of each segment of an offloaded frame; 0: it is not offloaded */
  size(frame: Buffer, mtu: number, segmentBytes = 0): RunResult {
    return run(this.#size, frame, mtu, segmentBytes);
  }

  /** Lets errors be sent as if none had been. */
  forgetErrors(): void {
    this.#errorTime.remove(testDevice);
  }

  close(): void {
    libbpf().closeObject(this.#object);
  }
}

function run(program: number, frame: Buffer, control: number, segmentBytes = 0): RunResult {
  if (frame.length >= wholeLength) return runProgram(program, frame, { control: [control], segmentBytes });
  const whole = Buffer.concat([frame, Buffer.alloc(wholeLength - frame.length)]);
  return runProgram(program, whole, { control: [control, frame.length], segmentBytes });
}
