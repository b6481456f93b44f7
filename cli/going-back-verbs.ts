import { type Command, Option } from 'commander';
import { quarantine } from './quarantine.js';
import { rollback } from './rollback.js';

const output = () =>
  new Option('-o, --output <format>', 'form of the output').choices(['text', 'json']).default('text');
const stateDirectory = () =>
  new Option('--state <directory>', 'where keys, tokens and mirrors are kept')
    .env('VIRTUOSO_STATE')
    .default('.virtuoso');
const server = () =>
  new Option('--server <url>', "address of the reconciler's API")
    .env('VIRTUOSO_SERVER')
    .default('http://127.0.0.1:8080');
const actor = () =>
  new Option('--actor <name>', 'who does it, as the journal shall say (default: the user of this machine)');

/** Gives `virtuoso` the verbs for what is taken back. */
export function addGoingBackVerbs(program: Command, run: (verb: Promise<number>) => Promise<void>): void {
  program
    .command('quarantine')
    .description('list what was taken back and is not decided again for now, or end that')
    .option('--lift <plan>', 'end the quarantine of the plan with this hash, or `all`')
    .addOption(actor())
    .addOption(output())
    .addOption(server())
    .addOption(stateDirectory())
    .action((options) => run(quarantine({ ...options, stateDirectory: options.state })));
  program
    .command('rollback')
    .description(
      'show a plan that brings the fleet back to what an entry of the journal left; exits with 5 if it is stale',
    )
    .argument('<entry>', 'number of the pass, or commit of the entry, as `virtuoso history -o json` lists them')
    .option('--yes', 'apply the plan', false)
    .option('--documents', 'propose the documents of the entry on a branch of the repository, instead of a plan', false)
    .addOption(actor())
    .addOption(output())
    .addOption(server())
    .addOption(stateDirectory())
    .action((entry: string, options) => run(rollback({ entry, ...options, stateDirectory: options.state })));
}
