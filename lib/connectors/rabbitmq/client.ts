import type { Config, Secrets } from '@/lib/connectors/rabbitmq/manifest';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

const ANSWER_MS = 8_000;

export interface Client {
  /** null: 404, there is no such thing. Throws `connector.unreachable`, `connector.refused`, `connector.limited`. */
  get(path: string): Promise<unknown>;
  /** As `get`, where anything but a list is refused: who is in none was not told of. */
  list(path: string): Promise<unknown[]>;
  put(path: string, body: unknown): Promise<void>;
  /** false: it had already gone. */
  remove(path: string, reason?: string): Promise<boolean>;
}

export const part = encodeURIComponent;

function reasonOf(text: string): string {
  try {
    const said = JSON.parse(text) as { error?: unknown; reason?: unknown };
    return [said.error, said.reason].filter((one) => typeof one === 'string').join(': ');
  } catch {
    return '';
  }
}

export function clientOf(config: Config, secrets: Pick<Secrets, 'user' | 'password'>): Client {
  const call = outboundFetch({
    ownNetwork: config.ownNetwork,
    timeoutMs: ANSWER_MS,
    ...(config.ca ? { ca: config.ca } : {}),
  });
  const authorization = `Basic ${Buffer.from(`${secrets.user}:${secrets.password}`).toString('base64')}`;
  const where = `RabbitMQ at ${new URL(config.url).host}`;
  const ask = async (method: string, path: string, body?: unknown, reason?: string): Promise<Response> => {
    const answer = await call(`${config.url}/api${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(reason ? { 'x-reason': reason } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok || answer.status === 404) return answer;
    const why = reasonOf(await answer.text()) || `HTTP ${answer.status}`;
    if (answer.status === 429) {
      const seconds = Number(answer.headers.get('retry-after')) || 1;
      throw new BraidError('connector.limited', `${where} asks for a pause.`, {
        detail: { retryAfterMs: seconds * 1000 },
      });
    }
    const code = answer.status >= 500 ? 'connector.unreachable' : 'connector.refused';
    throw new BraidError(code, `${where}: ${why}.`.slice(0, 500), { detail: { status: answer.status } });
  };
  const get = async (path: string): Promise<unknown> => {
    const answer = await ask('GET', path);
    if (answer.status === 404) return null;
    const text = await answer.text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new BraidError('connector.unreachable', `${where}: its answer is no JSON.`, { cause });
    }
  };
  return {
    get,
    async list(path) {
      const said = await get(path);
      if (Array.isArray(said)) return said;
      throw new BraidError('connector.refused', `${where} answered ${path.split('?')[0]} without a list.`);
    },
    async put(path, body) {
      const answer = await ask('PUT', path, body);
      if (answer.status === 404) throw new BraidError('connector.refused', `${where}: there is no such object.`);
    },
    async remove(path, reason) {
      return (await ask('DELETE', path, undefined, reason)).status !== 404;
    },
  };
}
