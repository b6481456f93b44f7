import { countIn } from '../agents/vsched/count-file.js';
import { holdRate, type RateNews, rateText } from '../agents/vsched/hold-rate.js';
import type { RateGoal } from '../agents/vsched/rate-control.js';
import type { AdjustableVm, VschedTask } from '../schema/generated/types.js';
import type { VschedAsk, VschedClient } from './vsched-client.js';

/** What is held, by what its application counts in a file. */
export interface HoldAsk {
  object: { kind: 'process'; pid: number } | { kind: 'vm'; vm: string };
  /** In a second. */
  rate: number;
  from: string;
  /** Of the period; left out: whatever is granted. */
  leastPpm?: number;
  mostPpm?: number;
}

export interface HoldPorts {
  nowMs(): number;
  /** False: it was interrupted. */
  sleep(ms: number): Promise<boolean>;
  write(text: string): void;
}

export type HoldEnd = { kind: 'interrupted' } | { kind: 'failed'; message: string };

/** No application does anything with less. */
const leastPpm = 1000;

/** Holds the rate of an application until it is interrupted; the application keeps what it has then. */
export async function hold(client: VschedClient, ask: HoldAsk, ports: HoldPorts): Promise<HoldEnd> {
  const listed = await client.request({ kind: 'list' });
  if (listed.kind !== 'listed') return { kind: 'failed', message: listed.message };
  const { object } = ask;
  const held =
    object.kind === 'vm'
      ? listed.vms.find(({ vm }) => vm === object.vm)
      : listed.tasks.find(({ process }) => process.pid === object.pid);
  if (held === undefined) return { kind: 'failed', message: unscheduled(object) };
  const granted = 'vm' in held ? grantedShares(held) : { leastPpm, mostPpm: 1_000_000 };
  const goal: RateGoal = {
    rate: ask.rate,
    leastPpm: Math.max(granted.leastPpm, ask.leastPpm ?? 0),
    mostPpm: Math.min(granted.mostPpm, ask.mostPpm ?? 1_000_000),
  };
  if (goal.leastPpm > goal.mostPpm) {
    const message = `what is asked for and what is granted, ${shareText(granted)} of a processor, have nothing in common: ask for less, or for more`;
    return { kind: 'failed', message };
  }
  return steer(client, held, goal, ask.from, ports);
}

async function steer(
  client: VschedClient,
  held: AdjustableVm | VschedTask,
  goal: RateGoal,
  from: string,
  { nowMs, sleep, write }: HoldPorts,
): Promise<HoldEnd> {
  const { periodUs } = held;
  let end: HoldEnd = { kind: 'interrupted' };
  let said = '';
  const say = (news: RateNews): void => {
    const about = `${news.verdict.kind} ${news.sliceUs} ${news.refused ?? ''}`;
    if (about !== said) write(`${rateText(news, periodUs, goal)}\n`);
    said = about;
  };
  await holdRate(held, goal, {
    count: () => countIn(from),
    nowMs,
    sleep: async (ms) => (await sleep(ms)) && end.kind === 'interrupted',
    tell: say,
    set: async (sliceUs) => {
      const answer = await client.request(changed(held, sliceUs));
      if (answer.kind === 'granted') return undefined;
      const { message } = answer;
      if (answer.kind === 'lost' || ['gone', 'other-process', 'not-scheduled', 'denied'].includes(answer.reason))
        end = { kind: 'failed', message };
      return message;
    },
  });
  return end;
}

type Changed = Extract<VschedAsk, { kind: 'set' | 'adjust' }>;

function changed(held: AdjustableVm | VschedTask, sliceUs: number): Changed {
  const { periodUs } = held;
  if ('vm' in held) return { kind: 'adjust', vm: held.vm, periodUs, sliceUs };
  return { kind: 'set', process: held.process, periodUs, sliceUs };
}

/** Of what a key is granted, what goes with the period; rounded so that no slice is outside. */
function grantedShares({ bounds, periodUs }: AdjustableVm): Pick<RateGoal, 'leastPpm' | 'mostPpm'> {
  const fitting = bounds.filter(
    ({ leastPeriodUs, mostPeriodUs }) => periodUs >= leastPeriodUs && periodUs <= mostPeriodUs,
  );
  const most = fitting.sort((a, b) => b.mostPpm - a.mostPpm)[0];
  return most ?? { leastPpm: 1_000_000, mostPpm: 0 };
}

const shareText = ({ leastPpm: least, mostPpm: most }: Pick<RateGoal, 'leastPpm' | 'mostPpm'>): string =>
  least > most ? 'nothing' : `${least / 1e4} to ${most / 1e4} %`;

function unscheduled(object: HoldAsk['object']): string {
  return object.kind === 'vm'
    ? `this key may not change vm/${object.vm} on this host: look with \`virtuoso vsched list\``
    : `process ${object.pid} has no schedule of this key: admit it first`;
}
