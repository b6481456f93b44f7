import { Ajv2020 } from 'ajv/dist/2020.js';
import type { WireMessage } from '../schema/generated/types.js';
import hostState from '../schema/wire/host-state.schema.json' with { type: 'json' };
import message from '../schema/wire/message.schema.json' with { type: 'json' };
import observation from '../schema/wire/observation.schema.json' with { type: 'json' };
import report from '../schema/wire/report.schema.json' with { type: 'json' };
import { type DecodedAs, decodeByKind, type MessageCodec, messageKinds } from './message-codec.js';

/** Largest message either side reads, in bytes. A host with 10,000 rules and 10,000 matrix entries fits. */
const maxMessageBytes = 16 * 1024 * 1024;

const ajv = new Ajv2020({ schemas: [hostState, report, observation], strictTypes: false });
const validators = new Map(
  [...messageKinds(message.$defs)].map(([kind, { name, definition }]) => [
    kind,
    ajv.compile({ ...definition, $id: `${message.$id}-${name}`, $defs: message.$defs }),
  ]),
);

export type Decoded = DecodedAs<WireMessage>;

export function encode(wireMessage: WireMessage): string {
  return JSON.stringify(wireMessage);
}

/** Parses and validates one message; anything the schema does not allow is `malformed`, with the place. */
export function decode(text: string): Decoded {
  return decodeByKind(validators, text);
}

/** Between an agent and the hub, either end. */
export const wireCodec: MessageCodec<WireMessage, WireMessage> = {
  maxMessageBytes,
  encode,
  decode,
  objection: (why) => ({ kind: 'refusal', reason: 'malformed', message: why }),
};
