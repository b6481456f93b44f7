import type { Condition, ConditionChange } from '../schema/generated/types.js';

/**
 * What is different between two lists of conditions, by object and type. Messages alone, which hold figures, are no news; nor is a
 * condition that comes or goes and says that all is well.
 */
export function conditionNews(before: readonly Condition[], now: readonly Condition[], at: string): ConditionChange[] {
  const known = new Map(before.map((condition) => [nameOf(condition), condition]));
  const changed = now.filter((condition) => {
    const old = known.get(nameOf(condition));
    return old ? old.status !== condition.status || old.reason !== condition.reason : isTrouble(condition);
  });
  const present = new Set(now.map(nameOf));
  const gone = before.filter((condition) => !present.has(nameOf(condition)) && isTrouble(condition));
  const changes = [
    ...changed.map((condition) => changeOf(condition, condition.status, condition.lastTransitionTime)),
    ...gone.map((condition) => changeOf(condition, 'Gone', at)),
  ];
  return changes.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function changeOf(
  { object, type, reason, message }: Condition,
  status: ConditionChange['status'],
  since: string,
): ConditionChange {
  return { object, type, status, reason, message, since };
}

/** `Ready` and `SourceVerified` are well when true, the others when not. */
function isTrouble({ type, status }: Condition): boolean {
  return type === 'Ready' || type === 'SourceVerified' ? status !== 'True' : status === 'True';
}

const nameOf = ({ object, type }: { object: string; type: string }): string => `${object} ${type}`;
