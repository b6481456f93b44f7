import { labelledSite } from '../../schema/link-policy/stated-policy.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { printable } from '../../schema/validate/render.js';
import type { Snapshot } from '../model/snapshot.js';
import { ofKind } from './documents-by-kind.js';

/** What documents say about links between sites; nothing where none is a LinkPolicy. */
export function linkPolicies(documents: readonly LocatedDocument[]): Pick<Snapshot, 'linkPolicies'> {
  const policies = documents.flatMap(({ document, locate }) => {
    if (document.kind !== 'LinkPolicy') return [];
    const { filename, start } = locate(['kind']);
    return [{ name: document.metadata.name, at: printable(`${filename}:${start.line}`), spec: document.spec }];
  });
  if (policies.length === 0) return {};
  const sites = ofKind(documents, 'Site').map(({ metadata }) => labelledSite(metadata));
  return { linkPolicies: { policies: policies.sort((a, b) => (a.name < b.name ? -1 : 1)), sites } };
}
