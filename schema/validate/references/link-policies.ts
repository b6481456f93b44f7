import type { Diagnostic, LinkCarriage } from '../../generated/types.js';
import { decidingPolicies } from '../../link-policy/deciding-policy.js';
import { choosesSite, endsOf, labelledSite, type StatedPolicy } from '../../link-policy/stated-policy.js';
import { encrypts, named, unasked, usualTypes, whyNotType } from '../../link-policy/why-not-permitted.js';
import { broken } from '../diagnostic.js';
import type { FieldPath, Located } from '../document.js';
import { isStandIn } from '../unusable.js';
import { contradictions } from './contradicting-policies.js';
import { type Check, place, type Repository } from './repository.js';

type Policy = Located<'LinkPolicy'>;

/** Policies of links say what they mean, leave something, and do not contradict each other. */
export const checkLinkPolicies: Check = (repository) => {
  const policies = repository.of('LinkPolicy');
  const sound = policies.filter(
    ({ document: { spec } }) => (spec.between !== undefined) !== (spec.within !== undefined),
  );
  return [
    ...policies.filter((each) => !sound.includes(each)).map(whereless),
    ...sound.flatMap((policy) => [...clashingTypes(policy), ...nothingLeft(policy)]),
    ...(repository.isComplete('Site') ? sound.flatMap((policy) => unknownLabels(policy, repository)) : []),
    ...contradictions(sound, repository),
    ...(repository.isComplete('LinkPolicy') && repository.isComplete('Site') ? crossedPaths(sound, repository) : []),
  ];
};

function whereless({ document, locate }: Policy): Diagnostic {
  const both = document.spec.between !== undefined;
  const summary = both
    ? 'The policy has both `between` and `within`.'
    : 'The policy has neither `between` nor `within`.';
  return broken('VIRT8101', locate(['spec']), summary);
}

/** Lists that contradict each other. */
function clashingTypes({ document: { spec }, locate }: Policy): Diagnostic[] {
  const { allowed, preferred = [], forbidden = [], encryption, links } = spec;
  if (links === 'forbidden') {
    const useless = (['allowed', 'preferred', 'encryption'] as const).filter((field) => spec[field] !== undefined);
    return useless.map((field) => {
      const summary = `The policy forbids all links, so \`${field}\` says nothing.`;
      return broken('VIRT8102', locate(['spec', field]), summary, 'Remove it, or remove `links: forbidden`.');
    });
  }
  const clash = (type: string, ...field: FieldPath) => {
    if (isStandIn(type)) return [];
    const [list = ''] = field;
    if (forbidden.some((each) => each === type)) {
      return [broken('VIRT8102', locate(['spec', ...field]), `\`${type}\` is in \`${list}\` and in \`forbidden\`.`)];
    }
    if (list === 'preferred' && allowed?.every((each) => each !== type)) {
      return [broken('VIRT8102', locate(['spec', ...field]), `\`${type}\` is preferred, but not in \`allowed\`.`)];
    }
    if (list === 'preferred' && encryption === 'required' && !encrypts(type as LinkCarriage['type'], true)) {
      const summary = `\`${type}\` is preferred, but it does not encrypt, which the policy requires.`;
      return [broken('VIRT8102', locate(['spec', ...field]), summary)];
    }
    return [];
  };
  return [
    ...(allowed ?? []).flatMap((type, index) => clash(type, 'allowed', index)),
    ...preferred.flatMap((type, index) => clash(type, 'preferred', index)),
  ];
}

/** Of all types, none that the policy lets anybody open. */
function nothingLeft({ document: { metadata, spec }, locate }: Policy): Diagnostic[] {
  if (spec.links === 'forbidden' || (spec.allowed ?? []).some(isStandIn)) return [];
  const [first, second] = endsOf(spec);
  const opens = [first, second].filter((end) => end.opens !== false).length;
  const policy = { name: metadata.name, at: '', spec };
  const types = [...usualTypes, 'stun' as const].filter(
    (type) => whyNotType({ policy }, type, encrypts(type, true)) === null,
  );
  if (types.some((type) => opens === 2 || (opens === 1 && !unasked.has(type)))) return [];
  const field =
    opens === 0 || types.length > 0 ? (spec.within ? 'within' : 'between') : spec.allowed ? 'allowed' : 'forbidden';
  const why =
    opens === 0
      ? 'Neither end opens connections, so no link can be.'
      : types.length > 0
        ? `Both ends of ${types.map((type) => `\`${type}\``).join(', ')} send unasked, but one of them opens nothing.`
        : 'No type is left that the policy permits.';
  return [broken('VIRT8103', locate(['spec', field]), why)];
}

function unknownLabels({ document: { spec }, locate }: Policy, repository: Repository): Diagnostic[] {
  const sites = repository.of('Site').map(({ document }) => labelledSite(document.metadata));
  const fields: FieldPath[] = spec.within
    ? [['within']]
    : [
        ['between', 0],
        ['between', 1],
      ];
  return fields.flatMap((field, place): Diagnostic[] => {
    const end = endsOf(spec)[place] ?? {};
    if (end.labels === undefined || sites.some((site) => choosesSite({ labels: end.labels ?? {} }, site))) return [];
    const labels = Object.entries(end.labels).map(([key, value]) => `${key}: ${value}`);
    const summary = `No Site has ${labels.length > 1 ? 'all of ' : ''}the labels \`${labels.join(', ')}\`.`;
    const found = broken('VIRT8105', locate(['spec', ...field, 'labels']), summary);
    return [{ ...found, severity: 'warning' }];
  });
}

/** Paths with a `link` that the policy of their sites does not permit. */
function crossedPaths(policies: readonly Policy[], repository: Repository): Diagnostic[] {
  if (policies.length === 0) return [];
  const stated = policies.map(({ document: { metadata, spec }, locate }): StatedPolicy => {
    return { name: metadata.name, at: place(locate(['kind'])), spec };
  });
  const sites = repository.of('Site').map(({ document }) => labelledSite(document.metadata));
  const ruleOf = decidingPolicies({ policies: stated, sites });
  const refused = (
    located: Located<'Network'>,
    link: LinkCarriage | undefined,
    a: string,
    b: string,
    field: FieldPath,
  ) => {
    const rule = link && !isStandIn(link.type) ? ruleOf(a, b) : null;
    const why = link && rule && whyNotType(rule, link.type, encrypts(link.type, link.http?.secure !== false));
    if (!link || !rule || !why || rule.policy.spec.links === 'forbidden') return [];
    const where = a === b ? `Within ${a}` : `Between ${a} and ${b}`;
    const summary = `${where} there will be no links: ${named(rule)} ${why}.`;
    return [{ ...broken('VIRT8106', located.locate([...field, 'type']), summary), severity: 'warning' as const }];
  };
  return repository.of('Network').flatMap((located) => {
    const { within = [], between = [] } = located.document.spec;
    return [
      ...within.flatMap(({ site, link }, index) =>
        refused(located, link, site, site, ['spec', 'within', index, 'link']),
      ),
      ...between.flatMap(({ sites: [a = '', b = ''], link }, index) =>
        refused(located, link, a, b, ['spec', 'between', index, 'link']),
      ),
    ];
  });
}
