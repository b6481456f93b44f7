import type { LocatedDocument } from '../schema/validate/document.js';

/**
 * Why documents must not follow those before them: they want no VM at all where those wanted some, as after a wrong folder, a bad merge or a
 * checkout that failed; and nobody says that this is meant. Null: they may.
 */
export function emptied(before: readonly LocatedDocument[], after: readonly LocatedDocument[]): string | null {
  const wanted = vmsIn(before);
  if (wanted === 0 || vmsIn(after) > 0 || after.some(allowsEmpty)) return null;
  const what = after.length === 0 ? 'it has no documents at all' : 'it has no VMSet';
  const were = wanted === 1 ? 'the documents before it want a VM' : `the documents before it want ${wanted} VMs`;
  return (
    `${what}, and ${were}. If the fleet is to be emptied, keep the inventory and say so with ` +
    '`allowEmpty: true` in a ChangeLimit of the same commit; otherwise put the documents back.'
  );
}

function vmsIn(documents: readonly LocatedDocument[]): number {
  return documents.reduce(
    (sum, { document }) => sum + (document.kind === 'VMSet' ? document.spec.members.length : 0),
    0,
  );
}

function allowsEmpty({ document }: LocatedDocument): boolean {
  return document.kind === 'ChangeLimit' && document.spec.allowEmpty === true;
}
