import { windowMs } from './cells.js';
import { type CellResult, fullWindows } from './run-cell.js';

/** IP layer of the underlay over payload of the guests' TCP: full segments in VXLAN. */
const wirePerPayload = 1500 / 1398;

/**
 * Relative errors of what the sender's kernel thinks of the path (TCP_INFO's delivery rate, at the messages' ends): in each window, of
 * the median of those that the application did not hold back, or of all if there are none.
 */
export function tcpInfoErrors(result: CellResult): number[] {
  const { cell, messages, begunMs } = result;
  return fullWindows(result).flatMap(({ afterMs, trueMbps }) => {
    const toMs = begunMs + afterMs;
    const within = messages.filter(({ begunMs: from, durationMs }) => {
      const end = from + durationMs;
      return end > toMs - windowMs(cell.rateMbps) && end <= toMs;
    });
    const free = within.filter(({ isApplicationLimited }) => !isApplicationLimited);
    const rates = (free.length > 0 ? free : within).map(({ deliveryMbps }) => deliveryMbps).sort((a, b) => a - b);
    const middle = rates[Math.floor(rates.length / 2)];
    return middle === undefined ? [] : [Math.abs((middle * wirePerPayload) / trueMbps - 1)];
  });
}
