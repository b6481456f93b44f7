/**
 * One packet that crossed a path. The caller may fill one object again and again: nobody keeps it.
 * Times are unwrapped and grow with the monotonic clock of the host that took them; two hosts' clocks may differ by any constant,
 * and drift.
 */
export interface TimedPacket {
  /** When it left, on the sender's clock. Packets of one offloaded super-packet have one departure. */
  departureNs: number;
  /** When it came, on the receiver's clock; one-sided, when the sender saw it acknowledged. */
  arrivalNs: number;
  /** Its length at the IP layer of the underlay; for an arrival that stands for several packets, their sum. */
  bytes: number;
  /** Of an arrival that stands for several packets, those bytes that left at `departureNs`; all of them when left out. */
  lastBytes?: number;
  /** Packets of this path may have passed unseen since the one before: lost, or not captured. */
  isAfterGap: boolean;
  /** Packets since the one before were lost on the way. False when left out: none, or nobody can tell. */
  isAfterLoss?: boolean;
}

/** Is told of packets as they come; whoever calls may fill one object again and again. */
export type PacketTap = (packet: TimedPacket) => void;

/** A TCP segment, or an offloaded run of them, as it left. Sequence numbers are those of the header, 32 bits, and wrap. */
export interface Departure {
  atNs: number;
  /** Sequence number of its first byte. */
  start: number;
  /** Sequence number after its last byte; equal to `start` for a segment without data. */
  end: number;
  /** Length at the IP layer, headers of each segment included. */
  bytes: number;
  /** Segments on the wire: more than one for an offloaded run. */
  segments: number;
  /** Packets that are not followed left since the departure before, and came in between. */
  isAfterOthers: boolean;
}

/** What the other end acknowledged, and when the sender saw it. */
export interface Acknowledgement {
  atNs: number;
  /** Acknowledgement number of the header, 32 bits. */
  number: number;
}

/** Of a packet of full size, as links wrap it. */
export const fullPacketBits = 12_112;
