import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../cli/program.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

/** Every verb with those above it. */
function verbs(command: Command, path: string[] = []): { path: string[]; command: Command }[] {
  return command.commands.flatMap((each) => [
    { path: [...path, each.name()], command: each },
    ...verbs(each, [...path, each.name()]),
  ]);
}

describe('help', () => {
  it('describes every verb that it lists, with every option', () => {
    const all = verbs(program);
    expect(all.length).toBeGreaterThan(10);
    for (const { path, command } of all) {
      const listed = command.parent?.createHelp().visibleCommands(command.parent).includes(command);
      if (!listed) continue;
      expect(command.description(), path.join(' ')).not.toBe('');
      for (const option of command.options)
        expect(option.description, `${path.join(' ')} ${option.flags}`).not.toBe('');
    }
  });

  it.each([['--help'], ['plan', '--help'], ['lab', '--help'], ['agent', 'run', '--help'], ['help', 'apply']])(
    'comes on stdout for %s %s',
    async (...args) => {
      const run = await cli(...args);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(/^Usage: virtuoso/);
    },
  );
});

describe('a slip', () => {
  const state = ['--state', '/dev/null/state'];
  it.each([
    ['no verb', [], 'Usage: virtuoso'],
    ['an unknown verb', ['plam'], /unknown command 'plam'\n.*Did you mean plan\?|--help/],
    ['an unknown verb below another', ['agent', 'walk'], "unknown command 'walk'"],
    ['an unknown option', ['plan', '--hurry'], "unknown option '--hurry'"],
    ['a missing argument', ['validate'], "missing required argument 'directory'"],
    ['a missing option', ['reconcile'], "required option '--repository <url>'"],
    ['a choice that there is not', ['plan', '-o', 'yaml'], 'Allowed choices are text, json, markdown'],
    ['a number that is none', ['demo', '--seed', 'lucky'], 'Write a whole number'],
    ['a repository that is no address', ['reconcile', '--repository', 'nowhere'], 'write an absolute path'],
    ['a repository that is not there', ['history', '/no/such/repository'], 'cannot be read'],
    ['no reconciler', ['get', 'fleet', '--server', 'http://127.0.0.1:1'], '`virtuoso reconcile`'],
    ['a plan that is not there', ['apply', '/no/such/plan.json', '--hash', 'x'], '/no/such/plan.json cannot be read'],
    ['a state directory that cannot be', ['agent', 'key', 'host-1', ...state], '/dev/null/state'],
    ['a folder that cannot be', ['demo', '--once', '--directory', '/dev/null/demo'], '/dev/null/demo'],
    [
      'an address that is not ours',
      ['reconcile', '--repository', '/no/such/repository', '--hub-host', '203.0.113.5'],
      'Choose another address or port',
    ],
  ])('is told in a line or two: %s', async (_what, args, message) => {
    const own = ['history', 'reconcile'].includes(args[0] ?? '') && args.length > 1;
    const run = await cli(...args, ...(own ? ['--state', temporaryDirectory()] : []));
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(stackLines(run)).toEqual([]);
  });
});
