import type { Tx } from '@/lib/db/transaction';
import { announce } from '@/lib/notifications/announce';
import { RESPONSE_KINDS, type ResponseKind } from '@/lib/responses/model';

interface Concerned {
  id: string;
  identityId: string;
  identityName: string;
  kind: ResponseKind;
  by: string;
  why: string;
}

/** Tells that a guardrail refused an act that nobody looked at: it is not to be missed that nothing happened. */
export const tellRefused = (tx: Tx, of: Concerned): Promise<void> =>
  announce(tx, [
    {
      event: 'response.refused',
      target: { type: 'response', id: of.id },
      identityId: of.identityId,
      severity: 'high',
      body: {
        title: `Not done: ${RESPONSE_KINDS[of.kind].toLowerCase()} (${of.identityName})`.slice(0, 300),
        summary: `${of.by} wanted it and a guardrail refused: ${of.why}.`.slice(0, 2000),
        reasons: [],
        path: '/settings/responses',
        end: null,
        by: of.by.slice(0, 200),
      },
    },
  ]);

/** Asks whoever may agree to bounds that bound less. */
export const tellLoosened = (tx: Tx, { id, by, why }: Pick<Concerned, 'id' | 'by' | 'why'>): Promise<void> =>
  announce(tx, [
    {
      event: 'response.proposed',
      target: { type: 'response', id },
      identityId: null,
      severity: 'high',
      body: {
        title: `${by} asks a second operator: loosen the guardrails`.slice(0, 300),
        summary: why.slice(0, 2000),
        reasons: [],
        path: '/revocations',
        end: null,
        by: by.slice(0, 200),
      },
    },
  ]);

/** Asks whoever may agree. */
export const tellProposed = (tx: Tx, of: Concerned): Promise<void> =>
  announce(tx, [
    {
      event: 'response.proposed',
      target: { type: 'response', id: of.id },
      identityId: of.identityId,
      severity: 'high',
      body: {
        title: `${of.by} asks a second operator: ${RESPONSE_KINDS[of.kind].toLowerCase()} (${of.identityName})`.slice(
          0,
          300,
        ),
        summary: of.why.slice(0, 2000),
        reasons: [],
        path: '/revocations',
        end: null,
        by: of.by.slice(0, 200),
      },
    },
  ]);
