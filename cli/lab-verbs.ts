import { type Command, Option } from 'commander';
import { labDown, labStatus, runLab } from './lab.js';
import { playInLab } from './lab-play.js';
import { nameOfLab, output, whole } from './options.js';

/** Gives `virtuoso` the verb `lab`, and what a lab calls within itself. */
export function addLabVerbs(program: Command, run: (verb: Promise<number>) => Promise<void>): void {
  const lab = program
    .command('lab')
    .description('the same on network namespaces of this machine, with real frames; needs root');
  const labName = () => new Option('--name <name>', 'name of the lab').argParser(nameOfLab).default('virtuoso');
  lab
    .command('run <example>', { isDefault: true })
    .description('build a lab from an example, play it, take it down; one of the same name is taken down first')
    .option('--once', 'end when the fleet has come to rest', false)
    .option('--nominal', 'let the inventory say what the network carries, instead of having it measured', false)
    .option('--traces <directory>', 'record when packets of all links left and came, in this folder')
    .option('--seed <number>', 'seed of the search', whole)
    .addOption(labName())
    .addOption(output('text', 'json'))
    .action((example: string, options) => run(runLab({ example, ...options, lab: options.name })));
  lab
    .command('down')
    .description('remove everything that belongs to a lab')
    .addOption(labName())
    .action((options) => run(labDown(options.name)));
  lab
    .command('status')
    .description('list what exists of a lab')
    .addOption(labName())
    .action(async (options) => run(Promise.resolve(labStatus(options.name))));

  program
    .command('lab-play <example>', { hidden: true })
    .requiredOption('--name <name>')
    .option('--once', '', false)
    .option('--nominal', '', false)
    .option('--traces <directory>', '')
    .option('--seed <number>', '', whole)
    .addOption(output('text', 'json'))
    .action((example: string, options) => run(playInLab({ example, ...options, lab: options.name })));
}
