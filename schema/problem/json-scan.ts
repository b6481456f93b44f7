// Steps over a JSON text by position. Each is a loop: no depth and no length of a text makes one recurse or backtrack.

/** The first position from `at` on that is no blank. */
export function afterBlanks(text: string, at: number): number {
  let place = at;
  for (;;) {
    const code = text.charCodeAt(place);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return place;
    place++;
  }
}

/** Behind the text in double quotes that begins at `at`; -1 if none does, or it has no end. */
export function afterString(text: string, at: number): number {
  if (text.charCodeAt(at) !== 34) return -1;
  for (let place = at + 1; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === 34) return place + 1;
    if (code < 32) return -1;
    if (code !== 92) continue;
    const length = escapeLength(text, place);
    if (length === 0) return -1;
    place += length - 1;
  }
  return -1;
}

function escapeLength(text: string, at: number): number {
  const letter = text.charAt(at + 1);
  if (letter === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return letter !== '' && '"\\/bfnrt'.includes(letter) ? 2 : 0;
}

/** No number that means anything is longer. */
const maxNumberLength = 400;

/** Behind the number, `true`, `false` or `null` at `at`; -1 if there is none. */
export function afterLiteral(text: string, at: number): number {
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return at + word.length;
  let end = at;
  while (end - at < maxNumberLength && isOfNumber(text.charCodeAt(end))) end++;
  return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text.slice(at, end)) ? end : -1;
}

/** Digits, signs, a point, an E. */
function isOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45 || code === 43 || code === 46 || code === 69 || code === 101;
}

/** Behind the value at `at`, in a text that is JSON. */
export function afterValue(text: string, at: number): number {
  let depth = 0;
  let place = at;
  do {
    const code = text.charCodeAt(place);
    if (code === 34) place = afterString(text, place);
    else if (code === 123 || code === 91) {
      depth++;
      place++;
    } else if (code === 125 || code === 93) {
      depth--;
      place++;
    } else if (code === 44 || code === 58 || code <= 32) place++;
    else place = afterLiteral(text, place);
  } while (depth > 0);
  return place;
}
