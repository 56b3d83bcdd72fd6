import { log } from '@/lib/platform/log';

export interface Ask {
  subject: { type: string; id: string };
  action: string;
  resource: { type: string; id: string };
  amount?: string;
  unit?: string;
  session: {
    id: string;
    region?: string;
    network?: string;
    key?: string;
    device?: string;
    runtime?: string;
    tags?: string[];
    task?: string;
  };
  properties?: Record<string, string | number | boolean>;
}

/** Names tried before giving up: ended ones of earlier runs of the demo are passed over. */
const MAX_NEW_SESSIONS = 20;

export interface Answer {
  decision: boolean;
  verdict: string;
  reason: string;
}

/**
 * Asks the decision point over HTTP as any service would (AuthZEN evaluation). An unreachable one answers `unreachable`. A
 * session that was ended never lives again: like a real client, the service then starts a new one, with a name of its own.
 */
export function asker(pdpUrl: string, token: string) {
  const generations = new Map<string, number>();
  const named = ({ subject, session }: Ask) => {
    const generation = generations.get(`${subject.id} ${session.id}`) ?? 1;
    return { ...session, id: generation === 1 ? session.id : `${session.id}-${generation}` };
  };
  const once = async (ask: Ask): Promise<Answer> => {
    const { amount, unit } = ask;
    const session = named(ask);
    try {
      const response = await fetch(`${pdpUrl}/access/v1/evaluation`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          subject: ask.subject,
          action: { name: ask.action },
          resource: ask.resource,
          context: { ...ask.properties, ...(amount ? { amount, unit } : {}), braid: { session } },
        }),
        signal: AbortSignal.timeout(5_000),
      });
      if (!response.ok) {
        log.warn({ status: response.status, body: (await response.text()).slice(0, 300) }, 'demo request refused');
        return { decision: false, verdict: 'error', reason: `http_${response.status}` };
      }
      const body = (await response.json()) as {
        decision: boolean;
        context?: { reason?: string; braid?: { verdict?: string } };
      };
      return {
        decision: body.decision,
        verdict: body.context?.braid?.verdict ?? '',
        reason: body.context?.reason ?? '',
      };
    } catch (error) {
      log.debug({ error: (error as Error).message }, 'demo could not reach the decision point');
      return { decision: false, verdict: 'error', reason: 'unreachable' };
    }
  };
  return async (ask: Ask): Promise<Answer> => {
    for (let tries = 0; ; tries++) {
      const answer = await once(ask);
      if (answer.reason !== 'session_terminated' || tries >= MAX_NEW_SESSIONS) return answer;
      const name = `${ask.subject.id} ${ask.session.id}`;
      generations.set(name, (generations.get(name) ?? 1) + 1);
    }
  };
}

export type Asker = ReturnType<typeof asker>;
