import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkLogLine } from '../../lab/link-log.js';
import { guestAddress } from '../vnet/stage.js';
import { type Cell, windowMs } from './cells.js';
import { type Message, startMessages } from './messages.js';
import { PacketsBeside } from './packets-beside.js';
import { latencyMs, type Scored, score, type Told } from './score.js';
import { WrenStage } from './wren-stage.js';

/** What one cell has shown. */
export interface CellResult {
  cell: Cell;
  method: 'two-sided' | 'one-sided' | 'none';
  told: Told[];
  scored: Scored[];
  messages: Message[];
  /** Of what was told last, and of the emulator. */
  latencyMs: number | undefined;
  trueLatencyMs: number;
  /** Of packets that the emulator let out more than 0.25 ms after they should. */
  lateShare: number;
  log: LinkLogLine[];
  begunMs: number;
  /** For off-line analysis: what the estimator got, and when the first of it came. */
  trace: { bytes: Uint8Array; firstMs: number } | undefined;
}

const everyMs = 1000;
/** At 10 Mb/s a window is twice as long. */
export const cellSeconds = ({ rateMbps }: Cell, seconds: number): number => (rateMbps <= 10 ? 1.5 * seconds : seconds);

/** @throws if the cell cannot be brought up or its application fails. */
export async function runCell(cell: Cell, seconds: number, seed: number): Promise<CellResult> {
  const stage = new WrenStage(cell, seed);
  const beside = new PacketsBeside();
  try {
    await stage.build();
    const course = { seconds: cellSeconds(cell, seconds), seed };
    const begunMs = Date.now();
    const traffic = await startMessages(stage.names, ['g1', 'g2'], guestAddress(2), cell, course);
    const told = await watch(stage, traffic.over, () => beside.availableMbps(windowMs(cell.rateMbps)));
    const log = stage.log();
    const { latencyMs: trueLatencyMs, lateShare } = await stage.endPath();
    const last = told.findLast((each) => each.estimate !== undefined);
    return {
      ...{ cell, told, log, begunMs, messages: [...traffic.messages], trueLatencyMs, lateShare },
      method: last?.estimate?.method ?? 'none',
      trace: beside.trace(),
      scored: score(cell, log, told, begunMs),
      latencyMs: last && latencyMs(last),
    };
  } finally {
    beside.end();
    await stage.tearDown();
  }
}

/** Asks the agents, as often as they would tell a reconciler, until the traffic is over. */
async function watch(stage: WrenStage, ended: Promise<unknown>, sic: () => number | undefined): Promise<Told[]> {
  const told: Told[] = [];
  let isOver = false;
  const over = ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.race([sleep(everyMs), over]);
    if (!isOver) told.push({ ...(await ask(stage)), sicMbps: sic() });
  }
  await over;
  return told;
}

async function ask(stage: WrenStage): Promise<Omit<Told, 'sicMbps'>> {
  const [sender = [], receiver = []] = await Promise.all(
    [1, 2].map((host) => stage.substrate(host).wren?.paths() ?? Promise.resolve([])),
  );
  const twoSided = receiver.find(({ direction }) => direction === 'from-peer');
  const oneSided = sender.find(({ direction }) => direction === 'to-peer');
  return {
    atMs: Date.now(),
    estimate: twoSided ?? oneSided,
    delayBackMs: sender.find(({ direction }) => direction === 'from-peer')?.minimumDelayMs,
  };
}

/** Windows that lie wholly in the time of application traffic. */
export const fullWindows = ({ scored, cell }: CellResult): Scored[] =>
  scored.filter(({ afterMs }) => afterMs >= windowMs(cell.rateMbps));
