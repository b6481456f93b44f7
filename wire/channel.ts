import type { WireMessage } from '../schema/generated/types.js';

/**
 * One connection between an agent and the hub, either end. Messages arrive whole, in order and validated; what is malformed is
 * refused below this interface and closes the channel.
 */
export interface Channel {
  send(message: WireMessage): void;
  /** Bytes accepted by `send` that the network has not taken yet. */
  backlogBytes(): number;
  onMessage(listener: (message: WireMessage) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(reason: string): void;
}

/** A channel that was accepted, with the key its other end has proved to hold. */
export interface AcceptedChannel {
  channel: Channel;
  peerPin: string | null;
}
