/** Longest line that is taken: what QEMU says is far shorter, and a line that does not end must not fill the memory. */
export const longestLineBytes = 4 << 20;

/** Cuts what arrives on a stream into lines of JSON, whatever pieces it arrives in. */
export class MessageLines {
  #pieces: Buffer[] = [];
  #bytes = 0;
  readonly #longestBytes: number;

  constructor(longestBytes = longestLineBytes) {
    this.#longestBytes = longestBytes;
  }

  /** The values that `piece` completes; what is wrong, if one is no JSON object or too long. After that the stream is of no more use. */
  take(piece: Buffer): { values: Record<string, unknown>[]; trouble?: string } {
    const values: Record<string, unknown>[] = [];
    let rest = piece;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#pieces, rest.subarray(0, end)]).toString('utf8');
      this.#pieces = [];
      this.#bytes = 0;
      rest = rest.subarray(end + 1);
      if (line.trim() === '') continue;
      const value = parsed(line);
      if (value === undefined) return { values, trouble: 'it said something that is no JSON object' };
      values.push(value);
    }
    this.#pieces.push(rest);
    this.#bytes += rest.length;
    if (this.#bytes <= this.#longestBytes) return { values };
    return { values, trouble: `it said a line of more than ${this.#longestBytes} bytes` };
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
