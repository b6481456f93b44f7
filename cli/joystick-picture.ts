import { type Periodic, within } from '../schema/adjusted-schedule.js';
import type { PlanePoint } from '../schema/generated/types.js';
import { periodicText, timeText } from '../schema/schedule.js';
import { costOf, effectOf, type Joystick } from './joystick-model.js';

/** Of a terminal. */
export interface Screen {
  columns: number;
  rows: number;
}

/** A piece of a line, and what it means. */
export interface Span {
  text: string;
  tone: 'plain' | 'possible' | 'impossible' | 'here' | 'trouble';
}

/** Lines beside the plane. */
const otherRows = 9;
const labelWidth = 10;

/** How many points the plane on a screen has. */
export function planeSize({ columns, rows }: Screen): { periods: number; shares: number } {
  const shares = Math.max(10, Math.min(100, columns - labelWidth - 2));
  return { periods: Math.max(4, Math.min(25, rows - otherRows)), shares };
}

/** A joystick as a screen: exactly so many lines, none longer than the screen is wide. */
export function joystickPicture(joystick: Joystick, { columns, rows }: Screen): Span[][] {
  const { vm, plane, message } = joystick;
  const where = plane ? ` on ${plane.host}` : '';
  const cpus = `${vm.cpus.length > 1 ? 'processors' : 'processor'} ${vm.cpus.join(', ')}`;
  const upper = [plain(`vm/${vm.vm}${where}, ${vm.mode}, ${cpus}`), ...planeLines(joystick)];
  const lower = [
    plain(positionText(joystick)),
    plain(effectText(joystick)),
    [{ text: message, tone: 'trouble' as const }],
    plain('arrows: less, more share (left, right), longer, shorter period (up, down)'),
    plain('Shift or Page Up, Page Down: larger steps   s: propose   r: as stated   q: leave'),
  ];
  const gap = Array.from({ length: Math.max(0, rows - upper.length - lower.length) }, () => plain(''));
  return [...upper, ...gap, ...lower].slice(0, rows).map((line) => clipped(line, columns));
}

const plain = (text: string): Span[] => [{ text, tone: 'plain' }];

function clipped(line: readonly Span[], columns: number): Span[] {
  let left = columns;
  return line.flatMap((span) => {
    const text = [...span.text].slice(0, left).join('');
    left -= [...text].length;
    return text === '' ? [] : [{ ...span, text }];
  });
}

/** Rows of the plane, the longest period first, and the axis of shares below. */
function planeLines(joystick: Joystick): Span[][] {
  const { plane, chosen } = joystick;
  if (plane === null) return [plain('What is possible is not known: no reconciler tells.')];
  const periods = [...new Set(plane.points.map(({ periodUs }) => periodUs))].reverse();
  const here = nearestPoint(plane.points, chosen);
  const stated = nearestPoint(plane.points, statedOf(joystick));
  const rows = periods.map((periodUs) => {
    const points = plane.points.filter((point) => point.periodUs === periodUs);
    const label = `${shortTime(periodUs).padStart(labelWidth - 2)} │`;
    return merged([{ text: label, tone: 'plain' }, ...points.map((point) => cell(joystick, point, here, stated))]);
  });
  const shares = plane.points.length / Math.max(1, periods.length);
  const axis = `${' '.repeat(labelWidth - 1)}└${'─'.repeat(shares)}`;
  const numbers = `${' '.repeat(labelWidth)}${scale(shares)}`;
  return [
    ...rows,
    plain(axis),
    plain(numbers),
    plain('  @ here  s stated  · possible  ▒ impossible  blank: not yours to choose'),
  ];
}

function cell(joystick: Joystick, point: PlanePoint, here?: PlanePoint, stated?: PlanePoint): Span {
  if (point === here) return { text: '@', tone: 'here' };
  if (point === stated) return { text: 's', tone: 'plain' };
  if (point.verdict !== 'possible') return { text: '▒', tone: 'impossible' };
  const { bounds } = joystick.vm;
  const isMine = bounds.some(({ key }) => within(bounds, key, point) === 'granted');
  return isMine ? { text: '·', tone: 'possible' } : { text: ' ', tone: 'plain' };
}

function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans) {
    const last = found.at(-1);
    if (last?.tone === span.tone) last.text += span.text;
    else found.push({ ...span });
  }
  return found;
}

const statedOf = ({ vm }: Joystick): Periodic => ({ periodUs: vm.statedPeriodUs, sliceUs: vm.statedSliceUs });

function nearestPoint(points: readonly PlanePoint[], { periodUs, sliceUs }: Periodic): PlanePoint | undefined {
  const distance = (point: PlanePoint) => [
    Math.abs(Math.log(point.periodUs / periodUs)),
    Math.abs(point.utilisation - sliceUs / periodUs),
  ];
  return [...points].sort((a, b) => {
    const [[periodA = 0, shareA = 0], [periodB = 0, shareB = 0]] = [distance(a), distance(b)];
    return periodA - periodB || shareA - shareB;
  })[0];
}

/** Percent below an axis that is so wide. */
function scale(width: number): string {
  let text = '';
  for (const percent of [0, 25, 50, 75, 100]) {
    const end = Math.max(1, Math.round((percent / 100) * width));
    const label = percent === 100 ? '100%' : String(percent);
    text = text.padEnd(percent === 0 ? 0 : end - label.length) + label;
  }
  return text;
}

/** To three digits. */
function shortTime(us: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(us)) - 2);
  return timeText(Math.round(us / unit) * unit);
}

function positionText(joystick: Joystick): string {
  const { chosen, vm } = joystick;
  const cost = costOf(joystick, chosen);
  const share = `${percent(chosen.sliceUs / chosen.periodUs)}`;
  const costs = cost === undefined ? '' : `, costs ${cost.toFixed(1)} %`;
  const isRefused = chosen.periodUs !== vm.periodUs || chosen.sliceUs !== vm.sliceUs;
  const instead = isRefused ? `; in force: ${periodicText(vm)}` : '';
  return `${periodicText(chosen)} (${share})${costs}${instead}`;
}

function effectText(joystick: Joystick): string {
  const { share, periods, missed } = effectOf(joystick);
  if (joystick.vm.trouble !== undefined) return `not in force: ${joystick.vm.trouble}`;
  const got = share === undefined ? 'what it gets is not known yet' : `it gets ${percent(share)}`;
  return periods === undefined ? got : `${got}, and missed ${missed ?? 0} of the last ${periods} periods`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
