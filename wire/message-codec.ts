import type { ValidateFunction } from 'ajv';

export type DecodedAs<Message> = { kind: 'message'; message: Message } | { kind: 'malformed'; message: string };

/** What one end of a connection writes and reads. */
export interface MessageCodec<Sent, Received> {
  /** Largest message that is read, in bytes. */
  maxMessageBytes: number;
  encode(message: Sent): string;
  /** Parses and validates one message; anything the schema does not allow is `malformed`, with the place. */
  decode(text: string): DecodedAs<Received>;
  /** What to tell the other end of a message that is malformed; undefined: nothing. */
  objection(why: string): Sent | undefined;
}

/** Reads a message whose `kind` says what it has to look like. */
export function decodeByKind<Message>(
  validators: ReadonlyMap<string, ValidateFunction>,
  text: string,
): DecodedAs<Message> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('The message is not JSON.');
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  const validate = typeof kind === 'string' ? validators.get(kind) : undefined;
  if (!validate) return malformed(`The message has no known kind (${JSON.stringify(kind)?.slice(0, 40)}).`);
  if (validate(value)) return { kind: 'message', message: value as unknown as Message };
  const first = validate.errors?.[0];
  return malformed(`The ${String(kind)} message is wrong at ${first?.instancePath || '/'}: ${first?.message}.`);
}

const malformed = (message: string) => ({ kind: 'malformed', message }) as const;

/** The definitions of messages in a schema, by the `kind` of the message. */
export function messageKinds(definitions: Record<string, object>): Map<string, { name: string; definition: object }> {
  const kinds = new Map<string, { name: string; definition: object }>();
  for (const [name, definition] of Object.entries(definitions)) {
    const kind = (definition as { properties?: { kind?: { const?: string } } }).properties?.kind?.const;
    if (kind !== undefined) kinds.set(kind, { name, definition });
  }
  return kinds;
}
