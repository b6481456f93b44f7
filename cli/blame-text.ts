import { round } from '../reconciler/adapters/journal-text.js';
import { periodicText } from '../schema/schedule.js';
import { printable } from '../schema/validate/render.js';
import type { Blame, BlameEvent } from './blame.js';
import type { Happening } from './blame-events.js';
import type { Answer, Disturbance, Grounds } from './blame-grounds.js';
import type { DemandChange } from './blame-traffic.js';
import { columns, when } from './columns.js';
import type { DocumentChange } from './document-changes.js';
import { shortSource } from './history.js';

/** Lines of one kind that are shown; the JSON has all. */
const most = 5;

export function blameText({ vm, events, unreadable }: Blame): string {
  const head =
    events.length === 0
      ? `Nothing has happened to ${vm} since the journal began.`
      : `What happened to ${vm}, newest first.`;
  const some =
    unreadable === 1
      ? '1 entry of the journal cannot be read and is'
      : `${unreadable} entries of the journal cannot be read and are`;
  const left = unreadable === 0 ? [] : ['', `${some} left out.`];
  return `${[head, ...events.flatMap((each) => ['', ...eventLines(vm, each)]), ...left].join('\n')}\n`;
}

function eventLines(vm: string, event: BlameEvent): string[] {
  const { pass, at, actor, trigger, source, commit, grounds, what, reason } = event;
  const isDecided = grounds.answer !== 'user' && grounds.answer !== 'others' && reason !== null;
  return [
    `${when(at)}  pass ${pass}  ${inWords(vm, what)}`,
    `    ${answerLine(grounds)}`,
    ...groundLines(grounds).map((line) => `      ${line}`),
    ...(what.kind === 'paths' ? pathLines(what).map((line) => `    ${line}`) : []),
    ...(isDecided ? [`    Decided: ${printable(reason)}`] : []),
    `    By ${printable(actor)}, asked for by: ${printable(trigger)}. Documents ${printable(shortSource(source))}, entry ${commit.slice(0, 12)}.`,
  ];
}

function inWords(vm: string, what: Happening): string {
  switch (what.kind) {
    case 'created':
      return `created on ${what.host}`;
    case 'moved':
      return `moved from ${what.from} to ${what.to}`;
    case 'stopped':
      return `stopped on ${what.host}`;
    case 'resized':
      return `promised another size on ${what.host}`;
    case 'schedule':
      return `schedule on ${what.host}: ${schedule(what.before)}, now ${schedule(what.after)}`;
    case 'adjusted':
      return `schedule on ${what.host}: ${periodicText(what.before)}, now ${periodicText(what.after)}, as ${what.key} chose`;
    case 'paths':
      return `frames of ${vm} travel differently${what.whole ? '' : ', as far as steps were done'}`;
    case 'found':
      return foundInWords(what);
  }
}

function foundInWords({ from, to, begun }: Extract<Happening, { kind: 'found' }>): string {
  const was = from === null ? 'where none was recorded' : `left on ${from}`;
  const is = to === null ? 'found nowhere' : `found on ${to}`;
  return `${is}, ${was}${begun ? '; the pass before had begun to move it there' : ''}`;
}

function schedule(stated: { periodUs: number; sliceUs: number } | null): string {
  return stated === null ? 'none' : periodicText(stated);
}

const answers: Record<Answer, string> = {
  policy: 'Policy: documents had changed',
  traffic: 'Traffic: demands, or what paths give, had changed',
  both: 'Both: documents and traffic had changed',
  repair: 'Repair: the fleet was not as it had been left',
  reverted: 'Reverted: what had been changed was measured to have made it worse',
  operator: 'Operator: somebody applied a saved plan',
  user: 'User: within the bounds that documents grant',
  others: 'Others: no recorded pass did that',
  unchanged: 'Neither: nothing that is recorded had changed but the time',
  unknown: 'Not known: documents cannot be read any more',
};

function answerLine({ answer, ofOthers, since, decidedAgain }: Grounds): string {
  const compared = answer === 'user' || answer === 'others' || since === null ? '' : ` since pass ${since.pass}`;
  const other = answer === 'policy' ? ['Traffic', 'traffic'] : ['Documents', 'documents'];
  const again = decidedAgain
    ? ` ${other[0]} had changed, too; decided again with the ${other[1]} of pass ${since?.pass}, it comes to the same.`
    : '';
  return `${answers[answer]}${compared}${ofOthers ? ', for others with whom it shares the fleet' : ''}.${again}`;
}

function groundLines({ documents, reason, demands, paths, disturbances, since }: Grounds): string[] {
  const older = since === null ? '' : ` of ${shortSource(since.source)}`;
  return [
    ...(documents === null
      ? [printable(reason)]
      : columns(shown(documents).map((change) => documentCells(change, older)))),
    ...more(documents ?? []),
    ...columns(shown(demands).map((change) => [`demand ${change.source} -> ${change.destination}`, rates(change)])),
    ...more(demands),
    ...columns(shown(paths).map((change) => [`path ${change.from} -> ${change.to} gives`, rates(change, 'not known')])),
    ...more(paths),
    ...shown(disturbances).map(disturbanceLine),
    ...more(disturbances),
  ];
}

function shown<T>(list: readonly T[]): readonly T[] {
  return list.slice(0, most);
}

function more(list: readonly unknown[]): string[] {
  return list.length > most ? [`and ${list.length - most} more (-o json has all)`] : [];
}

function documentCells(change: DocumentChange, older: string): string[] {
  const { kind, name, field, place } = change;
  const where = `${place.filename}:${place.line}:${place.column}${place.commit === 'before' ? older : ''}`;
  const what =
    field === ''
      ? place.commit === 'after'
        ? 'new'
        : 'gone'
      : `${field}: ${value(change.before)}, now ${value(change.after)}`;
  return [`${kind} ${name}`, what, where].map(printable);
}

/** As JSON, and no longer than a line. */
function value(written: unknown): string {
  if (written === undefined) return 'not there';
  const text = [...(typeof written === 'string' ? written : JSON.stringify(written))];
  return text.length > 60 ? `${text.slice(0, 59).join('')}…` : text.join('');
}

function rates({ beforeMbps, afterMbps }: Pick<DemandChange, 'beforeMbps' | 'afterMbps'>, without = 'none'): string {
  const rate = (mbps: number | null) => (mbps === null ? without : `${round(mbps)} Mb/s`);
  return `${rate(beforeMbps)}, now ${rate(afterMbps)}`;
}

function disturbanceLine(each: Disturbance): string {
  if (each.kind === 'host') return `host ${each.host} ${each.change}`;
  if (each.kind === 'link')
    return `link ${each.a}--${each.b} ${each.change === 'went' ? 'failed' : 'can be counted on again'}`;
  return `the VM was left ${each.from === null ? 'nowhere' : `on ${each.from}`} and found ${each.to === null ? 'nowhere' : `on ${each.to}`}`;
}

function pathLines({ changes, links }: Extract<Happening, { kind: 'paths' }>): string[] {
  const way = (hosts: readonly string[]) => (hosts.length === 0 ? 'none' : hosts.join(' -> '));
  return [
    ...columns(
      changes.map(({ source, destination, before, after }) => [
        `to ${destination} from ${source}`,
        `${way(before)}, now ${way(after)}`,
      ]),
    ),
    ...links.map(({ a, b, action }) => `link ${a}--${b} ${action === 'up' ? 'set up' : 'taken down'}`),
  ];
}
