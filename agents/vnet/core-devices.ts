import type { Fault, NetworkAttachment } from '../../schema/generated/types.js';
import { deviceIndex } from '../linux/device.js';
import { ip } from '../linux/ip.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import type { Carriage } from './carrier.js';
import type { KernelCore, ProgramPart } from './kernel-core.js';
import { provideVxlanDevice, retireVxlanDevices, vxlanDevice } from './vxlan-devices.js';

/** The device that a link's frames leave by. */
export function carriageDevice(carriage: Carriage): string {
  return carriage.kind === 'vxlan' ? vxlanDevice(carriage.port) : carriage.device;
}

/** The devices of a host that the core makes or runs its programs on. */
export class CoreDevices {
  readonly #namespace: NetworkNamespace;
  readonly #core: KernelCore;
  /** Programs that this process has put on devices, by interface index. */
  readonly #attached = new Map<number, ProgramPart>();
  #shape = '';

  constructor(namespace: NetworkNamespace, core: KernelCore) {
    this.#namespace = namespace;
    this.#core = core;
  }

  /** Interface index in the host's namespace. */
  index(name: string): number | undefined {
    return this.#namespace.within(() => deviceIndex(name));
  }

  /** Makes the VXLAN devices of these carriages exist, for packets of `mtu` bytes. */
  provideLinks(carriages: readonly Carriage[], mtu: number): Fault[] {
    const ports = [...new Set(carriages.flatMap((each) => (each.kind === 'vxlan' ? [each.port] : [])))];
    const shape = (): string => JSON.stringify([mtu, ports.map((port) => [port, this.index(vxlanDevice(port))])]);
    if (shape() === this.#shape) return [];
    const faults = this.#namespace.within(() =>
      ports.flatMap((port): Fault[] => {
        const failed = provideVxlanDevice(port, mtu);
        return failed ? [{ kind: 'core', subject: vxlanDevice(port), message: failed.message }] : [];
      }),
    );
    this.#shape = shape();
    return faults;
  }

  /** Removes VXLAN devices that none of these carriages needs. */
  retireLinks(carriages: readonly Carriage[]): Fault[] {
    const ports = carriages.flatMap((each) => (each.kind === 'vxlan' ? [each.port] : []));
    const failed = this.#namespace.within(() => retireVxlanDevices(ports));
    return failed ? [{ kind: 'core', subject: 'vnet', message: failed.message }] : [];
  }

  /** Makes LAN devices hear frames to any address: those to VMs are not to their own. */
  provideLans(networks: readonly NetworkAttachment[]): Fault[] {
    return networks.flatMap(({ name, lan }): Fault[] => {
      if (lan === undefined) return [];
      const fault = (message: string): Fault[] => [{ kind: 'lan', subject: name, message }];
      if (this.index(lan) === undefined)
        return fault(`This host has no device ${lan}: correct the \`device\` of the network's LAN, or plug it in.`);
      const failed = this.#namespace.within(() => ip([`link set dev ${lan} promisc on up`]));
      return failed ? fault(failed.message) : [];
    });
  }

  /** Gives LAN devices back. */
  releaseLans(names: readonly string[]): void {
    for (const name of names) {
      const device = this.index(name);
      if (device === undefined) continue;
      this.#namespace.within(() => {
        this.#core.detach('lan', device);
        return ip([`link set dev ${name} promisc off`]);
      });
      this.#attached.delete(device);
    }
  }

  /** Runs a program on the ingress of a device. */
  attach(part: ProgramPart, device: number): void {
    if (this.#attached.get(device) === part) return;
    this.#namespace.within(() => this.#core.attach(part, device));
    this.#attached.set(device, part);
  }

  /** The device is gone, or no longer this host's. */
  forget(device: number): void {
    this.#attached.delete(device);
  }
}
