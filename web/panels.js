import { element, row, table } from './element.js';

/** @typedef {import('../schema/generated/types.js').Condition} Condition */
/** @typedef {import('../schema/generated/types.js').FleetView} FleetView */
/** @typedef {import('../schema/generated/types.js').LogEvent} LogEvent */
/** @typedef {import('../schema/generated/types.js').ObjectiveValue} ObjectiveValue */
/** @typedef {import('../schema/generated/types.js').Plan} Plan */
/** @typedef {import('../schema/generated/types.js').Score} Score */
/** @typedef {import('../schema/generated/types.js').ScoreBound} ScoreBound */
/** @typedef {import('../schema/generated/types.js').TrafficEntry} TrafficEntry */

/** @param {string} text */
const nothing = (text) => element('p.nothing', {}, text);

/** @param {number} value */
const figure = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));

/** Where the demand is not what was seen: the mark, and what it means. */
const marks = {
  observed: { mark: '', meaning: 'as observed' },
  'at-least': { mark: '≥ ', meaning: 'held back by the network, so raised' },
  remembered: { mark: '~ ', meaning: 'remembered from when it was not held back' },
};

/** @param {FleetView} view */
export function status({ phase, pass, source, hosts }) {
  const silent = hosts.filter((host) => host.presence !== 'connected').length;
  return [
    element(`span.badge.${phase === 'idle' ? 'good' : 'busy'}`, {}, phase),
    element('span', {}, `pass ${pass}`),
    element('span', { title: source ?? '' }, source === null ? 'no documents yet' : `source ${source.slice(0, 12)}`),
    ...(silent === 0 ? [] : [element('span.badge.bad', {}, `${silent} of ${hosts.length} hosts silent`)]),
  ];
}

/** @param {FleetView} view */
export function vms({ vms: list }) {
  if (list.length === 0) return nothing('No VM is wanted or runs.');
  const badge = (/** @type {string} */ phase) =>
    element(`span.badge.${phase === 'running' ? 'good' : phase === 'failed' ? 'bad' : 'busy'}`, {}, phase);
  return table(
    ['VM', 'host', 'phase'],
    list.map((vm) => row([vm.name, vm.host ?? '–', badge(vm.phase)])),
  );
}

/**
 * One matrix for each virtual network: senders down, receivers across.
 * @param {FleetView} view
 */
export function traffic({ traffic: { demands }, vms: list }) {
  const names = new Map(list.flatMap((vm) => vm.macs.map((mac) => [mac, vm.name])));
  const name = (/** @type {string} */ mac) => names.get(mac) ?? mac;
  const networks = [...new Set(demands.map((demand) => demand.network))].sort();
  if (networks.length === 0) return [nothing('VTTIF has declared no traffic yet.')];
  const matrices = networks.flatMap((network) => {
    const entries = demands.filter((demand) => demand.network === network);
    return [element('h3', {}, `from ↓ to →, network ${network}`), matrix(entries, name)];
  });
  const used = new Set(demands.map((demand) => demand.origin));
  const legend = Object.entries(marks).flatMap(([origin, { mark, meaning }]) =>
    mark !== '' && used.has(/** @type {TrafficEntry['origin']} */ (origin))
      ? [element('span', {}, mark + meaning)]
      : [],
  );
  return [...matrices, element('p.legend', {}, ...legend)];
}

/**
 * @param {TrafficEntry[]} entries
 * @param {(mac: string) => string} name
 */
function matrix(entries, name) {
  const macs = [...new Set(entries.flatMap(({ source, destination }) => [source, destination]))];
  macs.sort((a, b) => (name(a) < name(b) ? -1 : 1));
  const cells = new Map(entries.map((entry) => [`${entry.source} ${entry.destination}`, entry]));
  const largest = Math.max(...entries.map((entry) => entry.rateMbps));
  const rows = macs.map((source) =>
    row([name(source), ...macs.map((to) => rate(cells.get(`${source} ${to}`), largest))]),
  );
  const shown = table(['', ...macs.map(name)], rows);
  shown.classList.add('matrix');
  return shown;
}

/**
 * @param {TrafficEntry | undefined} entry
 * @param {number} largest
 */
function rate(entry, largest) {
  if (entry === undefined) return element('span.rate.none', {}, '·');
  const { mark, meaning } = marks[entry.origin];
  const cell = element('span.rate', { title: `${entry.rateMbps} Mb/s, ${meaning}` }, mark + figure(entry.rateMbps));
  cell.style.setProperty('--share', largest > 0 ? `${Math.round((60 * entry.rateMbps) / largest)}%` : '0%');
  return cell;
}

/**
 * @param {Plan | null} plan
 * @param {Score | null} now
 */
export function planSummary(plan, now) {
  if (plan === null) return [nothing('No plan was made yet.')];
  const { verdict, reason, algorithm, before, after, bound, capacities, mapping } = plan.decision;
  const moves = mapping.filter(({ from, to }) => from !== to);
  const counts = `${count(plan.changes.length, 'change')} in ${count(plan.steps.length, 'step')}`;
  const facts = `${counts}, found by ${algorithm}, capacities ${capacities}`;
  /** @type {[string, Score | ScoreBound | null][]} */
  const scores = [
    ['before', before],
    ['after', after],
    ['bound', bound],
    ['now', now],
  ];
  return [
    element('p', {}, element(`span.badge.${verdict === 'adapt' ? 'busy' : 'good'}`, {}, verdict), ' ', reason),
    table(
      ['', 'unmet demand', 'objective'],
      scores.map(([title, score]) => scoreRow(title, score)),
    ),
    ...(moves.length === 0 ? [] : [element('ul.moves', {}, ...moves.map((move) => element('li', {}, moveText(move))))]),
    element('p.note', {}, facts),
    element('p.note', {}, element('code', {}, plan.hash)),
  ];
}

/**
 * @param {string} title
 * @param {Score | ScoreBound | null} score
 */
function scoreRow(title, score) {
  if (score === null) return row([title, '–', '–']);
  const tieBreaks = ('tieBreaks' in score && score.tieBreaks) || [];
  return row([title, `${figure(score.unmetMbps)} Mb/s`, [score.objective, ...tieBreaks].map(worth).join(', then ')]);
}

/** @param {ObjectiveValue | null} value */
function worth(value) {
  if (value === null) return '–';
  return value.unit === 'no unit' ? figure(value.value) : `${figure(value.value)} ${value.unit}`;
}

/** @param {{ vm: string, from: string | null, to: string }} move */
function moveText({ vm, from, to }) {
  return from === null ? `${vm} starts on ${to}` : `${vm}: ${from} → ${to}`;
}

/**
 * @param {number} number
 * @param {string} noun
 */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** @param {Condition[]} list */
export function conditions(list) {
  if (list.length === 0) return nothing('No conditions were reported yet.');
  const items = list.map(({ object, type, status: value, reason, message, lastTransitionTime }) => {
    const wanted = ['Ready', 'SourceVerified', 'PolicyCompliant'].includes(type) ? 'True' : 'False';
    const tone = value === wanted ? 'good' : value === 'Unknown' ? 'busy' : 'bad';
    const badge = element(`span.badge.${tone}`, {}, `${type}: ${value}`);
    const since = element('time', { datetime: lastTransitionTime }, `since ${lastTransitionTime}`);
    const title = element('div.condition', {}, element('strong', {}, object), badge, reason, since);
    return element('li', {}, title, message);
  });
  return element('ul.conditions', {}, ...items);
}

/** @param {LogEvent[]} lines newest first */
export function log(lines) {
  if (lines.length === 0) return nothing('Nothing was logged since this page was opened.');
  const items = lines.map(({ level, message, atMs }) => {
    const time = element('time', {}, new Date(atMs).toLocaleTimeString());
    return element(`li.${level}`, {}, time, ' ', level === 'info' ? '' : `${level}: `, message);
  });
  return element('ul.log', {}, ...items);
}
