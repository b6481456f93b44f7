import type { Endpoint, Fault, LinkEnd } from '../../../schema/generated/types.js';
import type { Carriage, Carrier, CarrierState } from '../carrier.js';
import { vxlanPort } from '../vxlan-devices.js';

/** Links that are nothing but VXLAN, which the core itself does. */
export class UdpCarrier implements Carrier {
  readonly types: readonly LinkEnd['type'][] = ['udp'];

  async provide({ local, remote, port }: LinkEnd): Promise<Carriage | Fault> {
    return { kind: 'vxlan', local, remote, port: port ?? vxlanPort };
  }

  async retire(): Promise<Fault[]> {
    return [];
  }

  renumber(): void {
    // A VXLAN header has the VNI itself.
  }

  state(): CarrierState {
    return { connections: 0 };
  }

  endpoints(): Endpoint[] {
    return [];
  }

  close(): void {
    // It holds nothing.
  }
}
