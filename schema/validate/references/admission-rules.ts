import { kindsOf, readRule, subjectOf } from '../../admission/read-rule.js';
import { timeOf } from '../../admission/rule-times.js';
import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { Located } from '../document.js';
import { nearest } from '../edit-distance.js';
import { isKind, kinds } from '../kinds.js';
import { isStandIn } from '../unusable.js';
import type { Check, Repository } from './repository.js';

/** Rules for documents and plans can be evaluated, and speak of what there is. */
export const checkAdmissionRules: Check = (repository) =>
  repository
    .of('AdmissionRule')
    // What is wrong with `match` is told already, and nothing is known of what the rule judges.
    .filter(({ document }) => Object.keys(document.spec.match).length === 1)
    .flatMap((located) => [
      ...unknownKinds(located),
      ...expressionFaults(located),
      ...exemptionFaults(located, repository),
      ...testFaults(located),
    ]);

type Rule = Located<'AdmissionRule'>;

function unknownKinds({ document, locate }: Rule): Diagnostic[] {
  return (document.spec.match.documents?.kinds ?? []).flatMap((name, place) => {
    if (isKind(name) || isStandIn(name)) return [];
    const guess = nearest(name, kinds);
    const choice = `Kinds are ${kinds.map((each) => `\`${each}\``).join(', ')}.`;
    const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
    const range = locate(['spec', 'match', 'documents', 'kinds', place]);
    return [broken('VIRT2003', range, `There is no kind \`${name}\`.`, detail)];
  });
}

function expressionFaults({ document, locate }: Rule): Diagnostic[] {
  const read = readRule(document);
  if (read.kind === 'rule') return [];
  return read.faults.map(({ id, field, start, end, summary, detail }) =>
    broken(id, locate(['spec', ...field], { start, end }), summary, detail),
  );
}

function exemptionFaults({ document, locate }: Rule, repository: Repository): Diagnostic[] {
  const subject = subjectOf(document);
  return (document.spec.exemptions ?? []).flatMap(({ object, until }, place) => {
    const at = (field: string) => locate(['spec', 'exemptions', place, field]);
    const found: Diagnostic[] = [];
    if (!isStandIn(until) && timeOf(until) === null) {
      found.push(broken('VIRT7006', at('until'), `There is no time \`${until}\`.`));
    }
    if (isStandIn(object)) return found;
    const [kind = '', name = ''] = object.split('/');
    const isJudged = subject === 'plans' ? object === 'Plan' : kindsOf(document).some((each) => each === kind);
    if (!isJudged) {
      found.push(broken('VIRT7007', at('object'), `The rule does not judge \`${object}\`.`));
    } else if (isKind(kind) && !repository.has(kind, name) && repository.isComplete(kind)) {
      const summary = `There is no ${kind} \`${name}\` to exempt.`;
      found.push(broken('VIRT3006', at('object'), summary, 'Correct the name, or remove the exemption.'));
    }
    return found;
  });
}

function testFaults({ document, locate }: Rule): Diagnostic[] {
  const subject = subjectOf(document);
  return document.spec.tests.flatMap((test, place) => {
    const at = (...field: (string | number)[]) => locate(['spec', 'tests', place, ...field]);
    const found: Diagnostic[] = [];
    if (test.at !== undefined && !isStandIn(test.at) && timeOf(test.at) === null) {
      found.push(broken('VIRT7006', at('at'), `There is no time \`${test.at}\`.`));
    }
    const [wanted, other] = subject === 'plans' ? (['plan', 'document'] as const) : (['document', 'plan'] as const);
    if (test[other] !== undefined) {
      const summary = `The test has a \`${other}\`, and the rule judges ${subject}.`;
      found.push(broken('VIRT7008', at(other), summary));
    }
    if (test[wanted] === undefined) {
      found.push(broken('VIRT7008', at('name'), `The test has no \`${wanted}\`.`));
    }
    const kind = test.document?.kind;
    if (subject === 'documents' && kind !== undefined && !kindsOf(document).some((each) => each === kind)) {
      found.push(broken('VIRT7008', at('document', 'kind'), `The rule does not judge a ${String(kind).slice(0, 64)}.`));
    }
    (test.documents ?? []).forEach((each, index) => {
      if (isKind(each.kind)) return;
      found.push(broken('VIRT7008', at('documents', index), 'This has no `kind` that there is.', 'Add its `kind`.'));
    });
    return found;
  });
}
