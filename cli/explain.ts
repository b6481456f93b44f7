import type { Journal } from '../reconciler/ports.js';
import { explainHost, type HostExplanation } from './explain-host.js';
import { explainLink, type LinkExplanation, type StudyLink } from './explain-link.js';
import { hostText, linkText, vmText } from './explain-text.js';
import { explainVm, type StudyVm, type VmExplanation } from './explain-vm.js';

type Explained = VmExplanation | HostExplanation | LinkExplanation;

export type Explanation = Explained | { kind: 'unknown'; message: string };

/**
 * Why an object, `vm/NAME`, `host/NAME` or `link/A--B`, is as it is, from the journal; with `studyVm`, also what else there was for a
 * VM. Of a link, `studyLink` tells which types there are.
 */
export async function explain(
  journal: Pick<Journal, 'entries' | 'latest'>,
  object: string,
  studyVm: StudyVm | null = null,
  studyLink: StudyLink | null = null,
): Promise<Explanation> {
  const [, a, b] = /^link\/([a-z0-9-]+?)--([a-z0-9-]+)$/.exec(object) ?? [];
  if (a !== undefined && b !== undefined && studyLink !== null) {
    const link = await explainLink(journal, [a, b], studyLink);
    return typeof link === 'string' ? { kind: 'unknown', message: link } : link;
  }
  const [, kind = '', name = ''] = /^(vm|host)\/([^/]+)$/.exec(object) ?? [];
  if (name === '')
    return {
      kind: 'unknown',
      message: `${JSON.stringify(object)} names nothing: write vm/NAME, host/NAME or link/A--B`,
    };
  const explanation = kind === 'vm' ? await explainVm(journal, name, studyVm) : await explainHost(journal, name);
  return explanation ?? { kind: 'unknown', message: await unknownObject(journal, kind === 'vm' ? 'vm' : 'host', name) };
}

/** Why an object cannot be told of, and which there are. */
export async function unknownObject(
  journal: Pick<Journal, 'latest'>,
  kind: 'vm' | 'host',
  name: string,
): Promise<string> {
  const latest = await journal.latest();
  if (latest === null) return 'no pass has done or refused anything yet: there is nothing to tell';
  const seen = latest.entry.placement.map(({ vm, host }) => (kind === 'vm' ? vm : host));
  const names = [...new Set(seen)].sort().slice(0, 10);
  return `no pass has recorded a ${kind} named ${JSON.stringify(name)}: those in use are ${names.join(', ') || 'none'}`;
}

export function explanationJson(explanation: Explained): string {
  return `${JSON.stringify({ format_version: '1', ...explanation }, null, 2)}\n`;
}

export function explanationText(explanation: Explained): string {
  if (explanation.kind === 'link') return linkText(explanation);
  return explanation.kind === 'vm' ? vmText(explanation) : hostText(explanation);
}
