import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BpfMap } from '../../../agents/vnet/bpf-map.js';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { encodeIndex } from '../../../agents/vnet/layout.js';
import { neighbourSizes } from '../../../agents/vnet/neighbours.js';
import { bpfOptions } from '../../../agents/vnet/object-file.js';
import { packageRoot } from '../../../package-root.js';
import { LoadedObject } from './loaded-object.js';
import { type RunResult, runProgram } from './program-run.js';

/** The loopback device, where the kernel's tests say that a frame came from. */
export const testDevice = 1;
/** The kernel's tests want whole IP headers: shorter frames get there as long ones that are cut. */
export const wholeLength = 60;

/** The core's packet functions, each a program of its own. */
export class PacketPrograms {
  readonly neighbours: BpfMap;
  readonly members: BpfMap;
  readonly #object: LoadedObject;
  readonly #errorTime: BpfMap;
  readonly #answer: number;
  readonly #size: number;

  private constructor(object: LoadedObject) {
    this.#object = object;
    this.neighbours = object.map('vnet_neighbours', neighbourSizes.neighbourKey, neighbourSizes.neighbour);
    this.members = object.map('vnet_members', neighbourSizes.memberKey, neighbourSizes.member);
    this.#errorTime = object.map('vnet_error_time', 4, 8);
    this.#answer = object.program('answer');
    this.#size = object.program('size');
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
      return new PacketPrograms(LoadedObject.load(path));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** @param vlan 0: it has no tag */
  answer(frame: Buffer, vni: number, vlan = 0): RunResult {
    return run(this.#answer, frame, [vni, 0, vlan], 0);
  }

  /**
   * @param segmentBytes payload of each segment of an offloaded frame; 0: it is not offloaded
   * @param vlan 0: it has no tag
   */
  size(frame: Buffer, mtu: number, segmentBytes = 0, vlan = 0): RunResult {
    return run(this.#size, frame, [mtu, 0, vlan], segmentBytes);
  }

  /** Lets errors be sent as if none had been. */
  forgetErrors(): void {
    this.#errorTime.remove(encodeIndex(testDevice));
  }

  close(): void {
    this.#object.close();
  }
}

function run(program: number, frame: Buffer, control: [number, number, number], segmentBytes: number): RunResult {
  if (frame.length >= wholeLength) return runProgram(program, frame, { control, segmentBytes });
  const whole = Buffer.concat([frame, Buffer.alloc(wholeLength - frame.length)]);
  return runProgram(program, whole, { control: [control[0], frame.length, control[2]], segmentBytes });
}
