import { type Outgoing, type Reach, request } from '@/lib/platform/outbound';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** A listing of a large estate comes in pages; none is larger than this. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * `fetch` for a vendor's SDK, over this module's checks: no redirect is followed, time and size have an end, bodies are text.
 * Throws what `request` throws, and TypeError where the SDK sends what is not text.
 */
export function outboundFetch(reach: Reach): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const method = METHODS.find((one) => one === asked.method);
    if (!method) throw new TypeError(`${asked.method} is not sent`);
    const body = asked.body ? await asked.text() : undefined;
    const outgoing: Outgoing = {
      ...reach,
      method,
      mostBytes: MOST_BYTES,
      headers: { ...Object.fromEntries(asked.headers), 'accept-encoding': 'identity' },
      ...(body === undefined ? {} : { body }),
    };
    const answer = await request(asked.url, outgoing);
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers))
      for (const one of [value ?? []].flat()) headers.append(name, one);
    const empty = [101, 204, 205, 304].includes(answer.status) || method === 'HEAD';
    return new Response(empty ? null : answer.body, { status: answer.status, headers });
  };
}
