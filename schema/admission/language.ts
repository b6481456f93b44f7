import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { linearMatches } from './linear-matches.js';
import { walk } from './syntax.js';
import { readingNames, zonedReading } from './zoned-time.js';

/** What a rule judges. */
export type Subject = 'documents' | 'plans';

export const variablesOf: Record<Subject, readonly string[]> = {
  documents: ['object', 'documents', 'now'],
  plans: ['plan', 'moves', 'documents', 'now'],
};

/** Functions of the library that depend on the machine, or may take for ever, go by other ones: these have the prefix. */
const prefix = 'virtuoso_';
const replaced = new Set(['matches', ...readingNames]);

const timestamp = 'google.protobuf.Timestamp';
const limits = { maxDepth: 32, maxAstNodes: 2000, maxListElements: 500, maxMapEntries: 500 };

function common(): Environment {
  const environment = new Environment({ limits, enableOptionalTypes: true })
    .registerVariable('documents', 'map<string, list<dyn>>')
    .registerVariable('now', timestamp)
    .registerFunction(`string.${prefix}matches(string): bool`, linearMatches, { async: false });
  for (const name of readingNames) {
    const read = (time: Date, timeZone?: string) => zonedReading(name, time, timeZone);
    environment
      .registerFunction(`${timestamp}.${prefix}${name}(): int`, read, { async: false })
      .registerFunction(`${timestamp}.${prefix}${name}(string): int`, read, { async: false });
  }
  return environment;
}

/** What expressions of rules are read in. */
export const environments: Record<Subject, Environment> = {
  documents: common().registerVariable('object', 'dyn'),
  plans: common().registerVariable('plan', 'dyn').registerVariable('moves', 'list<dyn>'),
};

/** Puts our functions in the place of those of the library, in a tree that was just parsed. */
export function putReplacements(tree: ASTNode): void {
  walk(tree, (node) => {
    if (node.op === 'rcall' && replaced.has(node.args[0])) node.args[0] = `${prefix}${node.args[0]}`;
  });
}

/** A message of the library in the names that were written. */
export function inWrittenNames(message: string): string {
  return message
    .replaceAll(prefix, '')
    .replaceAll(timestamp, 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration');
}

/** A use of what rules do without: bytes, which no document has and which memory limits do not see. */
export function refusedUse(node: ASTNode): string | null {
  if (node.op === 'value' && node.args instanceof Uint8Array) return 'Rules have no bytes.';
  if (node.op === 'call' && node.args[0] === 'bytes') return 'Rules have no bytes.';
  const isCall = node.op === 'call' || node.op === 'rcall';
  return isCall && node.args[0].startsWith(prefix) ? `There is no function \`${node.args[0]}\`.` : null;
}
