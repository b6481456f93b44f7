import { Ajv2020 } from 'ajv/dist/2020.js';
import type { VschedAnswer, VschedRequest } from '../schema/generated/types.js';
import hostState from '../schema/wire/host-state.schema.json' with { type: 'json' };
import vsched from '../schema/wire/vsched.schema.json' with { type: 'json' };
import { decodeByKind, type MessageCodec, messageKinds } from './message-codec.js';

const ajv = new Ajv2020({ schemas: [hostState], strictTypes: false });

/** The agent's end: what it reads is small, so that nobody makes it read much. */
export const vschedServerCodec: MessageCodec<VschedAnswer, VschedRequest> = {
  maxMessageBytes: 4096,
  encode: JSON.stringify,
  decode: decoder<VschedRequest>('VschedRequest'),
  objection: (why) => ({ kind: 'closed', reason: 'malformed', message: why }),
};

/** The end of `virtuoso vsched`. */
export const vschedClientCodec: MessageCodec<VschedRequest, VschedAnswer> = {
  maxMessageBytes: 1024 * 1024,
  encode: JSON.stringify,
  decode: decoder<VschedAnswer>('VschedAnswer'),
  objection: () => undefined,
};

/** Reads messages of one direction alone. */
function decoder<Message>(direction: 'VschedRequest' | 'VschedAnswer') {
  const { $id, $defs } = vsched;
  const listed = new Set($defs[direction].oneOf.map(({ $ref }) => $ref.replace('#/$defs/', '')));
  const validators = new Map(
    [...messageKinds($defs)].flatMap(([kind, { name, definition }]) =>
      listed.has(name) ? [[kind, ajv.compile({ ...definition, $id: `${$id}-${name}`, $defs })] as const] : [],
    ),
  );
  return (text: string) => decodeByKind<Message>(validators, text);
}
