import { styleText } from 'node:util';
import type { AdjustableVm, SchedulePlane } from '../schema/generated/types.js';
import { scheduleLimits } from '../schema/schedule.js';
import { ApiClient } from './api-client.js';
import { exitCodes } from './exit-codes.js';
import { pushesIn } from './joystick-keys.js';
import type { Joystick } from './joystick-model.js';
import { joystickPicture, planeSize, type Screen, type Span } from './joystick-picture.js';
import { JoystickSession } from './joystick-session.js';
import type { VschedClient } from './vsched-client.js';

export interface JoystickOptions {
  vm: string;
  /** Address of the reconciler's API, which tells what is possible. */
  server: string;
  stateDirectory: string;
  /** Proposes what was found, after the joystick was left. Left out: nobody said where to. */
  propose?: () => Promise<number>;
}

const lookMs = 500;

/** Lets a user move a VM's schedule with arrow keys. Returns the exit code. */
export async function joystick(client: VschedClient, options: JoystickOptions): Promise<number> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return fail('A joystick needs a terminal: use `virtuoso vsched set` in scripts.');
  const isColored = !process.env.NO_COLOR;
  let draw = (_: Joystick): void => undefined;
  const session = await JoystickSession.begin(
    { client, plane: (vm) => planeOf(vm, options, screen()), nowMs: Date.now, show: (now) => draw(now) },
    options.vm,
  );
  if (typeof session === 'string') return fail(session);
  stdout.write(`${enter}`);
  draw = (now) => stdout.write(frame(joystickPicture(now, screen()), isColored));
  draw(session.joystick);
  const left = await played(session, () => draw(session.joystick));
  draw = () => undefined;
  stdout.write(leave);
  await session.settled();
  if (left !== 'propose') return exitCodes.ok;
  if (options.propose) return options.propose();
  return fail('Say with --repository and --branch where to propose it, or use `virtuoso vsched persist`.');
}

/** Until the user leaves. */
async function played(session: JoystickSession, redraw: () => void): Promise<'leave' | 'propose'> {
  const { stdin, stdout } = process;
  const timer = setInterval(() => void session.look(), lookMs);
  stdout.on('resize', redraw);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  const left = await new Promise<'leave' | 'propose'>((resolve) => {
    stdin.on('end', () => resolve('leave'));
    stdin.on('data', (sent: string) => {
      for (const push of pushesIn(sent)) {
        if (push.kind === 'leave' || push.kind === 'propose') return resolve(push.kind);
        session.push(push);
      }
    });
  });
  clearInterval(timer);
  stdout.off('resize', redraw);
  stdin.removeAllListeners('data').setRawMode(false).pause();
  return left;
}

const screen = (): Screen => ({ columns: process.stdout.columns, rows: process.stdout.rows });

/** Another screen without a cursor, and back. */
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';

const styles = {
  plain: 'reset',
  possible: 'green',
  impossible: 'gray',
  here: 'inverse',
  trouble: 'yellow',
} as const satisfies Record<Span['tone'], string>;

/** All lines, each up to the end of its row: nothing flickers. */
function frame(lines: readonly Span[][], isColored: boolean): string {
  const text = lines.map((line) =>
    line.map((span) => (isColored ? styleText(styles[span.tone], span.text) : span.text)).join(''),
  );
  return `\u001b[H${text.join('\u001b[K\r\n')}\u001b[K`;
}

/** The plane on the host of a VM, as many points as the screen has room for, a little wider than its bounds. */
async function planeOf(
  { vm, bounds }: AdjustableVm,
  { server, stateDirectory }: JoystickOptions,
  size: Screen,
): Promise<SchedulePlane | null> {
  const { leastPeriodUs: floorUs, longestPeriodUs } = scheduleLimits;
  const least = Math.max(floorUs, Math.round(Math.min(...bounds.map(({ leastPeriodUs }) => leastPeriodUs)) / 2));
  const most = Math.min(longestPeriodUs, 2 * Math.max(...bounds.map(({ mostPeriodUs }) => mostPeriodUs)));
  const { periods, shares } = planeSize(size);
  const query = `leastPeriodUs=${least}&mostPeriodUs=${most}&periods=${periods}&shares=${shares}`;
  const answer = await new ApiClient(server, stateDirectory).get(`/v1/schedules/${vm}/plane?${query}`);
  return typeof answer === 'string' || answer.status !== 200 ? null : (answer.body as SchedulePlane);
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
