import { element, show } from './element.js';
import { fleetMap } from './fleet-map.js';
import { conditions, log, planSummary, status, traffic, vms } from './panels.js';

/** @typedef {import('../schema/generated/types.js').FleetView} FleetView */
/** @typedef {import('../schema/generated/types.js').LiveEvent} LiveEvent */
/** @typedef {import('../schema/generated/types.js').LogEvent} LogEvent */
/** @typedef {import('../schema/generated/types.js').Plan} Plan */

const maxLogLines = 100;

/** @type {{ view: FleetView | null, plan: Plan | null, lines: LogEvent[], width: number }} */
const known = { view: null, plan: null, lines: [], width: 0 };

function showFleet() {
  const { view, plan, width } = known;
  if (view === null || width === 0) return;
  if (view.hosts.length === 0) show('fleet', element('p.nothing', {}, 'The inventory has no hosts yet.'));
  else show('fleet', fleetMap(view, plan, width));
}

function showPlan() {
  show('plan', ...planSummary(known.plan, known.view?.score ?? null));
  showFleet();
}

/** @type {{ [K in LiveEvent['kind']]: (event: Extract<LiveEvent, { kind: K }>) => void }} */
const reactions = {
  view({ view }) {
    known.view = view;
    show('status', ...status(view));
    show('vms', vms(view));
    show('traffic', ...traffic(view));
    showPlan();
  },
  plan({ plan }) {
    known.plan = plan;
    showPlan();
  },
  conditions(event) {
    show('conditions', conditions(event.conditions));
  },
  log(event) {
    known.lines = [event, ...known.lines].slice(0, maxLogLines);
    show('log', log(known.lines));
  },
};

function listen() {
  const events = new EventSource('/v1/events');
  for (const [kind, react] of Object.entries(reactions)) {
    events.addEventListener(kind, (event) => react(JSON.parse(event.data)));
  }
  events.addEventListener('error', () => {
    show('status', element('span.badge.bad', {}, 'no connection'), element('span', {}, 'What you see may be old.'));
    // A browser gives up for good when the server refuses; it tries again by itself when the connection breaks.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  });
}

const frame = document.getElementById('fleet');
if (frame === null) throw new Error('index.html has no #fleet');
new ResizeObserver(() => {
  if (Math.abs(frame.clientWidth - known.width) < 1) return;
  known.width = frame.clientWidth;
  showFleet();
}).observe(frame);

show('log', log([]));
listen();
