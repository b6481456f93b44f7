import { simpleGit } from 'simple-git';
import type { FleetView, Plan } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { labApi, labFolders } from './lab-process.js';

const quietIntervals = 6;
/** After VMs have rested: a pass looks again once the cooldown is over, at what is then smoothed. */
const intervalsAfterCooldown = 3;
const timeoutMs = 180_000;
const pollMs = 200;

/** What the journal says of one pass. */
export interface RecordedPass {
  summary: string;
  plan: Plan | null;
}

/** The lab's reconciler as its API and its journal show it. */
export class LabView {
  readonly #client: ApiClient;
  readonly #repository: string;

  constructor(lab: string) {
    this.#client = new ApiClient(labApi, labFolders(lab).reconciler);
    this.#repository = labFolders(lab).repository;
  }

  async view(): Promise<FleetView> {
    return (await this.#get<FleetView>('/v1/fleet')) ?? emptyView;
  }

  async statusCommit(): Promise<string | null> {
    const found = await simpleGit(this.#repository).raw([
      'for-each-ref',
      '--format=%(objectname)',
      'refs/heads/virtuoso/status',
    ]);
    return found.trim() || null;
  }

  async until(condition: (view: FleetView) => boolean): Promise<boolean> {
    for (const endMs = Date.now() + timeoutMs; Date.now() < endMs; await sleep()) {
      if (condition(await this.view())) return true;
    }
    return false;
  }

  /**
   * Until the application was recognised and nothing was done or recorded for some smoothing intervals. A reconciler that was
   * killed has recorded nothing, and when it is back it has yet to recognise the application. While VMs that have moved rest,
   * the fleet waits for them, and is not quiet.
   * @param cooldownMs for which VMs rest
   */
  async untilQuiet(cooldownMs: number, onRecord: (entry: RecordedPass) => void): Promise<boolean> {
    let [commit, changedMs] = [await this.statusCommit(), Date.now()];
    for (const endMs = Date.now() + timeoutMs; Date.now() < endMs; await sleep()) {
      const newest = await this.statusCommit();
      if (newest !== commit) {
        [commit, changedMs] = [newest, Date.now()];
        if (newest !== null) onRecord(await this.#recorded(newest));
      }
      const { traffic, phase } = await this.view();
      const isKnown = traffic.declaredAtMs !== null && phase !== 'starting';
      if (!isKnown || phase === 'applying') changedMs = Date.now();
      else if (Date.now() - changedMs > quietMs(traffic.smoothingIntervalMs, cooldownMs)) return true;
    }
    return false;
  }

  /** A pass that was refused has no plan. */
  async #recorded(commit: string): Promise<RecordedPass> {
    const git = simpleGit(this.#repository);
    const summary = (await git.raw(['log', '-1', '--format=%B', commit])).trim();
    const files = (await git.raw(['ls-tree', '--name-only', commit])).split('\n');
    const plan = files.includes('plan.json') ? (JSON.parse(await git.show(`${commit}:plan.json`)) as Plan) : null;
    return { summary, plan };
  }

  async #get<T>(path: string): Promise<T | null> {
    const answer = await this.#client.get(path);
    return typeof answer === 'string' || answer.status !== 200 ? null : (answer.body as T);
  }
}

const emptyView: FleetView = {
  format_version: '1',
  source: null,
  pass: 0,
  phase: 'starting',
  hosts: [],
  vms: [],
  links: [],
  traffic: { declaredAtMs: null, smoothingIntervalMs: 0, demands: [] },
  score: null,
};

const quietMs = (smoothingIntervalMs: number, cooldownMs: number): number =>
  Math.max(quietIntervals * smoothingIntervalMs, cooldownMs + intervalsAfterCooldown * smoothingIntervalMs);

const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pollMs));
