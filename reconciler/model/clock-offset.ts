/** How much faster one of two clocks may run. */
const clockDrift = 0.001;

/**
 * From an agent's clock to the reconciler's. The smallest delay seen is closest to the difference of the clocks: later ones include
 * the wait of messages that were held up. It may rise slowly, so that drifting clocks are followed.
 * @param knownMs null when there is nothing to go on: the first message, a restarted agent, a clock that was set back
 * @param delayMs when the message came, on the reconciler's clock, less when it was written, on the agent's
 * @param elapsedMs time on the agent's clock since the message before
 */
export function clockOffset(knownMs: number | null, delayMs: number, elapsedMs: number): number {
  return knownMs === null ? delayMs : Math.min(delayMs, knownMs + clockDrift * elapsedMs);
}
