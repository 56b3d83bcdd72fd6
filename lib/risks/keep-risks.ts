import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import {
  credentialsHeld,
  knownSessions,
  namedSessions,
  namesSaid,
  openFindings,
  writeCredentialRisks,
  writeSaid,
  writeSessionRisk,
} from '@/lib/risks/kept/store';
import { credentialRisk, sessionRisk } from '@/lib/risks/risk-state';
import { highest, type RiskLevel } from '@/lib/signals/event-model';

/** A finding that came to its state so shortly ago may be the one that is over, milliseconds. */
const JUST_OVER_MS = 60_000;

/**
 * Writes the risk of sessions onto them and that of credentials onto their identity, where policies read them as `session.risk`
 * and `credential.risk`: the highest that open findings and other systems say. Called where findings of these identities were
 * raised or are over, and where a signal spoke of them (of `sessionIds`). Writes only what is another now. Of a session that is
 * somebody else's its own identity's findings count beside these.
 */
export async function keepRisks(
  tx: Tx,
  identityIds: readonly string[],
  sessionIds: readonly string[] = [],
): Promise<void> {
  const ids = [...new Set(identityIds)].sort();
  if (ids.length === 0) return;
  const named = await namedSessions(tx, ids, new Date(clock.ms() - JUST_OVER_MS));
  const sessions = await knownSessions(tx, [...new Set([...named, ...sessionIds])]);
  const findings = await openFindings(tx, [...new Set([...ids, ...sessions.map((one) => one.identityId)])]);
  for (const { id, said, risk } of sessions) {
    const level = highest(
      [sessionRisk(id, findings).level, ...Object.values(said ?? {})].filter((one) => one !== null),
    );
    if (level !== risk) await writeSessionRisk(tx, id, level);
  }
  const credentials = await credentialsHeld(tx, ids);
  const signals = findings.some((one) => one.detector === 'shared-signal') ? await namesSaid(tx, ids) : [];
  const byId = new Map(sessions.map((one) => [one.id, one]));
  for (const id of ids) {
    const own = findings
      .filter((one) => one.identityId === id)
      .map((one) => {
        const names = signals.find((signal) => signal.identityId === id && signal.cause === one.cause)?.names ?? [];
        return { ...one, names };
      });
    const all = credentials.filter((one) => one.identityId === id);
    const levels = all.flatMap((one) => {
      const { level } = credentialRisk(one, all, own, byId);
      return level ? [[one.externalId, level] as const] : [];
    });
    await writeCredentialRisks(tx, id, Object.fromEntries(levels));
  }
}

/** Another system says how risky these sessions are. What they come to is for `keepRisks`. */
export async function sayRisk(
  tx: Tx,
  { sessionIds, source, level }: { sessionIds: string[]; source: string; level: RiskLevel },
): Promise<void> {
  await writeSaid(tx, sessionIds, source, level);
}
