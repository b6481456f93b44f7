const clocks = new Map<string, Intl.DateTimeFormat>();

/** What calendar and clock show in a time zone, as a time in UTC. Throws a RangeError where there is no such zone. */
function shownIn(time: Date, timeZone: string): Date {
  const shown = clockOf(timeZone).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(shown.find((each) => each.type === type)?.value);
  const day = [part('year'), part('month') - 1, part('day')] as const;
  return new Date(Date.UTC(...day, part('hour'), part('minute'), part('second'), time.getUTCMilliseconds()));
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = 'numeric' as const;
  const date = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  const made = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { ...date, hourCycle: 'h23', timeZone });
  clocks.set(timeZone, made);
  return made;
}

const dayMs = 86_400_000;

/** Readings of calendar and clock, under the names that CEL gives them. */
const readings: Record<string, (shown: Date) => number> = {
  getFullYear: (shown) => shown.getUTCFullYear(),
  getMonth: (shown) => shown.getUTCMonth(),
  getDate: (shown) => shown.getUTCDate(),
  getDayOfMonth: (shown) => shown.getUTCDate() - 1,
  getDayOfWeek: (shown) => shown.getUTCDay(),
  getDayOfYear: (shown) => Math.floor((shown.getTime() - Date.UTC(shown.getUTCFullYear(), 0, 1)) / dayMs),
  getHours: (shown) => shown.getUTCHours(),
  getMinutes: (shown) => shown.getUTCMinutes(),
  getSeconds: (shown) => shown.getUTCSeconds(),
};

export const readingNames = Object.keys(readings);

/** One reading of a time, in UTC where no zone is given, whatever the zone of the machine. */
export function zonedReading(name: string, time: Date, timeZone = 'UTC'): bigint {
  const reading = readings[name];
  if (!reading) throw new Error(`there is no reading ${name}`);
  return BigInt(reading(shownIn(time, timeZone)));
}
