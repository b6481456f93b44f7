import type { Periodic } from '../schema/adjusted-schedule.js';
import type { ScheduleView } from '../schema/generated/types.js';
import { periodicText, statedSchedule } from '../schema/schedule.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import type { SourceFile } from '../schema/validate/source-file.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { withSchedule } from './persist-edit.js';

/** Which of what users have chosen shall be stated. */
export interface Wanted {
  /** Names; all that users have changed when left out. */
  vms?: readonly string[];
  /** One member's choice is for its whole set. */
  forSet: boolean;
}

export type Proposal =
  | {
      kind: 'proposed';
      files: { path: string; text: string }[];
      sets: { set: string; schedule: Periodic; by: string[] }[];
    }
  | { kind: 'refused'; message: string };

/** Documents that state what users have chosen, with as little changed as possible. */
export function proposal(
  files: readonly SourceFile[],
  schedules: readonly ScheduleView[],
  { vms, forSet }: Wanted,
): Proposal {
  const unknown = vms?.find((vm) => !schedules.some((each) => each.vm === vm && isChanged(each)));
  if (unknown !== undefined) return refused(`Nobody has changed the schedule of ${unknown}: nothing to propose.`);
  const chosen = schedules.filter((each) => isChanged(each) && (vms?.includes(each.vm) ?? true));
  if (chosen.length === 0) return refused('Nobody has changed a schedule: nothing to propose.');
  const sets: { set: string; schedule: Periodic; by: string[] }[] = [];
  for (const set of new Set(chosen.map((each) => each.set))) {
    const members = schedules.filter((each) => each.set === set);
    const agreed = agreement(
      set,
      members,
      chosen.filter((each) => each.set === set),
      forSet,
    );
    if (typeof agreed === 'string') return refused(agreed);
    sets.push({ set, schedule: agreed, by: [...new Set(chosen.flatMap(({ adjusted }) => adjusted?.key ?? []))] });
  }
  return edited(files, sets);
}

const isChanged = ({ stated, inForce }: ScheduleView) => !isSame(stated, inForce);
const isSame = (a: Periodic, b: Periodic) => a.periodUs === b.periodUs && a.sliceUs === b.sliceUs;
const refused = (message: string): Proposal => ({ kind: 'refused', message });

/** The schedule that a whole set is to have; a text says why there is none. A schedule is stated for all members at once. */
function agreement(
  set: string,
  members: readonly ScheduleView[],
  chosen: readonly ScheduleView[],
  forSet: boolean,
): Periodic | string {
  const [first] = chosen;
  if (first === undefined) return `Nobody has changed a schedule of VMSet ${set}.`;
  const others = (forSet ? chosen : members).filter(({ inForce }) => !isSame(inForce, first.inForce));
  if (others.length === 0) return first.inForce;
  const told = [first, ...others.slice(0, 3)].map(({ vm, inForce }) => `${vm} has ${periodicText(inForce)}`).join(', ');
  const help = forSet
    ? 'Name one VM whose schedule all shall have.'
    : 'Have the members agree, or name one VM and give its schedule to all of them with --set.';
  return `VMSet ${set} states one schedule for all its members, and they differ: ${told}. ${help}`;
}

function edited(files: readonly SourceFile[], sets: Extract<Proposal, { kind: 'proposed' }>['sets']): Proposal {
  let texts = [...files];
  for (const { set, schedule } of sets) {
    let isFound = false;
    for (const [place, file] of texts.entries()) {
      if (!('text' in file)) continue;
      const text = withSchedule(file.text, set, schedule);
      if (text instanceof Error) return refused(`${file.path}: ${text.message}.`);
      if (text === null) continue;
      isFound = true;
      texts = texts.with(place, { path: file.path, text });
    }
    if (!isFound)
      return refused(`No document of the repository is VMSet ${set}: name the repository that the reconciler reads.`);
  }
  return checked(files, texts, sets);
}

/** The documents say what was meant, and break no rule: the bounds of other users may exclude what one has chosen. */
function checked(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
  sets: Extract<Proposal, { kind: 'proposed' }>['sets'],
): Proposal {
  const { documents, diagnostics } = validateFiles(after);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return refused(`The documents would not be valid:\n${renderDiagnostics(errors, 'text')}`);
  for (const { set, schedule } of sets) {
    const found = documents.find(
      ({ document }) => document.kind === 'VMSet' && document.metadata.name === set,
    )?.document;
    const stated = found?.kind === 'VMSet' && found.spec.schedule;
    if (!stated || !isSame(statedSchedule(stated, found.spec.compute), schedule))
      return refused(
        `The schedule of VMSet ${set} is written in a way that cannot be edited: state ${periodicText(schedule)} by hand.`,
      );
  }
  const files = after.flatMap((file, place) => ('text' in file && file !== before[place] ? [file] : []));
  return { kind: 'proposed', files, sets };
}
