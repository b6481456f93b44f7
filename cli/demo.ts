import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { PassSummary } from '../reconciler/loop-ports.js';
import { renderText } from '../reconciler/plan/render-text.js';
import { createIdentity, type Identity } from '../wire/identity.js';
import { readApplication } from './application.js';
import { makeDemoRepository } from './demo-repository.js';
import { type EmulatedAgents, startEmulatedAgents } from './emulated-agents.js';
import { fleetPicture } from './fleet-picture.js';
import { readInventory } from './inventory.js';
import { openRepository, type Repository } from './open-repository.js';
import { untilQuiet } from './quiet.js';
import { openSession, type Session } from './session.js';
import { Story } from './story.js';
import { systemClock } from './system-clock.js';

export interface DemoOptions {
  once: boolean;
  output: 'text' | 'json';
  /** Of the search; the example's own when left out. */
  seed?: number | undefined;
  directory: string;
  apiPort: number;
}

const example = 'fig14';
const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];
const measureMs = 1000;
const quietIntervals = 5;
const timeoutMs = 120_000;

/**
 * The seed's Fig. 14 on an emulated fleet, from a git repository made of `examples/`: shows how the application fares on the star,
 * what Virtuoso makes of it, and how it fares then. Returns the exit code.
 */
export async function demo(options: DemoOptions): Promise<number> {
  const story = new Story(options.output, systemClock);
  const directory = resolve(options.directory);
  const identities = new Map<string, Identity>();
  for (const host of hosts) identities.set(host, await createIdentity(host, Date.now()));
  const pins = new Map([...identities].map(([host, { pin }]) => [host, pin]));
  const workTree = join(directory, 'repository');
  const stateDirectory = join(directory, 'state');
  // A mirror of the repository that was here before would carry its journal into the new one.
  await rm(stateDirectory, { recursive: true, force: true });
  await makeDemoRepository({ example, directory: workTree, pins, seed: options.seed });
  const repository = await openRepository({
    repository: workTree,
    ref: 'main',
    subdirectory: '',
    stateDirectory,
    pollMs: 5000,
  });
  if (repository.kind === 'failed') return story.fail(repository.message);
  const session = await openSession({
    repository,
    stateDirectory,
    hub: { host: '127.0.0.1', port: 0 },
    api: options.once ? null : { host: '127.0.0.1', port: options.apiPort },
    log: (level, message) => story.log(level, message),
  });
  if (session.kind === 'failed') return story.fail(session.message);
  story.say(
    `Fig. 14 on an emulated fleet of ${hosts.length} hosts. Policy: ${relative('.', workTree) || '.'} (branch main)`,
  );
  if (session.apiUrl) story.say(`Dashboard: ${session.apiUrl}`);
  const agents = await emulate(repository, session, identities, options.seed ?? 1);
  try {
    return await play(options, story, session, agents, workTree);
  } finally {
    await session.close();
    await agents.stop();
  }
}

async function emulate(repository: Repository, session: Session, identities: Map<string, Identity>, seed: number) {
  const inventory = await readInventory(repository.source);
  if (typeof inventory === 'string') throw new Error(`the example is not valid: ${inventory}`);
  return startEmulatedAgents(inventory, identities, { url: session.hubUrl, pin: session.hubPin }, seed);
}

async function play(
  options: DemoOptions,
  story: Story,
  session: Session,
  agents: EmulatedAgents,
  workTree: string,
): Promise<number> {
  const { loop } = session;
  const flows = await readApplication(join(packageRoot(), 'examples', example, 'application.yaml'));
  let passes = 0;
  let statusCommit: string | null = null;
  loop.onPass((summary) => {
    passes += 1;
    statusCommit = summary.commit ?? statusCommit;
    tellPass(story, summary);
  });
  await loop.start();
  if (!(await until(() => loop.view().vms.length > 0 && loop.view().vms.every(({ phase }) => phase === 'running')))) {
    return story.fail('The VMs did not start.');
  }
  story.say(`All VMs run, scattered over both domains, on the star:\n${fleetPicture(loop.view())}`);
  agents.fleet.offer(flows);
  story.say(
    `The application starts: vm-1 to vm-3 want 50 Mb/s pairwise, 5 Mb/s with vm-4. Virtuoso is told nothing of it.`,
  );
  const before = await measure(agents);
  story.say(`Before: the application gets ${before.toFixed(1)} Mb/s in all.`);
  const isQuiet = await untilQuiet({ loop, clock: systemClock, intervals: quietIntervals, timeoutMs });
  const after = await measure(agents);
  story.say(
    `After: the application gets ${after.toFixed(1)} Mb/s in all, ${(after / before).toFixed(1)} times as much:`,
  );
  story.show(fleetPicture(loop.view()));
  const mapping = Object.fromEntries(loop.view().vms.map(({ name, host }) => [name, host]));
  story.result({ mapping, before: { throughputMbps: before }, after: { throughputMbps: after }, passes, statusCommit });
  if (options.once) return isQuiet ? 0 : story.fail('The fleet did not come to rest.');
  return keepWatching(story, session, workTree);
}

async function measure({ fleet }: EmulatedAgents): Promise<number> {
  const [begunMs, begunMb] = [Date.now(), fleet.deliveredMb()];
  await new Promise((done) => setTimeout(done, measureMs));
  return Math.round(((fleet.deliveredMb() - begunMb) / (Date.now() - begunMs)) * 1e6) / 1e3;
}

function tellPass(story: Story, { pass, verdict, plan, outcomes }: PassSummary): void {
  if (verdict === 'converged') return;
  const done = outcomes.filter(({ status }) => status === 'done').length;
  story.say(`Pass ${pass}: ${verdict}${outcomes.length > 0 ? `, ${done} of ${outcomes.length} steps done` : ''}.`);
  if (plan && plan.steps.length > 0) story.show(renderText(plan, { color: story.isColored }));
}

/** Until the person has seen enough. */
function keepWatching(story: Story, session: Session, workTree: string): Promise<number> {
  const shown = relative('.', workTree) || '.';
  story.say(`Watching. Edit a file in ${shown}, commit it, and see what happens; Ctrl-C ends.`);
  story.say(`The audit trail: git -C ${shown} log virtuoso/status`);
  session.loop.onPass(({ verdict }) => {
    if (verdict === 'converged') return;
    for (const condition of session.loop.conditions()) {
      if (condition.status === 'False') story.say(`${condition.object} is not ${condition.type}: ${condition.message}`);
    }
    story.say(`\n${fleetPicture(session.loop.view())}`);
  });
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
  });
}

async function until(condition: () => boolean): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > endMs) return false;
    await new Promise((done) => setTimeout(done, 20));
  }
  return true;
}
