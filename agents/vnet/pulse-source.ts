import { join } from 'node:path';
import { DetachedProcess } from '../linux/detached-process.js';
import { deviceIndex } from '../linux/device.js';
import { type CommandFailure, ip } from '../linux/ip.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import { setSysctls, withoutIpv6On } from '../linux/sysctl.js';
import { nativeProgram } from './native-program.js';

export const pulseDevice = 'vnet-pulse';
/** Keep-alives in the time after which a link without any is down. */
const pulsesAPeriod = 4;

/** What sets the pace of keep-alives: a process that writes frames into a TAP device, on which the core sends them over all links. */
export class PulseSource {
  readonly #namespace: NetworkNamespace;
  readonly #folder: string;
  readonly #random: () => number;
  #process: DetachedProcess;

  constructor(namespace: NetworkNamespace, folder: string, random: () => number) {
    this.#namespace = namespace;
    this.#folder = folder;
    this.#random = random;
    this.#process = this.#newProcess();
  }

  /** Why there are no keep-alives; undefined while there are. */
  get trouble(): string | undefined {
    if (this.#process.pid !== undefined) return undefined;
    const said = [this.#process.lastEnd ?? 'does not run', ...this.#process.lastLines().slice(-1)].join(': ');
    return `virtuoso-pulse, which sends this host's keep-alives, ${said}. It is started again.`;
  }

  /** Makes the device exist; its index in the host's namespace. */
  provideDevice(): number | CommandFailure {
    return this.#namespace.within(() => {
      const add = `tuntap add dev ${pulseDevice} mode tap`;
      const failed = deviceIndex(pulseDevice) === undefined ? ip([add]) : undefined;
      if (failed) return failed;
      setSysctls(withoutIpv6On(pulseDevice));
      return (
        ip([`link set ${pulseDevice} up`]) ??
        deviceIndex(pulseDevice) ?? { kind: 'failed', message: `\`ip ${add}\`: it is gone` }
      );
    });
  }

  /** @param largestPacket bytes of the largest packet that links have to carry */
  async start(keepAliveMs: number, largestPacket: number): Promise<void> {
    const periodMs = Math.max(1, Math.floor(keepAliveMs / pulsesAPeriod));
    const args = [pulseDevice, String(periodMs), String(largestPacket + 14)];
    await this.#process.keep({ program: nativeProgram('pulse'), args, cwd: this.#folder });
  }

  /** Ends the process and removes the device. */
  async end(): Promise<CommandFailure | undefined> {
    await this.#process.end();
    this.#process = this.#newProcess();
    return this.#namespace.within(() =>
      deviceIndex(pulseDevice) === undefined ? undefined : ip([`link del ${pulseDevice}`]),
    );
  }

  /** Looks after the process no more. */
  close(): void {
    this.#process.close();
  }

  #newProcess(): DetachedProcess {
    const within = <T>(task: () => T extends Promise<unknown> ? never : T): T => this.#namespace.within(task);
    return new DetachedProcess({ path: join(this.#folder, 'pulse'), within, random: this.#random });
  }
}
