import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import type { Kind } from '../validate/document.js';
import { nearest } from '../validate/edit-distance.js';
import type { RuleId } from '../validate/rules.js';
import type { ExpressionFault } from './fault.js';
import { fieldFaults } from './field-faults.js';
import { environments, inWrittenNames, putReplacements, refusedUse, type Subject, variablesOf } from './language.js';
import { patternFault } from './linear-matches.js';
import { walk } from './syntax.js';

export interface ExpressionContext {
  subject: Subject;
  /** Kinds that `object` may be of; none for plans. */
  kinds: readonly Kind[];
  /** What the expression has to give. */
  gives: 'bool' | 'string';
}

export type ReadExpression =
  /** `evaluate` throws where a value is not there, or not of the type that an operator takes. */
  | { kind: 'expression'; evaluate(variables: Record<string, unknown>): unknown }
  | { kind: 'refused'; faults: ExpressionFault[] };

/** Reads an expression of a rule, or tells what is wrong with it, without evaluating anything. */
export function readExpression(text: string, context: ExpressionContext): ReadExpression {
  const parsed = attempt(() => environments[context.subject].parse(text));
  if (parsed.kind === 'failed') return refused(faultOf(parsed.error, text, context));
  const { ast } = parsed.value;
  const uses = usesOf(ast);
  if (uses.length > 0) return { kind: 'refused', faults: uses };
  putReplacements(ast);
  const faults = [...typeFaults(parsed.value, text, context), ...fieldFaults(ast, context.kinds)];
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'expression', evaluate: parsed.value };
}

const refused = (fault: ExpressionFault): ReadExpression => ({ kind: 'refused', faults: [fault] });

type Attempt<T> = { kind: 'done'; value: T } | { kind: 'failed'; error: LibraryError };

interface LibraryError {
  code?: string;
  summary?: string;
  message: string;
  range?: { start: number; end: number } | undefined;
}

/** The library tells of mistakes by throwing, and numbers or texts that JavaScript cannot hold come the same way. */
function attempt<T>(task: () => T): Attempt<T> {
  try {
    return { kind: 'done', value: task() };
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function typeFaults(parsed: ParseResult, text: string, context: ExpressionContext): ExpressionFault[] {
  const { valid, type, error } = parsed.check();
  if (!valid) return [faultOf(error ?? new Error('The types do not fit'), text, context)];
  if (type === context.gives || type === 'dyn') return [];
  const wanted = context.gives === 'bool' ? '`true` or `false`' : 'a text';
  const summary = `The expression has to give ${wanted}, and gives a value of type ${inWrittenNames(type ?? '')}.`;
  return [{ id: 'VIRT7003', start: 0, end: text.length, summary }];
}

/** Uses of what rules do without, and patterns that cannot be matched. */
function usesOf(tree: ASTNode): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  walk(tree, (node) => {
    const { start, end } = node;
    const use = refusedUse(node);
    if (use !== null) faults.push({ id: 'VIRT7002', start, end, summary: use });
    const pattern = node.op === 'rcall' && node.args[0] === 'matches' ? node.args[2][0] : undefined;
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
    const fault = patternFault(pattern.args);
    const summary = `The pattern is not taken: ${fault}.`;
    if (fault !== null) faults.push({ id: 'VIRT7005', start: pattern.start, end: pattern.end, summary });
  });
  return faults;
}

function faultOf(error: LibraryError, text: string, { subject }: ExpressionContext): ExpressionFault {
  const range = error.range ?? { start: 0, end: text.length };
  const [start, end] = [Math.min(range.start, Math.max(0, text.length - 1)), Math.max(range.end, range.start + 1)];
  const said = inWrittenNames(error.summary ?? error.message);
  const [id, summary] = explained(error.code, said);
  const place = { id, start, end: Math.min(end, text.length), summary };
  if (error.code !== 'unknown_variable') return place;
  const known = variablesOf[subject];
  const guess = nearest(text.slice(start, end), known);
  const choice = `Rules for ${subject} know ${known.map((name) => `\`${name}\``).join(', ')}.`;
  return { ...place, detail: guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}` };
}

function explained(code: string | undefined, said: string): [RuleId, string] {
  switch (code) {
    case 'unknown_variable':
      return ['VIRT7002', `${said}.`];
    case 'no_matching_overload':
      return ['VIRT7002', `There is no function for this: ${said}.`];
    case 'limit_exceeded':
      return ['VIRT7009', `The expression is too much: ${said}.`];
    case undefined:
    case 'parse_error':
    case 'unexpected_token':
      return ['VIRT7001', `The expression cannot be read from here on: ${said}.`];
    default:
      return ['VIRT7003', `${said}.`];
  }
}
