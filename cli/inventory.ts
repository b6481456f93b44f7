import { merge } from '../reconciler/merge/merge.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';
import type { Source } from '../reconciler/ports.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import { validateFiles } from '../schema/validate/validate-files.js';

/** What the documents of a source say before any host has been heard of; a text says what is wrong with them. */
export async function readInventory(source: Source): Promise<Snapshot | string> {
  const read = await source.read();
  if (read.kind !== 'documents') return read.message;
  const { documents, diagnostics } = validateFiles(read.files);
  if (diagnostics.some(({ severity }) => severity === 'error')) return renderDiagnostics(diagnostics, 'text');
  const merged = merge(documents, read.source, {
    format_version: '1',
    nowMs: 0,
    hosts: [],
    traffic: { declaredAtMs: null, smoothingIntervalMs: 0, demands: [] },
    lastPlacement: [],
  });
  return 'kind' in merged ? renderDiagnostics(merged.diagnostics, 'text') : merged;
}
