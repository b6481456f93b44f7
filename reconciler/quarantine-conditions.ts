import type { Quarantine } from '../schema/generated/types.js';
import type { ConditionDraft } from './condition-draft.js';

/** What was taken back and is not decided again, until when, and how to end that. */
export function quarantineConditions(quarantines: readonly Quarantine[]): ConditionDraft[] {
  return [...quarantines].reverse().map(({ plan, cause, reason, untilMs, vms, pairs }, place) => {
    const who = [...new Set([...vms, ...pairs.flatMap(({ source, destination }) => [source, destination])])].sort();
    const message =
      `${reason} ${cause === 'regression' ? 'It is not decided again' : 'It is not left again'} until ` +
      `${new Date(untilMs).toISOString()}, unless documents change: ${named(who)} stay where they are, and their frames travel as they do. ` +
      `\`virtuoso quarantine --lift ${plan}\` ends that.`;
    const object = place === 0 ? 'quarantine/decisions' : `quarantine/decisions-${place + 1}`;
    const why = cause === 'regression' ? 'MadeItWorse' : 'RolledBack';
    return { object, type: 'Degraded', status: 'True', reason: why, message };
  });
}

const mostNamed = 8;

function named(vms: readonly string[]): string {
  const more = vms.length - mostNamed;
  return more > 0 ? `${vms.slice(0, mostNamed).join(', ')} and ${more} more` : vms.join(', ');
}
