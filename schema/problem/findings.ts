import type { Diagnostic } from '../generated/types.js';
import { broken, maxDiagnostics } from '../validate/diagnostic.js';
import type { FieldPath, TextPart } from '../validate/document.js';
import { nearest } from '../validate/edit-distance.js';
import type { RuleId } from '../validate/rules.js';
import type { WrittenValue } from './written-value.js';

/** Among more names, none is looked for that may have been meant. */
const maxNamesToGuess = 2000;

/** What checks of a problem tell their findings to. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly #written: WrittenValue;

  constructor(written: WrittenValue) {
    this.#written = written;
  }

  /** Whether there are more than are listed, so that it is no use to look for others. */
  get isFull(): boolean {
    return this.diagnostics.length > maxDiagnostics;
  }

  /** `detail` defaults to the rule's general remedy. */
  tell(id: RuleId, field: FieldPath, summary: string, detail?: string, part?: TextPart): void {
    if (!this.isFull) this.diagnostics.push(broken(id, this.#written.locate(field, part), summary, detail));
  }

  tellUnknown(what: string, name: string, field: FieldPath, known: ReadonlySet<string>): void {
    if (this.isFull) return;
    const guess = known.size > maxNamesToGuess ? undefined : nearest(name, [...known]);
    const detail = guess === undefined ? undefined : `Did you mean \`${guess}\`?`;
    this.tell('VIRT6002', field, `There is no ${what} \`${name}\`.`, detail);
  }
}
