/**
 * The packet mark while a frame is in the core. Its low half is what a VXLAN device with `gbp` writes into the header as Group Policy
 * ID, and reads from it: the same bits as in agents/native/vnet.h.
 */
export const mark = {
  /** Links that the frame may still cross. */
  hops: 0xff,
  /** The frame keeps to rules of any source. */
  star: 0x100,
  /** All that travels. */
  label: 0x1ff,
  /** Sent by a guest of this host. In keys of counters: sent over the link, not received. */
  guest: 0x1_0000,
  /** Number of a link, where one is looked up or counted. */
  link: 0xfffe_0000,
} as const;

/** Links that one frame may cross. */
export const hopBudget = 16;

/** Numbers of links are 1 to this. */
export const linkMax = 2 ** 15 - 1;

/** The number of a link in its place in the mark. */
export function linkMark(number: number): number {
  return number * 2 ** 17;
}

/** What is known of a link: elements of a set that keep-alives refresh and time takes away. */
export const liveness = { confirmed: 0, heard: 1, large: 2 } as const;

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
