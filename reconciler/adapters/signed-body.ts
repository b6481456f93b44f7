import { createHmac } from 'node:crypto';

/** `t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds since the epoch, a full stop, and the body as it is sent. */
export function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
