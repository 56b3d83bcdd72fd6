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

export interface Answer {
  decision: boolean;
  verdict: string;
  reason: string;
}

/** Asks the decision point over HTTP as any service would (AuthZEN evaluation). An unreachable one answers `unreachable`. */
export function asker(pdpUrl: string, token: string) {
  return async (ask: Ask): Promise<Answer> => {
    const { amount, unit, session } = ask;
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
}

export type Asker = ReturnType<typeof asker>;
