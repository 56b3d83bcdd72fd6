import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type IdentityDetail, identityIdSchema } from '@/lib/identities/model';
import { readAround, readIdentity } from '@/lib/identities/read/store';
import { BraidError } from '@/lib/platform/errors';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** What coverage's last snapshot found missing, in words. */
function missingOf(tests: unknown): IdentityDetail['missing'] {
  if (typeof tests !== 'object' || tests === null) return [];
  return Object.entries(tests as Record<string, { pass?: boolean; why?: string }>)
    .filter(([, test]) => test?.pass === false)
    .map(([test, { why }]) => ({ test: test.slice(0, 40), why: (why ?? '').slice(0, 1000) }))
    .slice(0, 6);
}

/** One identity with its names, credentials, workflows and notes. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<IdentityDetail> {
  authorise(ctx, 'console.read');
  const { id } = identityIdSchema.parse(input);
  const row = await readIdentity(id);
  if (!row) throw new BraidError('not_found', 'There is no such identity.');
  const { identity, aliases, credentials, credentialsTotal, workflows, notes, coverage, connectors } =
    await readAround(id);
  return {
    ...row,
    stateReason: identity.stateReason,
    stateChangedAt: iso(identity.stateChangedAt),
    stateChangedBy: identity.stateChangedBy,
    purpose: identity.purpose,
    purposeUntil: iso(identity.purposeUntil),
    ownerSource: identity.ownerSource,
    ownerAttestedAt: iso(identity.ownerAttestedAt),
    firstSeenAt: identity.firstSeenAt.toISOString(),
    peakAt: iso(identity.peakAt),
    attributes: identity.attributes as Record<string, unknown>,
    aliases: aliases.map(({ issuer, type, externalId, reason, createdAt }) => ({
      issuer,
      type,
      externalId,
      reason,
      createdAt: createdAt.toISOString(),
    })),
    credentials: credentials.map((credential) => ({
      id: credential.id,
      kind: credential.kind,
      externalId: credential.externalId,
      source: credential.source,
      listed: credential.connectorId !== null,
      state: credential.state,
      firstSeenAt: credential.firstSeenAt.toISOString(),
      lastUsedAt: iso(credential.lastUsedAt),
      expiresAt: iso(credential.expiresAt),
    })),
    credentialsTotal,
    workflows: workflows.map(({ id: workflowId, name, _count }) => ({ id: workflowId, name, members: _count.members })),
    notes: notes.map((note) => ({
      id: note.id,
      body: note.body,
      authorName: note.authorName,
      createdAt: note.createdAt.toISOString(),
    })),
    systems: connectors.map(({ id: connectorId, name, vendor }) => ({ connectorId, name, vendor })),
    missing: missingOf(coverage?.tests),
  };
}
