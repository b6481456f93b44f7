/** Milliseconds since the epoch of an RFC 3339 time; null for a date that does not exist, such as February 30. */
export function timeOf(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})T/.exec(text) ?? [];
  const ms = Date.parse(text);
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number.isNaN(ms) || Number(day) > days ? null : ms;
}
