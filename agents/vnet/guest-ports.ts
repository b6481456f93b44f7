import type { Fault, NetworkAttachment } from '../../schema/generated/types.js';

/** The device in the host's namespace that is the other end of a guest's interface. */
export interface GuestPort {
  guest: string;
  /** Interface index in the host's network namespace. */
  device: number;
  network: string;
  mac: string;
  /** Whether the guest's interface is the other end of a veth pair and in a namespace of its own: frames can go straight into it. */
  peer: boolean;
}

/** What a VMM tells the core of its host: which guests are plugged in where. */
export interface GuestPorts {
  /** The network of this name, if the host is attached to it. */
  network(name: string): NetworkAttachment | undefined;
  /** Lets a guest's frames in and the rules into it match. */
  attach(port: GuestPort): Fault[];
  /** The rules into the guest match no more. */
  detach(guest: string): Fault[];
}
