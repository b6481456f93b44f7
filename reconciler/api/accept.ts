/**
 * The first of `offered` media types that an Accept header likes best; null when it takes none of them. A missing header takes
 * the first (RFC 9110, 12.5.1).
 */
export function preferred<T extends string>(accept: string | undefined, offered: readonly T[]): T | null {
  const ranges = (accept ?? '*/*').split(',').map(mediaRange);
  const rated = offered.map((type) => ({ type, quality: qualityOf(type, ranges) }));
  const best = rated.reduce((a, b) => (b.quality > a.quality ? b : a));
  return best.quality > 0 ? best.type : null;
}

interface MediaRange {
  range: string;
  quality: number;
}

function mediaRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: MediaRange[]): number {
  const covering = [type, `${type.split('/')[0]}/*`, '*/*'];
  const found = covering.flatMap((range) => ranges.find((candidate) => candidate.range === range) ?? []);
  return found[0]?.quality ?? 0;
}
