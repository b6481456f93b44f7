import { demandList, pathList, topology } from '../inferred-view.js';
import type { Live } from '../live.js';
import { readBody } from '../request-body.js';
import { requestFault } from './fault.js';
import { type ObjectShape, shapeAt } from './shape.js';
import type { Answer, Subscriptions } from './subscriptions.js';

/** One thing that can be asked of the endpoint. */
export interface Operation {
  name: string;
  /** For people who read the WSDL. */
  description: string;
  request: ObjectShape;
  reply: ObjectShape;
  /** `value` has the members that the request's shape names; `client` tells clients apart. */
  run(value: Record<string, unknown>, client: string): Answer<object>;
}

/** All operations. */
export function soapOperations(live: Live, subscriptions: Subscriptions): Operation[] {
  const { inferred } = live;
  return [
    asked('GetDemands', 'What VTTIF infers of applications.', 'api.schema.json#/$defs/DemandList', () =>
      demandList(inferred.traffic(), live.view().vms),
    ),
    asked('GetPaths', 'What Wren infers of the underlay.', 'api.schema.json#/$defs/PathList', () => pathList(inferred)),
    asked('GetTopology', 'Both, with the hosts that join them.', 'api.schema.json#/$defs/Topology', () =>
      topology(inferred, live.view()),
    ),
    asked('GetBottlenecks', 'Paths that share a bottleneck.', 'soap.schema.json#/$defs/BottleneckList', () => {
      return { bottlenecks: inferred.bottlenecks() };
    }),
    {
      name: 'Subscribe',
      description: 'Asks for the stream of measurements, which Poll then takes.',
      ...shapes('SubscribeRequest', 'SubscribeReply'),
      run: (value, client) => {
        const read = readBody('SubscribeRequest', value);
        return read.kind === 'body' ? subscriptions.subscribe(client, read.body) : malformed(read.problem);
      },
    },
    {
      name: 'Poll',
      description: 'Takes the measurements that have come since the last time.',
      ...shapes('PollRequest', 'PollReply'),
      run: (value) => {
        const read = readBody('PollRequest', value);
        return read.kind === 'body' ? subscriptions.poll(read.body) : malformed(read.problem);
      },
    },
    {
      name: 'Unsubscribe',
      description: 'Ends a subscription.',
      ...shapes('UnsubscribeRequest', 'UnsubscribeReply'),
      run: (value) => {
        const read = readBody('UnsubscribeRequest', value);
        return read.kind === 'body' ? subscriptions.unsubscribe(read.body) : malformed(read.problem);
      },
    },
  ];
}

/** An operation without arguments. */
function asked(name: string, description: string, reply: string, answer: () => object): Operation {
  const request: ObjectShape = { kind: 'object', name: null, fields: [] };
  return { name, description, request, reply: objectAt(reply), run: () => ({ kind: 'reply', value: answer() }) };
}

function shapes(request: string, reply: string): Pick<Operation, 'request' | 'reply'> {
  return {
    request: objectAt(`soap.schema.json#/$defs/${request}`),
    reply: objectAt(`soap.schema.json#/$defs/${reply}`),
  };
}

function objectAt(place: string): ObjectShape {
  const shape = shapeAt(place);
  if (shape.kind !== 'object') throw new Error(`${place} is no object`);
  return shape;
}

function malformed({ body }: { body: { error: { message: string } } }): Answer<never> {
  return { kind: 'fault', fault: requestFault('malformed', body.error.message) };
}
