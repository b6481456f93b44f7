import { Command, Option } from 'commander';
import { expect, it } from 'vitest';
import { cliPage } from '../../../tools/generate/cli-page.js';

function example(): Command {
  const program = new Command('tool').description('Does things.');
  program
    .command('make')
    .description('make a thing')
    .argument('<name>', 'vm/NAME')
    .requiredOption('--hash <hash>', 'a|b')
    .addOption(new Option('-o, --output <format>', 'form').choices(['text', 'json']).default('text').env('TOOL_OUTPUT'))
    .option('--dry', 'only look', false);
  program.command('secret', { hidden: true }).description('not for people');
  program.command('lab').description('labs').command('down').description('remove a lab');
  return program;
}

it('gives every verb that people see a section, also below others', () => {
  const headings = cliPage(example()).match(/^## .*$/gm);
  expect(headings).toEqual(['## tool lab down', '## tool make']);
});

it('says of each input what it is, what is taken without it, and what it means', () => {
  const page = cliPage(example());
  expect(page).toContain('tool make [options] <name>');
  expect(page).toContain('| `<name>` | required | vm/NAME. |');
  expect(page).toContain('| `--hash <hash>` | required | a\\|b. |');
  const output = 'Form. One of `text`, `json`. Environment: `TOOL_OUTPUT`.';
  expect(page).toContain(`| \`-o, --output <format>\` | \`text\` | ${output} |`);
  expect(page).toContain('| `--dry` |  | Only look. |');
});
