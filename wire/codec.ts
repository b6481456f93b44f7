import { Ajv2020 } from 'ajv/dist/2020.js';
import type { WireMessage } from '../schema/generated/types.js';
import hostState from '../schema/wire/host-state.schema.json' with { type: 'json' };
import message from '../schema/wire/message.schema.json' with { type: 'json' };
import observation from '../schema/wire/observation.schema.json' with { type: 'json' };
import report from '../schema/wire/report.schema.json' with { type: 'json' };

/** Largest message either side reads, in bytes. A host with 10,000 rules and 10,000 matrix entries fits. */
export const maxMessageBytes = 16 * 1024 * 1024;

const ajv = new Ajv2020({ schemas: [hostState, report, observation], strictTypes: false });
const validators = new Map(
  Object.entries(message.$defs)
    .filter(([, definition]) => 'properties' in definition && 'kind' in definition.properties)
    .map(([name, definition]) => [
      kindOf(definition),
      ajv.compile({ ...definition, $id: `${message.$id}-${name}`, $defs: message.$defs }),
    ]),
);

export type Decoded = { kind: 'message'; message: WireMessage } | { kind: 'malformed'; message: string };

export function encode(wireMessage: WireMessage): string {
  return JSON.stringify(wireMessage);
}

/** Parses and validates one message; anything the schema does not allow is `malformed`, with the place. */
export function decode(text: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', message: 'The message is not JSON.' };
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  const validate = typeof kind === 'string' ? validators.get(kind) : undefined;
  if (!validate)
    return { kind: 'malformed', message: `The message has no known kind (${JSON.stringify(kind)?.slice(0, 40)}).` };
  if (validate(value)) return { kind: 'message', message: value as unknown as WireMessage };
  const first = validate.errors?.[0];
  return {
    kind: 'malformed',
    message: `The ${String(kind)} message is wrong at ${first?.instancePath || '/'}: ${first?.message}.`,
  };
}

function kindOf(definition: object): string {
  return (definition as { properties: { kind: { const: string } } }).properties.kind.const;
}
