import { rules } from '../../schema/validate/rules.js';

/** The rules that documents can break, as a Markdown section. */
export function diagnosticsSection(): string {
  const rows = Object.entries(rules).map(([id, { title, remedy }]) => `| \`${id}\` | ${title} | ${remedy} |`);
  return [
    '## Rules',
    '',
    'Identifiers are stable. Where more is known, a diagnostic says more than the remedy here.',
    '',
    '| id | what is wrong | what to do |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
