import type { Checked } from '../../../schema/objective/checked.js';
import { terms } from '../../../schema/objective/terms.js';

/** What a path does not carry of its demand, as it would be written in an objective. */
export const unmetTree: Checked = {
  ...{ kind: 'term', term: 'unmet' },
  level: terms.unmet.level,
  unit: terms.unmet.unit,
  range: terms.unmet.range,
};
