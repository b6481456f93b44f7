import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../../cli/exit-codes.js';

const meanings: Record<keyof typeof exitCodes, string> = {
  ok: 'Done; for `plan`: a plan was made.',
  error: 'Something failed, or documents have mistakes. stderr says what, where and what to do.',
  changes: '`plan` or `diff` with `--detailed-exitcode`: there is something to change, or a host differs.',
  denied: 'A limit forbids the plan, or no safe order exists.',
  infeasible: 'No placement satisfies the constraints.',
  stale: 'The plan was made for another state of the fleet.',
};

/** The command line as a Markdown page: one section a verb, in alphabetical order. Same program, same bytes. */
export function cliPage(program: Command): string {
  const codes = (Object.keys(meanings) as (keyof typeof exitCodes)[]).map(
    (name) => `| ${exitCodes[name]} | ${meanings[name]} |`,
  );
  return [
    '# Command line',
    '',
    `${program.description()} Generated from \`cli/program.ts\` by \`npm run generate\`.`,
    '',
    'Results go to stdout, logs and errors to stderr. A flag wins over its environment variable. `NO_COLOR` turns colours off.',
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...codes,
    '',
    ...verbs(program).flatMap(section),
  ].join('\n');
}

/** Commands that do something, with the words that lead to them; those that only hold others are left out. */
function verbs(parent: Command, words: readonly string[] = [parent.name()]): { words: string[]; command: Command }[] {
  const visible = parent.createHelp().visibleCommands(parent);
  return visible
    .filter((command) => command.name() !== 'help')
    .sort((a, b) => (a.name() < b.name() ? -1 : 1))
    .flatMap((command) => {
      const own = [...words, command.name()];
      return command.commands.length > 0 ? verbs(command, own) : [{ words: own, command }];
    });
}

function section({ words, command }: { words: string[]; command: Command }): string[] {
  const help = command.createHelp();
  const inputs = help.visibleArguments(command).map(argumentRow);
  const options = help
    .visibleOptions(command)
    .filter((option) => option.long !== '--help')
    .map(optionRow);
  const rows = [...inputs, ...options];
  const table = rows.length === 0 ? [] : ['| input | default | meaning |', '|---|---|---|', ...rows, ''];
  const usage = command.usage().replace(/^\[options\] ?/, '');
  const call = [...words, ...(options.length > 0 ? ['[options]'] : []), usage].join(' ').trimEnd();
  return [`## ${words.join(' ')}`, '', sentence(command.description()), '', '```text', call, '```', '', ...table];
}

function argumentRow(argument: Argument): string {
  const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  const fallback = argument.required ? 'required' : shown(argument.defaultValue);
  return row(name, fallback, argument.description, argument.argChoices);
}

function optionRow(option: Option): string {
  const fallback = option.mandatory ? 'required' : shown(option.defaultValue);
  return row(option.flags, fallback, option.description, option.argChoices, option.envVar);
}

function shown(fallback: unknown): string {
  return fallback === undefined || fallback === false || fallback === '' ? '' : `\`${String(fallback)}\``;
}

function row(
  input: string,
  fallback: string,
  description: string,
  choices?: readonly string[],
  environment?: string,
): string {
  const parts = [
    sentence(description),
    choices ? `One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.` : '',
    environment ? `Environment: \`${environment}\`.` : '',
  ];
  const meaning = parts.filter((part) => part !== '').join(' ');
  return `| \`${input}\` | ${fallback} | ${meaning.replaceAll('|', '\\|')} |`;
}

/** A help text as a sentence. A first word that is no plain word, as in `vm/NAME`, stays as it is. */
function sentence(text: string): string {
  const first = /^[a-z'-]+([ ,]|$)/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return first === '' || first.endsWith('.') ? first : `${first}.`;
}
