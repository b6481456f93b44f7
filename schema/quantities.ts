/** Readers of quantities whose form the schemas have already checked. Each throws on anything else: that would be a bug. */

const rateFactors: Record<string, number> = { bps: 1e-6, kbps: 1e-3, Mbps: 1, Gbps: 1e3, Tbps: 1e6 };
const memoryFactors: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, Ti: 1024 * 1024 };
const durationFactors: Record<string, number> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };

/** `10Mbps` to megabits per second. */
export function rateMbps(text: string): number {
  return scaled(text, rateFactors);
}

/** `1Gi` to mebibytes. */
export function memoryMib(text: string): number {
  return scaled(text, memoryFactors);
}

/** `200ms` to milliseconds. */
export function durationMs(text: string): number {
  return scaled(text, durationFactors);
}

/** `500m`, `0.5` or the number 0.5 to cores. */
export function computeCores(text: string | number): number {
  if (typeof text === 'number') return text;
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

function scaled(text: string, factors: Record<string, number>): number {
  const parts = /^([0-9.]+)([A-Za-z]+)$/.exec(text);
  const factor = factors[parts?.[2] ?? ''];
  if (!parts || factor === undefined) throw new Error(`not a quantity: ${text}`);
  return Number(parts[1]) * factor;
}
