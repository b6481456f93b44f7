import { Command, InvalidArgumentError, Option } from 'commander';
import { addAgentVerbs } from './agent-verbs.js';
import { apply } from './apply.js';
import { approve } from './approve.js';
import { demo } from './demo.js';
import { diff } from './diff.js';
import { addDocumentVerbs } from './document-verbs.js';
import { drift } from './drift.js';
import { get, shows } from './get.js';
import { addGoingBackVerbs } from './going-back-verbs.js';
import { addHoldVerb } from './hold-verb.js';
import { addLabVerbs } from './lab-verbs.js';
import { logFormat, output, server, stateDirectory, whole } from './options.js';
import { ageOf, momentOf, planned } from './plan-verb.js';
import { policyTest } from './policy-test.js';
import { readJournal } from './read-journal.js';
import { reconcile } from './reconcile.js';
import { simulateVerb } from './simulate.js';
import { algorithms, solve } from './solve.js';
import { trace } from './trace.js';
import { addUserVerbs } from './user-verbs.js';
import { validate } from './validate.js';
import { version } from './version.js';
import { addVschedVerbs } from './vsched-verbs.js';
import { wrenAnalyse } from './wren.js';

/** The command line: every verb with its arguments. It runs when somebody calls `parseAsync`. */
export const program = new Command('virtuoso')
  .description('Keeps virtual machines across sites where their traffic wants them, as a git repository asks for.')
  .version(version)
  .configureHelp({ sortSubcommands: true })
  .showHelpAfterError('(--help shows what there is)');

function threads(text: string): number {
  if (!/^[1-9][0-9]?$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 99.');
  return Number(text);
}

/** Runs a verb and leaves its exit code. */
const run = (verb: Promise<number>) =>
  verb.then((code) => {
    process.exitCode = code;
  });

program
  .command('validate')
  .description(
    'tell every mistake in the documents of directories, each with its place; exits with 3 if rules deny them',
  )
  .argument('<directory...>')
  .option('--audit', 'tell what rules with the action `audit` say too', false)
  .addOption(output('text', 'json', 'github', 'gitlab', 'sarif', 'junit'))
  .action((directories: string[], options) => run(validate(directories, options.output, options.audit)));

addDocumentVerbs(program, run);
addGoingBackVerbs(program, run);

program
  .command('plan')
  .description("show what a pass would do with a directory's documents; touches nothing; exits with 3 if it is denied")
  .argument('[directory]', 'with inventory/, desired/ and policies/', '.')
  .option('--observed <file>', "plan upon this recorded observation (`observed.json` of a journal's commit)")
  .option('--journal <repository>', 'plan upon the newest observation in the journal of this repository')
  .option('--source <name>', "what the plan names as its source (default: the directory's name)")
  .option('--out <file>', 'save the plan as JSON, for apply')
  .option('--detailed-exitcode', 'exit with 2 if there is something to change', false)
  .option('--audit', 'tell what rules with the action `audit` say too', false)
  .addOption(
    new Option(
      '--base <ref>',
      'compare: what would --head do to the fleet other than this branch or commit of the git repository [directory]',
    ).conflicts(['source', 'out']),
  )
  .option('--head <ref>', 'with --base: the branch or commit to judge (default: HEAD)')
  .option('--comment <file>', 'with --base: write a comment for a pull request to this file')
  .option(
    '--annotations <file>',
    'with --base: write what --head is told of, and the base is not, to this file, as SARIF',
  )
  .option('--subdirectory <path>', 'with --base: folder of the repository that has the documents')
  .option('--max-age <time>', 'with --base: exit with 5 if the observation is older (default: 24h)', ageOf)
  .addOption(output('text', 'json', 'markdown'))
  .addOption(stateDirectory())
  .action((directory: string, options) => run(planned({ directory, ...options, stateDirectory: options.state })));

program
  .command('apply')
  .description('have a running reconciler apply a saved plan; exits with 5 if the plan is stale')
  .argument('<file>', 'the plan as JSON')
  .requiredOption('--hash <hash>', 'hash of the plan that was reviewed')
  .addOption(server())
  .addOption(stateDirectory())
  .action((file: string, options) => run(apply({ file, ...options, stateDirectory: options.state })));

program
  .command('approve')
  .description(
    'have a running reconciler carry out the plan that waits for an approval; exits with 5 if another one waits by now',
  )
  .argument('[digest]', "what the fleet's condition names; the plan that waits is shown when left out")
  .option('--by <name>', 'who approves, for the journal (default: the user who runs this)')
  .addOption(server())
  .addOption(stateDirectory())
  .action((digest: string | undefined, options) => run(approve({ digest, ...options, stateDirectory: options.state })));

program
  .command('get')
  .description('show what a running reconciler knows')
  .addArgument(program.createArgument('<what>').choices(shows))
  .option('--out <file>', 'save the answer as JSON too')
  .addOption(output('text', 'json', 'mermaid', 'dot'))
  .addOption(server())
  .addOption(stateDirectory())
  .action((what, options) => run(get({ what, ...options, stateDirectory: options.state })));

program
  .command('trace')
  .description(
    'show the route of a frame between two VMs, hop by hop with the rule that decides; exits with 1 if it is dropped',
  )
  .argument('<source>', 'a VM, or its Ethernet address')
  .argument('<destination>', 'likewise, or an Ethernet address on the LAN')
  .addOption(output('text', 'json'))
  .addOption(server())
  .addOption(stateDirectory())
  .action((source: string, destination: string, options) =>
    run(trace({ source, destination, ...options, stateDirectory: options.state })),
  );

program
  .command('diff')
  .description('show in what hosts differ from what the reconciler told them to be')
  .option('--detailed-exitcode', 'exit with 2 if there is a difference', false)
  .addOption(output('text', 'json'))
  .addOption(server())
  .addOption(stateDirectory())
  .action((options) => run(diff({ ...options, stateDirectory: options.state })));

program
  .command('drift')
  .description('show what of the fleet is not as the reconciler last left it, apart from what waits to be applied')
  .option('--detailed-exitcode', 'exit with 2 if there is drift', false)
  .addOption(output('text', 'json'))
  .addOption(server())
  .addOption(stateDirectory())
  .action((options) => run(drift({ ...options, stateDirectory: options.state })));

program
  .command('reconcile')
  .description('run the reconciler')
  .requiredOption('--repository <url>', 'absolute path, ssh:// or https:// address of the git repository')
  .option('--ref <name>', 'branch to follow', 'main')
  .option('--subdirectory <path>', 'folder of the repository that has the documents', '')
  .addOption(
    new Option(
      '--verify <mode>',
      'signatures that commits need to take effect: none, of the newest commit, or of every one since the last accepted',
    )
      .choices(['off', 'head', 'strict'])
      .default('off'),
  )
  .option('--allowed-signers <file>', 'SSH keys that are trusted, as ALLOWED SIGNERS of ssh-keygen(1)')
  .option('--openpgp-keys <file>', 'OpenPGP public keys that are trusted, as `gpg --export` writes them')
  .option('--verify-from <commit>', 'commit that you vouch for: signatures are needed after it (with --verify strict)')
  .option('--poll <milliseconds>', 'time between two looks at a remote repository', whole, 30_000)
  .option('--notify <url>', 'post what changes in conditions to this https:// address')
  .option('--notify-secret <file>', 'secret that notifications are signed with')
  .option('--push-secret <file>', 'secret of a forge that may tell of pushes at /v1/push-events of the API')
  .option('--hub-host <address>', 'address that agents connect to', '127.0.0.1')
  .option('--hub-port <port>', 'port that agents connect to', whole, 7443)
  .option('--api-host <address>', 'address of the API; who reaches it can read', '127.0.0.1')
  .option('--traces <directory>', 'keep what agents record of packets in this folder, as HOST/PEER-TIME.trace')
  .option('--api-port <port>', 'port of the API', whole, 8080)
  .addOption(logFormat())
  .addOption(stateDirectory())
  .action((options) =>
    run(
      reconcile({
        ...options,
        verification: options,
        webhooks: options,
        stateDirectory: options.state,
        pollMs: options.poll,
      }),
    ),
  );

addAgentVerbs(program, run);

const vsched = program
  .command('vsched')
  .description('schedule your processes, and within bounds your VMs, by period and slice on a host');
addVschedVerbs(vsched, run);
addUserVerbs(vsched, run);
addHoldVerb(vsched, run);

const wren = program.command('wren').description('what paths give, told from the packets that cross them');
wren
  .command('analyse')
  .description('show what a trace of packets tells of its paths, every few seconds of it')
  .argument('<trace>', 'file that an agent recorded')
  .option('--every <seconds>', 'time between two lines of a path', whole, 5)
  .addOption(output('text', 'json'))
  .action((trace: string, options) => run(wrenAnalyse({ trace, ...options })));

const policy = program.command('policy').description('rules that documents and plans have to keep');
policy
  .command('test')
  .description("hold every rule of a directory to the rule's own tests; exits with 1 if one fails")
  .argument('[directory]', 'with policies/', '.')
  .addOption(output('text', 'json'))
  .action((directory: string, options) => run(policyTest(directory, options.output)));

program
  .command('history')
  .description('list what passes did or refused, newest first')
  .argument('[repository]', 'the git repository', '.')
  .option('-n, --limit <count>', 'at most so many', whole)
  .addOption(output('text', 'json'))
  .addOption(stateDirectory())
  .action((repository: string, options) =>
    run(readJournal({ verb: 'history', repository, ...options, stateDirectory: options.state })),
  );

program
  .command('explain')
  .description('say why a VM, a host or a link is as it is')
  .argument('<object>', 'vm/NAME, host/NAME or link/A--B')
  .argument('[repository]', 'the git repository', '.')
  .option('--brief', 'leave out what other hosts would give and what would change the decision', false)
  .addOption(output('text', 'json'))
  .addOption(stateDirectory())
  .action((object: string, repository: string, options) =>
    run(readJournal({ verb: 'explain', object, repository, ...options, stateDirectory: options.state })),
  );

program
  .command('blame')
  .description('tell everything that happened to a VM, newest first, and whether policy or traffic was behind it')
  .argument('<object>', 'vm/NAME')
  .argument('[repository]', 'the git repository', '.')
  .option('--paths', 'tell also how its frames came to travel differently', false)
  .addOption(output('text', 'json'))
  .addOption(stateDirectory())
  .action((object: string, repository: string, options) =>
    run(readJournal({ verb: 'blame', object, repository, ...options, stateDirectory: options.state })),
  );

program
  .command('simulate')
  .description(
    'replay what was observed under other documents, and tell moves, links and objective beside what happened',
  )
  .argument('[repository]', 'clone or bare repository with the branch virtuoso/status', '.')
  .option(
    '--policy <ref>',
    'branch or commit with the documents to try, or a directory that begins with . or /',
    'HEAD',
  )
  .option('--since <time>', 'a time, or an age before the newest entry, such as 7d', momentOf, momentOf('7d'))
  .option('--until <time>', 'likewise; up to the newest entry when left out', momentOf)
  .option('--subdirectory <path>', 'folder of the repository that has the documents', '')
  .addOption(output('text', 'json'))
  .action((directory: string, options) => run(simulateVerb({ directory, ...options })));

program
  .command('solve')
  .description('solve a problem that stands alone; exits with 4 if it has no solution')
  .argument('<file>', 'the problem, as JSON or YAML: `docs/how-to/solve-a-problem.md` shows one')
  .option('--seed <number>', 'seed of the search', whole, 1)
  .option('--iterations <number>', 'changes to try, in all', whole, 1_000_000)
  .addOption(
    new Option(
      '--algorithm <name>',
      'what searches: `engine` is a portfolio of all that pays, `exact` branch and bound; the others are of the seed',
    )
      .choices(algorithms)
      .default('engine'),
  )
  .option('--threads <number>', 'threads to search in; what is found is the same for any number', threads, 2)
  .option('--no-time', 'do not tell how long it took, so that equal runs give equal bytes')
  .addOption(output('text', 'json'))
  .action((file: string, options) => run(solve({ file, ...options })));

program
  .command('demo')
  .description('show Fig. 14 of the seed on an emulated fleet')
  .option('--once', 'end when the fleet has come to rest', false)
  .option('--seed <number>', 'seed of the search', whole)
  .option('--directory <path>', 'where the repository is made', '.virtuoso/demo')
  .option('--api-port <port>', 'port of the dashboard; 0 takes a free one', whole, 0)
  .addOption(output('text', 'json'))
  .action((options) => run(demo(options)));

addLabVerbs(program, run);
