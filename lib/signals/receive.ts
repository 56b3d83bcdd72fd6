import { timingSafeEqual } from 'node:crypto';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { findSource } from '@/lib/signals/in/store';
import { SetRefused } from '@/lib/signals/read-set';
import { take } from '@/lib/signals/take';

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** A push (RFC 8935) as it came. */
export interface Pushed {
  sourceId: string;
  authorization: string | null;
  contentType: string | null;
  body: string;
}

/**
 * Takes what a transmitter pushes: resolves when it is stored (202). Throws SetRefused (400 with its code), `not_found`, and
 * `state_unavailable` while its stream rests here or its keys can't be read: it is to be sent again.
 */
export async function receive({ sourceId, authorization, contentType, body }: Pushed): Promise<void> {
  const source = ID.test(sourceId) ? await findSource(sourceId) : null;
  if (source?.method !== 'push' || !source.pushHash) throw new BraidError('not_found', 'Nothing is received here.');
  const given = Buffer.from(sha256Hex(authorization ?? ''), 'hex');
  if (!timingSafeEqual(given, Buffer.from(source.pushHash, 'hex')))
    throw new SetRefused('authentication_failed', 'The authorization is not the one that was agreed on.');
  if (source.state === 'disabled') throw new SetRefused('access_denied', 'This stream is disabled here.');
  if (source.state === 'paused')
    throw new BraidError('state_unavailable', 'This stream rests here: send it again later.');
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/secevent+jwt')
    throw new SetRefused('invalid_request', 'The Content-Type has to be application/secevent+jwt.');
  try {
    await take(source, body);
  } catch (error) {
    if (error instanceof SetRefused) throw error;
    throw new BraidError('state_unavailable', 'It could not be verified now: send it again later.', { cause: error });
  }
}
