import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineOptions } from '../../agents/netns-substrate.js';
import { serialLog, sockets } from '../../agents/vmm/qemu/machine-command.js';
import { defaultTimes, type MachineTimes } from '../../agents/vmm/qemu/machine-world.js';
import type { GuestSpec, Machine } from '../../schema/generated/types.js';
import { buildTestImage } from './build-test-image.js';

/** A guest of driver `qemu` that boots the test image without disks. `behaviour` is what its init does: see init.sh. */
export function machineSpec(number: number, machine: Partial<Machine> = {}, behaviour = 'willing'): GuestSpec {
  const { kernel, initramfs } = buildTestImage();
  const commandLine = `console=ttyS0 quiet panic=-1 test=${behaviour}`;
  return {
    name: `vm-${number}`,
    network: 'lan',
    mac: `02:56:00:00:00:${number.toString(16).padStart(2, '0')}`,
    address: `10.9.0.${number}/24`,
    driver: 'qemu',
    computeCores: 0.5,
    memoryMib: 96,
    machine: { disks: [], boot: { kernel, initramfs, commandLine }, ...machine },
  };
}

/** Machines from the test image, or from `images`, run without KVM: what tests see must not depend on where they run. */
export function testMachines(images = buildTestImage().folder): MachineOptions & { times: MachineTimes } {
  return { images, accelerator: 'tcg', times: { ...defaultTimes, startMs: 60_000, answerMs: 10_000 } };
}

/** How long a busy machine may take to boot a guest without KVM. */
export const bootMs = 120_000;

/** What a machine of a host has said on its console. */
export class TestConsole {
  readonly #folder: string;

  /** @param stateFolder of the host */
  constructor(stateFolder: string, guest: string) {
    this.#folder = join(stateFolder, 'machines', guest);
  }

  /** Waits until the console says something that matches, and gives that. */
  async says(pattern: RegExp, timeoutMs = bootMs): Promise<string> {
    for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 50) {
      const found = pattern.exec(this.#said())?.[0];
      if (found !== undefined) return found;
      await sleep(50);
    }
    throw new Error(`the console does not say ${pattern} within ${timeoutMs} ms:\n${this.#said()}`);
  }

  /** Has the guest's shell run a command; resolves with what it prints before it has ended. */
  async run(command: string): Promise<string> {
    const from = this.#said().length;
    const socket = connect(join(this.#folder, sockets.serial));
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    // The mark is put together by the shell, so that the echo of the command is not taken for its end.
    socket.write(`${command}; echo "EN""DED $?"\n`);
    for (let waitedMs = 0; waitedMs < bootMs; waitedMs += 50) {
      const said = this.#said().slice(from);
      if (/^ENDED \d+\r?$/m.test(said)) {
        socket.destroy();
        return said;
      }
      await sleep(50);
    }
    throw new Error(`no end of ${command}:\n${this.#said()}`);
  }

  #said(): string {
    try {
      return readFileSync(join(this.#folder, serialLog), 'latin1');
    } catch {
      return ''; // it has not begun
    }
  }
}
