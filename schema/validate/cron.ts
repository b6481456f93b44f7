const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  least: number;
  most: number;
  names?: string[];
}

const seconds: Field = { least: 0, most: 59 };
const fields: Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: monthNames },
  { least: 0, most: 7, names: dayNames },
];

/** Whether a text is five cron fields (minute, hour, day, month, weekday), or six with seconds before them. */
export function isCron(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  const expected = parts.length === 6 ? [seconds, ...fields] : fields;
  return parts.length === expected.length && expected.every((field, index) => isField(parts[index] ?? '', field));
}

function isField(text: string, field: Field): boolean {
  return text.split(',').every((entry) => {
    const [range = '', step, ...rest] = entry.split('/');
    const isStep = step === undefined || (/^[0-9]{1,2}$/.test(step) && Number(step) > 0);
    return isStep && rest.length === 0 && (range === '*' || isRange(range, field));
  });
}

function isRange(text: string, field: Field): boolean {
  const ends = text.split('-').map((end) => numberOf(end, field));
  const [from = Number.NaN, to = from] = ends;
  return ends.length <= 2 && from >= field.least && to <= field.most && from <= to;
}

/** NaN when it is no value of the field. */
function numberOf(text: string, { least, names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + least;
  return /^[0-9]{1,2}$/.test(text) ? Number(text) : Number.NaN;
}
