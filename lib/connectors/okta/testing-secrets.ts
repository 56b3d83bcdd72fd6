import { randomBytes } from 'node:crypto';
import type { Answered, Asked } from '@/lib/connectors/testing-double';

/** A client secret of an app’s double. */
export interface KeptSecret {
  id: string;
  value: string;
  status: 'ACTIVE' | 'INACTIVE';
  created: string;
}

const error = (status: number, errorSummary: string): Answered => ({
  status,
  body: { errorCode: 'E0000001', errorSummary, errorLink: 'E0000001', errorId: 'x', errorCauses: [] },
});

export const keptSecret = (value: string): KeptSecret => ({
  id: `ocs${randomBytes(8).toString('hex')}`,
  value,
  status: 'ACTIVE',
  created: new Date().toISOString(),
});

/** Two secrets at most, of which only an inactive one can be deleted: as the description says in words. */
export function secretAnswers(world: {
  apps: Map<string, unknown>;
  secrets: Map<string, KeptSecret[]>;
}): Record<string, (asked: Asked) => Answered> {
  const path = '/api/v1/apps/{appId}/credentials/secrets';
  const of = (asked: Asked) => world.secrets.get(asked.params.appId!) ?? [];
  const find = (asked: Asked) => of(asked).find((one) => one.id === asked.params.secretId);
  const body = ({ value, ...one }: KeptSecret) => ({ ...one, client_secret: value, lastUpdated: one.created });
  return {
    [`GET ${path}`]: (asked) => ({ status: 200, body: of(asked).map(body) }),
    [`POST ${path}`]: (asked) => {
      if (!world.apps.has(asked.params.appId!)) return error(404, 'Not found');
      if (of(asked).length >= 2) return error(400, 'Api validation failed: at most two secrets');
      const made = keptSecret(randomBytes(30).toString('base64url'));
      world.secrets.set(asked.params.appId!, [...of(asked), made]);
      return { status: 201, body: body(made) };
    },
    [`POST ${path}/{secretId}/lifecycle/deactivate`]: (asked) => {
      const found = find(asked);
      if (!found) return error(404, 'Not found');
      found.status = 'INACTIVE';
      return { status: 200, body: body(found) };
    },
    [`DELETE ${path}/{secretId}`]: (asked) => {
      const found = find(asked);
      if (!found) return error(404, 'Not found');
      if (found.status === 'ACTIVE') return error(400, 'Api validation failed: an active secret');
      world.secrets.set(
        asked.params.appId!,
        of(asked).filter((one) => one !== found),
      );
      return { status: 204 };
    },
  };
}
