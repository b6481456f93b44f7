import { Argument, type Command, Option } from 'commander';
import { kinds } from '../schema/validate/kinds.js';
import { fmt } from './fmt.js';
import { ciSystems, init } from './init.js';
import { schema } from './schema.js';

/** Gives `virtuoso` the verbs that help to write documents. */
export function addDocumentVerbs(program: Command, run: (verb: Promise<number>) => Promise<void>): void {
  program
    .command('init')
    .description('make a repository of documents to begin with; overwrites nothing')
    .argument('<directory>', 'where to make it; it may exist')
    .addOption(new Option('--ci <system>', 'add a workflow that judges the documents of each push').choices(ciSystems))
    .action((directory: string, options) => run(init(directory, options.ci)));
  program
    .command('fmt')
    .description('give documents one form, keeping values and comments; prints the files that it changed')
    .argument('<path...>', 'repositories, folders of them, or documents; - formats standard input to standard output')
    .option('--check', 'change nothing, show what would change, and exit with 1 if there is anything', false)
    .action((paths: string[], options) => run(fmt({ paths, ...options })));
  program
    .command('schema')
    .description('print the JSON Schema (draft 7) of documents, for editors and other tools')
    .addArgument(new Argument('[kind]', 'of documents; any when left out').choices(kinds))
    .action((kind) => run(schema(kind)));
}
