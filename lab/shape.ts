/**
 * Bytes that may leave at once. Offloaded frames longer than this are cut by the shaper, so that what leaves is even; under 2 ms
 * of the rate it would not keep up with the kernel's timers.
 */
function burstBytes(rateMbps: number): number {
  return Math.max(16_000, Math.round((rateMbps * 1e6 * 0.002) / 8));
}

/** A queue of 50 ms, as an ordinary router port has. */
const queueMs = 50;

/**
 * The `tc` command that holds what leaves by a device to a rate, in bytes of Ethernet frames. Through VXLAN a guest with MTU 1450
 * gets 1398/1514 of it as TCP payload.
 */
export function shape(device: string, rateMbps: number): string {
  return `qdisc replace dev ${device} root tbf rate ${rateMbps}mbit burst ${burstBytes(rateMbps)} latency ${queueMs}ms`;
}
