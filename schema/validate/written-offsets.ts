/**
 * Where each UTF-16 unit of a YAML text is written, and behind them where it ends, as offsets in `source`: the scalar with its quotes,
 * or the header of its block. Folding changes nothing but blanks, so all other characters come in the order in which they are written.
 */
export function writtenOffsets(source: string, value: string, type: string | undefined): number[] {
  const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  let at = isBlock ? source.indexOf('\n') + 1 : type?.startsWith('QUOTE') ? 1 : 0;
  const offsets: number[] = [];
  while (offsets.length < value.length) {
    if (isBlank(value.charAt(offsets.length))) {
      offsets.push(at);
      continue;
    }
    at = nextWritten(source, at, type === 'QUOTE_DOUBLE');
    const { length, units } = writtenAt(source, at, type);
    for (let unit = 0; unit < units; unit++) offsets.push(at);
    at += length;
  }
  return [...offsets.slice(0, value.length), at];
}

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';

/** The next place from `at` on where a character other than a blank is written. */
function nextWritten(source: string, at: number, isEscaped: boolean): number {
  let place = at;
  while (place < source.length) {
    if (isBlank(source.charAt(place))) place++;
    else if (isEscaped && isBlankEscape(source, place)) place += writtenAt(source, place, 'QUOTE_DOUBLE').length;
    else break;
  }
  return place;
}

/** Whether a blank is written as an escape, or the end of a line as nothing. */
function isBlankEscape(source: string, at: number): boolean {
  if (source.charAt(at) !== '\\') return false;
  const letter = source.charAt(at + 1);
  return isBlank(letter) || 'ntr'.includes(letter) || isBlank(String.fromCharCode(codeAt(source, at)));
}

/** The code of an escape like `\x20`; NaN for all others. */
function codeAt(source: string, at: number): number {
  return Number.parseInt(source.slice(at + 2, at + 2 + digitsAt(source, at)), 16);
}

function digitsAt(source: string, at: number): number {
  return { x: 2, u: 4, U: 8 }[source.charAt(at + 1)] ?? 0;
}

/** How many characters are written for how many UTF-16 units of the value. */
function writtenAt(source: string, at: number, type: string | undefined): { length: number; units: number } {
  if (type === 'QUOTE_SINGLE' && source.startsWith("''", at)) return { length: 2, units: 1 };
  if (type !== 'QUOTE_DOUBLE' || source.charAt(at) !== '\\') return { length: 1, units: 1 };
  return { length: 2 + digitsAt(source, at), units: codeAt(source, at) > 0xffff ? 2 : 1 };
}
