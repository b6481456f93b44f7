import { closeSync, openSync, writeSync } from 'node:fs';

const device = '/dev/cpu_dma_latency';

/**
 * Asks the kernel not to let idle processors sleep until the returned function is called or this process ends: in a virtual machine a
 * processor that sleeps takes up to 0.3 ms to wake, and a packet that waits for it comes out late. See the kernel's PM QoS.
 * @returns undefined where the kernel cannot be asked.
 */
export function keepAwake(): (() => void) | undefined {
  try {
    const file = openSync(device, 'w');
    writeSync(file, new Uint8Array(4));
    return () => closeSync(file);
  } catch {
    return undefined;
  }
}
