import { Scalar, type ScalarTag, Schema } from 'yaml';

/** Texts that were written over several lines are wrapped at this width; others stay on one line. */
export const lineWidth = 100;

type Stringify = NonNullable<ScalarTag['stringify']>;
type Context = Parameters<Stringify>[1];

/** How each scalar of a text is written: without quotes where they are not needed, and numbers to the letter. */
export class ScalarStyles {
  /** Writes scalars in these styles. */
  readonly schema: Schema;
  readonly #text: string;
  readonly #verbatim = new Map<Scalar, string>();
  readonly #folded = new Map<Scalar, string>();
  readonly #wrapped = new Set<Scalar>();

  constructor(text: string) {
    this.#text = text;
    this.schema = new Schema({
      schema: 'core',
      // What tools with YAML 1.1 would take for something else than text keeps its quotes, or gets them.
      compat: 'yaml-1.1',
      customTags: (tags) => {
        const string = tags.find((tag) => typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:str');
        return [this.#stringTag(string as ScalarTag), numberAsWritten, ...tags];
      },
    });
  }

  /** Decides how one scalar of the text is written. */
  settle(scalar: Scalar): void {
    delete scalar.format; // has the library write numbers in a form of its own
    if (typeof scalar.value !== 'string' || !scalar.range) return;
    const source = this.#text.slice(scalar.range[0], scalar.range[1]);
    if (scalar.type === Scalar.BLOCK_FOLDED) this.#folded.set(scalar, source);
    else if (scalar.type === Scalar.BLOCK_LITERAL) return;
    else if (source.includes('\n')) this.#wrapped.add(scalar);
    else if (scalar.type === Scalar.PLAIN) return;
    else if (isPrintable(scalar.value)) scalar.type = Scalar.PLAIN;
    else this.#verbatim.set(scalar, source);
  }

  #stringTag(string: ScalarTag): ScalarTag {
    const write: Stringify = (scalar, context, ...callbacks) => {
      const written = this.#verbatim.get(scalar) ?? this.#refolded(scalar, context, callbacks[0]);
      if (written !== undefined) return written;
      const isWrapped = this.#wrapped.has(scalar);
      const options = {
        ...context.options,
        lineWidth: isWrapped || scalar.type === Scalar.BLOCK_FOLDED ? lineWidth : 0,
        doubleQuotedMinMultiLineLength: isWrapped ? 1 : Number.MAX_SAFE_INTEGER,
      };
      return string.stringify?.(scalar, { ...context, options }, ...callbacks) ?? String(scalar.value);
    };
    return { ...string, stringify: write };
  }

  /** A folded block with its lines as they were written; undefined where that takes more than another indentation. */
  #refolded(scalar: Scalar, { indent, implicitKey, inFlow }: Context, onComment?: () => void): string | undefined {
    const source = this.#folded.get(scalar);
    const [, header] = /^(>-?)[ \t]*(?:#[^\n]*)?\n/.exec(source ?? '') ?? [];
    if (source === undefined || header === undefined || indent === '' || implicitKey || inFlow) return undefined;
    const lines = source
      .slice(source.indexOf('\n') + 1)
      .trimEnd()
      .split('\n');
    const margin = lines.find((line) => line.trim() !== '')?.search(/[^ ]/) ?? 0;
    const body = lines.map((line) => (line.length > margin ? `\n${indent}${line.slice(margin)}` : '\n')).join('');
    if (scalar.comment) onComment?.();
    return `${header}${scalar.comment ? ` #${scalar.comment}` : ''}${body}`;
  }
}

/** Numbers stay as they are written: `0x10`, `1e3` and `1.50` are what somebody meant to show. */
const numberAsWritten: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /(?!)/,
  identify: (value) => typeof value === 'number',
  resolve: (text) => text,
  stringify: ({ source, value }) => source ?? String(value),
};

/** Whether a text shows all its characters; of blanks, spaces between others alone. */
function isPrintable(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text);
}
