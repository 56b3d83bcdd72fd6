import type { Answered, Asked, Double } from '@/lib/connectors/testing-double';

/** What an app was allowed, by an account for itself or for everybody. */
export interface Consent {
  id: string;
  app: string;
  user: string;
  everybody: boolean;
  scope: string;
}

const MISSING: Answered = {
  status: 404,
  body: { errorCode: 'E0000007', errorSummary: 'Not found', errorLink: 'E0000007', errorId: 'x', errorCauses: [] },
};

/** Grants of an org’s double, of accounts and of whole apps. */
export function grantAnswers(world: {
  double: Double;
  consents: Map<string, Consent>;
  refreshed: Set<string>;
}): Record<string, (asked: Asked) => Answered> {
  const grants = (of: (one: Consent) => boolean) =>
    [...world.consents.values()].filter(of).map((one) => ({
      id: one.id,
      clientId: one.app,
      userId: one.user,
      createdBy: { id: one.user, type: 'User' },
      issuer: world.double.url,
      scopeId: one.scope,
      source: one.everybody ? 'ADMIN' : 'END_USER',
      status: 'ACTIVE',
      created: new Date().toISOString(),
    }));
  return {
    'GET /api/v1/users/{userId}/clients/{clientId}/grants': (asked) => ({
      status: 200,
      body: grants((one) => !one.everybody && one.user === asked.params.userId && one.app === asked.params.clientId),
    }),
    'GET /api/v1/users/{userId}/clients/{clientId}/tokens': (asked) => ({
      status: 200,
      body: [...world.refreshed]
        .filter((one) => one === `${asked.params.userId} ${asked.params.clientId}`)
        .map((one) => ({ id: `oar${one.length}`, clientId: asked.params.clientId, userId: asked.params.userId })),
    }),
    'DELETE /api/v1/users/{userId}/clients/{clientId}/tokens': (asked) => {
      world.refreshed.delete(`${asked.params.userId} ${asked.params.clientId}`);
      return { status: 204 };
    },
    'DELETE /api/v1/users/{userId}/grants/{grantId}': (asked) =>
      world.consents.delete(asked.params.grantId!) ? { status: 204 } : MISSING,
    'GET /api/v1/apps/{appId}/grants': (asked) => ({
      status: 200,
      body: grants((one) => one.everybody && one.app === asked.params.appId),
    }),
    'DELETE /api/v1/apps/{appId}/grants/{grantId}': (asked) =>
      world.consents.delete(asked.params.grantId!) ? { status: 204 } : MISSING,
  };
}
