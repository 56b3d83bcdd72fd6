import { limitedBody } from '@/lib/http/read-body';
import { revocationEndpoint } from '@/lib/logouts/endpoint';
import { Refused } from '@/lib/logouts/model';
import { receiveLogout } from '@/lib/logouts/receive-logout';
import { receiveRevocation } from '@/lib/logouts/receive-revocation';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

// What identity providers call. Nobody signs in here: the token that is sent is the proof.

const BYTES = 32_000;

const answer = (status: number, body?: object, headers: Record<string, string> = {}): Response =>
  new Response(body ? JSON.stringify(body) : null, {
    status,
    headers: { 'Cache-Control': 'no-store', ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
  });

const textOf = (request: Request): Promise<string> => new Response(limitedBody(request, BYTES)).text();
const typeOf = (request: Request) => request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();

function refused(error: unknown): Response {
  if (error instanceof Refused) {
    const header: Record<string, string> =
      error.status === 401 || error.status === 403 ? { 'WWW-Authenticate': `Bearer error="${error.error}"` } : {};
    return answer(error.status, { error: error.error, error_description: error.message }, header);
  }
  const known = toBraidError(error);
  if (known.code === 'internal') log.error({ err: error }, 'an identity provider’s call failed');
  // The provider may send it again: nothing was done.
  const status = known.status < 500 ? 400 : 503;
  return answer(status, {
    error: status === 400 ? 'invalid_request' : 'temporarily_unavailable',
    error_description: known.publicMessage,
  });
}

/** `POST /api/backchannel-logout`: 200, or 400 with what is wrong. */
export async function serveLogout(request: Request): Promise<Response> {
  try {
    if (typeOf(request) !== 'application/x-www-form-urlencoded')
      throw new Refused(400, 'invalid_request', 'Send logout_token as a form.');
    const tokens = new URLSearchParams(await textOf(request)).getAll('logout_token');
    if (tokens.length !== 1 || !tokens[0]) throw new Refused(400, 'invalid_request', 'Send one logout_token.');
    await receiveLogout(tokens[0]);
    return answer(200);
  } catch (error) {
    return refused(error);
  }
}

/** `POST /api/global-token-revocation`: 204 once it has begun. */
export async function serveRevocation(request: Request): Promise<Response> {
  try {
    const text = await textOf(request);
    let body: unknown;
    try {
      body = typeOf(request) === 'application/json' ? JSON.parse(text) : undefined;
    } catch {
      body = undefined;
    }
    await receiveRevocation({
      authorization: request.headers.get('authorization'),
      endpoint: revocationEndpoint(),
      body,
    });
    return answer(204);
  } catch (error) {
    return refused(error);
  }
}
