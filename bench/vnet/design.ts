/** Two guests that reach each other through a design, as network namespaces. */
export interface GuestPair {
  sender: string;
  receiver: string;
  /** IPv4 address of the receiver. */
  address: string;
}

/** One way to join two guests on two hosts. */
export interface Design {
  name: string;
  encrypts: boolean;
  /** Why it cannot be measured on this machine; undefined if it can. */
  available(): string | undefined;
  /** @throws if it cannot be brought up; the message says what to look at. */
  setUp(): Promise<GuestPair>;
  /** May be repeated, also after a set-up that failed half way. */
  tearDown(): Promise<void>;
}
