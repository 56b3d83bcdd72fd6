import { createHmac } from 'node:crypto';
import type { NoticeFact } from '@/lib/notifications/model';

// Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): id, timestamp and signature in headers, HMAC-SHA256 over
// `id.timestamp.body` with a secret of 24 to 64 bytes.

/** What is posted. `type` and `timestamp` are the specification's; one notice: `data` is about it, several: `braid.digest`. */
export function payloadOf(notices: readonly NoticeFact[], base: string, at: string, test = false): object {
  const events = notices.map(({ id, at: happened, event, target, severity, detector, body }) => {
    const { path, end, identity, ...rest } = body;
    return {
      id,
      event,
      at: happened,
      severity,
      ...(detector ? { detector } : {}),
      target: { ...target, url: `${base}${path}` },
      ...(identity ? { identity: { ...identity, url: `${base}/identities/${identity.id}` } } : {}),
      ...rest,
      ...(end ? { end: { url: `${base}${end.path}`, how: end.how } } : {}),
    };
  });
  if (test)
    return { type: 'braid.test', timestamp: at, data: { text: 'This is a test. Nothing has happened.', events } };
  return events.length === 1
    ? { type: events[0]!.event, timestamp: at, data: events[0] }
    : { type: 'braid.digest', timestamp: at, data: { events } };
}

/** Headers that let the receiver know that it is Braid's, that it is fresh, and that it has had it already. */
export function signed(id: string, atMs: number, body: string, secret: string): Record<string, string> {
  const timestamp = Math.floor(atMs / 1000);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
