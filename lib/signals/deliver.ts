import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { after, type Outcome, resultOf, retryAfter } from '@/lib/notifications/state';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { request } from '@/lib/platform/outbound';
import { open as unseal } from '@/lib/platform/secrets';
import { VERIFICATION } from '@/lib/signals/event-model';
import { type Claimed, claim, nextDue } from '@/lib/signals/outbox/store';
import { sign } from '@/lib/signals/sign';
import { changeSet, changeStreamRow, lockStream } from '@/lib/signals/store';

/** Longer than any try takes. */
const LEASE_MS = 60_000;
const MOST = 200;
const GIVE_UP_MS = 7 * 86_400_000;
/** What the receiver says of us, not of this token: the next one would fare no better. */
const OURS = ['invalid_key', 'invalid_issuer', 'invalid_audience', 'authentication_failed', 'access_denied'];

interface Tried extends Outcome {
  error?: { err: string; description?: string };
}

/**
 * Pushes (RFC 8935) what waits in one stream: of one subject in order, until nothing is due or its receiver is in trouble;
 * then leaves a job for when the next is due. Runs beside itself safely.
 */
export async function deliver(streamId: string, signal?: AbortSignal): Promise<void> {
  for (let sent = 0; sent < MOST && !signal?.aborted; sent++) {
    const claimed = await claim(streamId, clock.ms(), LEASE_MS);
    if (!claimed) break;
    await write(claimed, await attempt(claimed));
  }
  const due = await nextDue(streamId);
  if (due === null) return;
  const key = `signals:${streamId}:${due <= clock.ms() ? 'now' : 'later'}`;
  await transaction((tx) => enqueue(tx, 'send-signals', { streamId }, { key, runAt: new Date(due) }));
}

async function attempt({ set, stream, receiver }: Claimed): Promise<Tried> {
  try {
    const header = stream.sealedHeader ? unseal(stream.sealedHeader, `signals.stream:${stream.id}`) : null;
    const answer = await request(stream.endpointUrl!, {
      method: 'POST',
      body: await sign(set.claims as object),
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        'user-agent': 'Braid',
        ...(header ? { authorization: header } : {}),
      },
      ownNetwork: receiver.ownNetwork,
      ...(receiver.ca ? { ca: receiver.ca } : {}),
    });
    return outcomeOf(answer.status, answer.body, answer.headers['retry-after']);
  } catch (error) {
    const known = toBraidError(error);
    if (known.code === 'internal') log.error({ err: error, streamId: stream.id }, 'a signal could not be sent');
    return { result: 'down', answer: known.publicMessage.slice(0, 500) };
  }
}

function outcomeOf(status: number, body: string, asked?: string): Tried {
  const wait = retryAfter(asked, clock.ms());
  const later = wait === undefined ? {} : { retryAfterMs: wait };
  const error = status >= 400 && status < 500 ? errorOf(body) : undefined;
  const answer = `${status}${error ? `: ${error.err}${error.description ? `, ${error.description}` : ''}` : ''}`;
  if (status !== 400) return { result: resultOf(status), answer, ...later };
  const result = error && OURS.includes(error.err) ? 'down' : 'refused';
  return { result, answer, error: error ?? { err: 'invalid_request' }, ...later };
}

function errorOf(body: string): { err: string; description?: string } | undefined {
  try {
    const said = JSON.parse(body) as { err?: unknown; description?: unknown };
    if (typeof said.err !== 'string') return undefined;
    const description = typeof said.description === 'string' ? { description: said.description.slice(0, 300) } : {};
    return { err: said.err.slice(0, 60), ...description };
  } catch {
    return undefined;
  }
}

const spreadOf = (id: string): number => Number.parseInt(id.slice(-4), 16) / 0xffff;

async function write({ set }: Claimed, tried: Tried): Promise<void> {
  const now = clock.now();
  await transaction(async (tx) => {
    const stream = await lockStream(tx, set.streamId);
    if (!stream) return;
    const ill = tried.result === 'down';
    const failures = ill ? stream.failures + 1 : 0;
    const next = after(tried, {
      nowMs: now.getTime(),
      sinceMs: set.createdAt.getTime(),
      attempts: set.attempts,
      failures,
      giveUpMs: GIVE_UP_MS,
      spread: spreadOf(set.id),
    });
    const state = tried.result === 'refused' ? 'refused' : next.state;
    await changeSet(tx, set.id, {
      state,
      dueAt: new Date(next.dueMs),
      deliveredAt: state === 'delivered' ? now : null,
      ...(tried.error ? { error: tried.error } : {}),
    });
    await changeStreamRow(tx, stream.id, {
      failures,
      failingSince: ill ? (stream.failingSince ?? now) : null,
      heldUntil: next.heldUntilMs ? new Date(next.heldUntilMs) : null,
      lastAnswer: tried.answer,
      lastAnswerAt: now,
      ...(state === 'delivered' ? { lastDeliveredAt: now, activeAt: now } : {}),
      ...(state === 'delivered' && set.event === VERIFICATION ? { verifiedAt: now } : {}),
    });
    await hint(tx, 'signal', [stream.id]);
  });
}
