import { printable } from '../render.js';
import { ruleOf } from '../rules.js';
import type { Report, ReportedFile, ReportedMistake } from './report.js';

/** A test case, without what makes its name unique. */
interface Case {
  name: string;
  line: number;
  /** Elements within it. */
  outcome: string;
  hasFailed: boolean;
}

/** JUnit XML: a test suite for each file, with a test case for each sound document and for each mistake. */
export function renderJunit({ files }: Report): string {
  const suites = files.map((file) => ({ path: file.path, cases: casesOf(file) }));
  const all = suites.flatMap(({ cases }) => cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="virtuoso validate" ${counted(all)}>`,
    ...suites.flatMap(({ path, cases }) => suite(path, cases)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suite(path: string, cases: readonly Case[]): string[] {
  const file = escaped(path);
  const counts = new Map<string, number>();
  const body = cases.map(({ name, line, outcome }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    // Of test cases that have one name, readers show the first alone.
    const unique = count === 1 ? name : `${name} (${count})`;
    const attributes = `classname="${file}" name="${escaped(unique)}" file="${file}" line="${line}"`;
    return outcome === '' ? `    <testcase ${attributes}/>` : `    <testcase ${attributes}>${outcome}</testcase>`;
  });
  return [`  <testsuite name="${file}" ${counted(cases)}>`, ...body, '  </testsuite>'];
}

function counted(cases: readonly Case[]): string {
  return `tests="${cases.length}" failures="${cases.filter(({ hasFailed }) => hasFailed).length}" errors="0"`;
}

function casesOf({ sound, mistakes }: ReportedFile): Case[] {
  const passed = sound.map(({ name, line }) => ({ name, line, outcome: '', hasFailed: false }));
  return [...passed, ...mistakes.map(caseOf)].sort((a, b) => a.line - b.line);
}

function caseOf({ diagnostic, place }: ReportedMistake): Case {
  const { id, severity, summary, detail, range } = diagnostic;
  const { line, column } = range.start;
  const text = escaped(`${range.filename}:${line}:${column}: ${severity} ${id}: ${summary}`);
  const told = `${text}\n${escaped(detail)}`;
  const hasFailed = severity === 'error';
  const outcome = hasFailed
    ? `<failure type="${escaped(id)}" message="${escaped(summary)}">${told}</failure>`
    : `<system-out>${told}</system-out>`; // a warning fails nothing
  const name = [place.document, place.field, `${id} ${ruleOf(id).title}`].filter((part) => part !== '').join(' ');
  return { name, line, outcome, hasFailed };
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold are written out, as on a terminal. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
