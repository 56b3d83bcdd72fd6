import { type Outcome, resultOf, retryAfter } from '@/lib/notifications/state';
import { clock } from '@/lib/platform/clock';
import { request } from '@/lib/platform/outbound';

/** Enough of an answer to see what was wrong, bytes. */
const SHOWN = 500;

/** Posts JSON once. Any status is an outcome; throws only where there was no answer. */
export async function post(
  url: string,
  body: string,
  reach: { ownNetwork: boolean; ca?: string },
  headers: Record<string, string> = {},
): Promise<Outcome> {
  const answer = await request(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'Braid', ...headers },
    ownNetwork: reach.ownNetwork,
    ...(reach.ca ? { ca: reach.ca } : {}),
  });
  const said = answer.body.replace(/\s+/g, ' ').trim().slice(0, SHOWN);
  const asked = retryAfter(answer.headers['retry-after'], clock.ms());
  return {
    result: resultOf(answer.status),
    answer: `${answer.status}${said ? `: ${said}` : ''}`,
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  };
}
