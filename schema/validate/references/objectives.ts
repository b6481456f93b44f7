import { readObjective } from '../../objective/read-objective.js';
import { broken } from '../diagnostic.js';
import type { Check } from './repository.js';

/** Expressions of objectives have one finite value for every configuration, whatever is measured. */
export const checkObjectives: Check = (repository) =>
  repository.of('Objective').flatMap(({ document, locate }) => {
    const read = readObjective(document.spec);
    if (read.kind === 'objective') return [];
    return read.faults.map(({ id, field, start, end, summary, detail }) =>
      broken(id, locate(['spec', ...field], { start, end }), summary, detail),
    );
  });
