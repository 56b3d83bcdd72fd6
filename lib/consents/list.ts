import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { describeConnector } from '@/lib/connectors/describe';
import { type ConsentListQuery, type ConsentRow, consentListQuerySchema } from '@/lib/consents/model';
import { compareScopes, scopesIn } from '@/lib/consents/scope-state';
import { connectorsTo, pageOfConsents, type Stored, type Use, usesOf } from '@/lib/consents/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

export interface Taker {
  connectorId: string;
  name: string;
}

/**
 * The connected system that can take a consent back: the one whose log told of it. Where the log was none's, the only one of
 * its kind; of several none is meant, as a system that never gave it would say that it is gone.
 */
export async function takersOf(consents: Pick<Stored, 'id' | 'source' | 'connectorId'>[]): Promise<Map<string, Taker>> {
  const connectors = await connectorsTo([...new Set(consents.map((consent) => consent.source))]);
  const takers = new Map<string, Taker>();
  for (const { id: consentId, source, connectorId } of consents) {
    const ofKind = connectors.filter((one) => one.vendor === source);
    const meant = connectorId ? ofKind.filter((one) => one.id === connectorId) : ofKind;
    const [one] = meant;
    if (!one || meant.length > 1 || one.state !== 'enabled') continue;
    const means = describeConnector(one.vendor, one.config).capabilities.consents;
    if (means !== undefined && means !== 'none') takers.set(consentId, { connectorId: one.id, name: one.name });
  }
  return takers;
}

function rowOf(consent: Stored, use: Use | undefined, taker: Taker | undefined, nowMs: number): ConsentRow {
  const used = use?.scopes ? [...new Set(use.scopes.flatMap(scopesIn))].sort().slice(0, 200) : null;
  const expired = consent.until !== null && consent.until.getTime() <= nowMs;
  return {
    id: consent.id,
    source: consent.source,
    app: consent.app,
    appIdentity: use?.app_id && use.app_name ? { id: use.app_id, name: use.app_name } : null,
    grantor: consent.grantor,
    identityId: consent.identityId,
    scopes: consent.scopes,
    used,
    ...(used ? compareScopes(consent.scopes, used) : { unused: [], beyond: [] }),
    lastUsedAt: use?.last?.toISOString() ?? null,
    liveSessions: use?.live ?? 0,
    at: consent.at.toISOString(),
    until: consent.until?.toISOString() ?? null,
    state: consent.revokedAt ? 'revoked' : expired ? 'expired' : 'given',
    revokedAt: consent.revokedAt?.toISOString() ?? null,
    revokedBy: consent.revokedBy,
    revokedHow: consent.revokedHow,
    revocableBy: taker ?? null,
  };
}

function decode(cursor: string): { at: string; id: string } {
  const [at, id] = cursor.split(' ');
  if (!at || !id || Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id))
    throw new BraidError('input.invalid', 'This is not a cursor of this list.');
  return { at, id };
}

/** Apps that were allowed to act for somebody, newest first: what they may, and what they used of it. */
export async function list(
  ctx: Ctx,
  query: ConsentListQuery = {},
): Promise<{ items: ConsentRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const asked = consentListQuerySchema.parse(query);
  const now = clock.now();
  const found = await pageOfConsents(asked, asked.cursor ? decode(asked.cursor) : null, now);
  const shown = found.slice(0, asked.limit);
  const [uses, takers] = await Promise.all([
    usesOf(
      shown.map((consent) => consent.id),
      now,
    ),
    takersOf(shown),
  ]);
  const last = found.length > asked.limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((consent) => rowOf(consent, uses.get(consent.id), takers.get(consent.id), now.getTime())),
    nextCursor: last ? `${last.at.toISOString()} ${last.id}` : null,
  };
}
