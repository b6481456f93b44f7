import { timeOf } from '../../schema/admission/rule-times.js';
import type { AdmissionRule, Diagnostic, Range } from '../../schema/generated/types.js';
import { broken } from '../../schema/validate/diagnostic.js';
import type { Located, LocatedDocument } from '../../schema/validate/document.js';
import type { RuleId } from '../../schema/validate/rules.js';
import type { Violation } from './judge-rule.js';
import type { RuleOutcome } from './outcome.js';

type Rule = Located<'AdmissionRule'>;

const ofAction: Record<AdmissionRule['spec']['action'], { id: RuleId; verb: string }> = {
  deny: { id: 'VIRT7011', verb: 'denies' },
  warn: { id: 'VIRT7012', verb: 'warns of' },
  audit: { id: 'VIRT7013', verb: 'notes' },
};

/** What rules say, each at the place to change: errors where an action is `deny`, warnings for all else. */
export function verdictOf(
  rules: readonly Rule[],
  outcomes: readonly RuleOutcome[],
  documents: readonly LocatedDocument[],
  nowMs: number,
): Diagnostic[] {
  const byName = new Map(documents.map((each) => [`${each.document.kind}/${each.document.metadata.name}`, each]));
  return rules.flatMap((rule, place) => {
    const outcome = outcomes[place];
    return [...expired(rule, nowMs), ...(outcome ? ofOutcome(rule, outcome, byName, nowMs) : [])];
  });
}

/** Whether what rules say forbids to go on. */
export function isDenied(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** What is told only to who asks for it. */
export function isAudit({ id }: Diagnostic): boolean {
  return id === 'VIRT7013';
}

function ofOutcome(
  rule: Rule,
  outcome: RuleOutcome,
  byName: ReadonlyMap<string, LocatedDocument>,
  nowMs: number,
): Diagnostic[] {
  const { metadata, spec } = rule.document;
  const name = `Rule ${metadata.name}`;
  if (outcome.kind === 'ended') {
    const range = rule.locate(['spec', 'validations']);
    return [graded(rule, broken('VIRT7014', range, `${name} was ended: ${outcome.reason}`))];
  }
  const exempt = exempted(rule.document, nowMs);
  const told = outcome.violations.filter(({ object }) => !exempt.has(object));
  const found = told.map((violation) => {
    const { object, validation, kind, message } = violation;
    if (kind === 'failed') {
      const range = rule.locate(['spec', 'validations', validation, 'expression']);
      return graded(rule, broken('VIRT7014', range, `${name} cannot judge ${object}: ${message}`));
    }
    const { id, verb } = ofAction[spec.action];
    const summary = `${name} ${verb} ${object}: ${message}`;
    return graded(rule, broken(id, placeOf(rule, violation, byName), summary, seeRule(rule)));
  });
  if (outcome.unlisted === 0) return found;
  const { id } = ofAction[spec.action];
  const summary = `${name} has ${outcome.unlisted} more violations, which are not listed.`;
  return [...found, graded(rule, broken(id, rule.locate(['metadata', 'name']), summary))];
}

function graded({ document }: Rule, diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: document.spec.action === 'deny' ? 'error' : 'warning' };
}

/** Where the document says what it should not; of a plan, the rule that judged it. */
function placeOf(rule: Rule, { object, validation }: Violation, byName: ReadonlyMap<string, LocatedDocument>): Range {
  const { fieldPath } = rule.document.spec.validations[validation] ?? {};
  const judged = byName.get(object);
  if (judged) return judged.locate(fieldPath === undefined ? ['metadata', 'name'] : fieldPath.split('.'));
  return rule.locate(['spec', 'validations', validation, 'expression']);
}

function seeRule({ locate, document }: Rule): string {
  const { filename, start } = locate(['metadata', 'name']);
  return `The rule is at ${filename}:${start.line}. Change ${document.spec.match.plans ? 'what the plan follows from' : 'the document'}, or add an exemption there.`;
}

function exempted({ spec }: AdmissionRule, nowMs: number): ReadonlySet<string> {
  const standing = (spec.exemptions ?? []).filter(({ until }) => (timeOf(until) ?? 0) > nowMs);
  return new Set(standing.map(({ object }) => object));
}

function expired({ document, locate }: Rule, nowMs: number): Diagnostic[] {
  return (document.spec.exemptions ?? []).flatMap(({ object, until }, place) => {
    if ((timeOf(until) ?? 0) > nowMs) return [];
    const summary = `The exemption of ${object} from rule ${document.metadata.name} has expired.`;
    const range = locate(['spec', 'exemptions', place, 'until']);
    return [{ ...broken('VIRT7010', range, summary), severity: 'warning' }];
  });
}
