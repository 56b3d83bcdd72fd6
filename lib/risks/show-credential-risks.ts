import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { type CredentialRisks, riskOfSchema } from '@/lib/risks/model';
import { credentialRisk } from '@/lib/risks/risk-state';
import { credentialsOf, findingsOf, isIdentity, namesInSignals, sessionsIn } from '@/lib/risks/store';

/** The risk of each credential of an identity, whatever its sessions do. Errors: `not_found`. */
export async function showCredentialRisks(ctx: Ctx, input: z.input<typeof riskOfSchema>): Promise<CredentialRisks> {
  authorise(ctx, 'console.read');
  const { id } = riskOfSchema.parse(input);
  const [known, credentials, findings, signals] = await Promise.all([
    isIdentity(id),
    credentialsOf(id),
    findingsOf(id),
    namesInSignals(id),
  ]);
  if (!known) throw new BraidError('not_found', 'There is no such identity.');
  const named = findings.map((one) => ({ ...one, names: signals.get(one.cause) ?? [] }));
  const sessions = await sessionsIn([...new Set(findings.flatMap((one) => one.sessions))]);
  const byId = new Map(sessions.map((one) => [one.id, one]));
  return {
    items: credentials.map((one) => ({ credentialId: one.id, ...credentialRisk(one, credentials, named, byId) })),
  };
}
