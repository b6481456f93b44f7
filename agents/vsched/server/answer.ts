import type { ProcessOperator, VschedAbility, VschedRequest } from '../../../schema/generated/types.js';
import type { Vsched } from '../../substrate.js';
import type { SchedulerAbility } from '../scheduler-backend.js';
import { type Authority, authorityOf } from './authority.js';
import { type Outcome, refused } from './outcome.js';
import { ProcessRequests } from './process-requests.js';
import type { ProcessTable } from './process-table.js';
import type { UserIds } from './user-ids.js';
import { adjustableVms, adjustVm, restoreVm } from './vm-requests.js';

/** What requests are about. */
export interface RequestWorld {
  vsched: Vsched;
  /** Who may schedule whose processes, as documents say now. */
  operators(): readonly ProcessOperator[];
  processes: ProcessTable;
  userId: UserIds;
  nowMs(): number;
}

/** What a key may do at this moment. */
export async function authorityNow({ vsched, operators, userId }: RequestWorld, key: string): Promise<Authority> {
  return authorityOf(key, operators(), await vsched.current(), userId);
}

/** Does what a key asks for, or says why not. */
export async function answer(request: VschedRequest, authority: Authority, world: RequestWorld): Promise<Outcome> {
  const { vsched, nowMs, processes: table } = world;
  const processes = vsched.backend && new ProcessRequests(vsched.backend, table);
  switch (request.kind) {
    case 'list': {
      const all = (await vsched.backend?.tasks()) ?? [];
      const scheduler = vsched.backend ? { scheduler: abilityOf(vsched.backend.ability) } : {};
      const tasks = processes?.list(authority, all) ?? [];
      return { kind: 'listed', ...scheduler, tasks, vms: adjustableVms(authority, all) };
    }
    case 'adjust':
      return adjustVm(vsched, authority, request.vm, request, nowMs());
    case 'restore':
      return restoreVm(vsched, authority, request.vm, nowMs());
    default:
      if (processes) return ofProcesses(request, authority, processes);
      return refused('unsupported', 'this host schedules no processes: only VMs can be changed here');
  }
}

type OfProcesses = Exclude<VschedRequest, { kind: 'list' | 'adjust' | 'restore' }>;

function ofProcesses(request: OfProcesses, authority: Authority, processes: ProcessRequests): Promise<Outcome> {
  switch (request.kind) {
    case 'find':
      return processes.find(authority, request.text);
    case 'identify':
      return processes.identify(authority, request.pid);
    case 'admit':
      return processes.admit(authority, request);
    case 'set':
      return processes.set(authority, request);
    default:
      return processes[request.kind](authority, request.process);
  }
}

function abilityOf({ backend, guarantee, modes, pauses, cpus, ...ability }: SchedulerAbility): VschedAbility {
  const { floorUs, longestPeriodUs, leastSliceUs, reservedPpm } = ability;
  const bounds = { floorUs, longestPeriodUs, leastSliceUs, reservedPpm };
  return { backend, guarantee, ...bounds, modes: [...modes], pauses, cpus: [...cpus] };
}
