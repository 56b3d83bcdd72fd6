import type { Config } from '@/lib/connectors/kubernetes/manifest';
import { cutOff, LISTED_MOST } from '@/lib/connectors/read-whole';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';

export interface Answered {
  status: number;
  body: Loose;
  /** What the API server says about a failure. */
  said: string;
}

export interface Client {
  /**
   * One call. 2xx, 404, 409 and 422 are answers; throws `connector.refused` (401, 403, with the server’s own words),
   * `connector.limited` (429) and `connector.unreachable`.
   */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answered>;
  /** A whole list, page by page. `metadataOnly`: contents stay where they are. */
  list(path: string, query?: Record<string, string>, metadataOnly?: boolean): Promise<Loose[]>;
  /** With another token. Any status is an answer. */
  as(token: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Answered>;
}

const PAGE = 500;
/** Times a list is begun. */
const BEGUN_MOST = 5;
const RETRY_AFTER_MS = 2_000;
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

function read(status: number, text: string): Answered {
  try {
    const body = objectOf(JSON.parse(text || '{}'));
    return { status, body, said: textOf(body.message, 400) ?? `status ${status}` };
  } catch {
    return { status, body: {}, said: `status ${status}` };
  }
}

export function openClient(config: Config, token: string): Client {
  const where = `Kubernetes at ${new URL(config.url).host}`;
  const send = outboundFetch({ ownNetwork: config.ownNetwork, ...(config.ca ? { ca: config.ca } : {}) });
  const raw = async (bearer: string, method: string, path: string, body?: object, accept = 'application/json') => {
    const answer = await send(`${config.url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, accept, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { ...read(answer.status, await answer.text()), retryAfter: answer.headers.get('retry-after') };
  };
  const judged = (answer: Answered & { retryAfter: string | null }): Answered => {
    const { status, said } = answer;
    if (status === 429) {
      const retryAfterMs = Number(answer.retryAfter) * 1_000 || RETRY_AFTER_MS;
      throw new BraidError('connector.limited', `${where} asks to be called less often.`, { detail: { retryAfterMs } });
    }
    if (status >= 500) throw new BraidError('connector.unreachable', `${where} can’t answer now (${said}).`);
    if (status === 401) throw new BraidError('connector.refused', `${where} does not know this token.`);
    if (status >= 300 && ![404, 409, 410, 422].includes(status))
      throw new BraidError('connector.refused', `${where}: ${said}`.slice(0, 500));
    return answer;
  };
  return {
    call: async (method, path, body) => judged(await raw(token, method, path, body)),
    as: (other, method, path, body) => raw(other, method, path, body),
    async list(path, query = {}, metadataOnly = false) {
      const items: Loose[] = [];
      let next: string | null = '';
      let begun = 1;
      while (next !== null) {
        const asked = new URLSearchParams({ ...query, limit: String(PAGE), ...(next ? { continue: next } : {}) });
        const answer = judged(
          await raw(token, 'GET', `${path}?${asked}`, undefined, metadataOnly ? METADATA : 'application/json'),
        );
        // A page token lives five minutes: then the list is read anew.
        if (answer.status === 410) {
          if (begun++ >= BEGUN_MOST)
            throw new BraidError('connector.unreachable', `${where} can’t list ${path} to its end: its pages expire.`);
          items.length = 0;
          next = '';
          continue;
        }
        if (answer.status !== 200) throw new BraidError('connector.refused', `${where}: ${answer.said}`.slice(0, 500));
        // A list of metadata alone says null where it is empty.
        const { kind, items: said } = answer.body;
        const here = said === null && typeof kind === 'string' && kind.endsWith('List') ? [] : said;
        if (!Array.isArray(here))
          throw new BraidError('connector.refused', `${where} answered ${path} without a list: nothing is concluded.`);
        for (const item of here) items.push(objectOf(item));
        if (items.length > LISTED_MOST) throw cutOff(where, path, LISTED_MOST);
        next = textOf(objectOf(answer.body.metadata).continue, 10_000);
      }
      return items;
    },
  };
}
