import type { WireMessage } from '../schema/generated/types.js';

/**
 * One end of a connection, by default of that between an agent and the hub. Messages arrive whole, in order and validated; what is
 * malformed is refused below this interface and closes the channel.
 */
export interface Channel<Sent = WireMessage, Received = Sent> {
  send(message: Sent): void;
  /** Bytes accepted by `send` that the network has not taken yet. */
  backlogBytes(): number;
  onMessage(listener: (message: Received) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(reason: string): void;
}

/** A channel that was accepted, with the key its other end has proved to hold. */
export interface AcceptedChannel<Sent = WireMessage, Received = Sent> {
  channel: Channel<Sent, Received>;
  peerPin: string | null;
}
