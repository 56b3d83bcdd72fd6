import { grantsOf } from '@/lib/identities/privileges-evaluate';
import { clock } from '@/lib/platform/clock';
import {
  credentialsOf,
  eventsBySource,
  findingsOf,
  givenTo,
  heirsOf,
  liveOf,
  rotatedSince,
  scopesOf,
  usedSince,
  verdictsOf,
} from '@/lib/playbooks/material/store';
import type { PlaybookCredential, PlaybookDetail } from '@/lib/playbooks/model';
import { type GrantedThen, rightsOf, standingOf, vanishedOf } from '@/lib/playbooks/privileges-state';
import { readCase } from '@/lib/playbooks/read-case';
import type { Holder } from '@/lib/playbooks/state';
import { readFindings, readIdentity, type Stored } from '@/lib/playbooks/store';

/** How far back is looked for what is really used. */
const USED_MS = 90 * 86_400_000;

type Live = Awaited<ReturnType<typeof liveOf>>[number];

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** What has reached its end opens nothing, whether or not its system has been looked at since. */
const stateAt = ({ state, expiresAt }: { state: string; expiresAt: Date | null }, now: number): string =>
  (state === 'active' || state === 'blocked') && expiresAt && expiresAt.getTime() <= now ? 'expired' : state;

/** Credentials, each with the live sessions that changing it would not end. */
async function secrets(identityId: string, since: Date): Promise<PlaybookCredential[]> {
  const [credentials, live, rotated] = await Promise.all([
    credentialsOf(identityId),
    liveOf(identityId, null),
    rotatedSince(identityId, since),
  ]);
  const heirs = await heirsOf(live.map((one) => one.id));
  const now = clock.ms();
  return credentials.map((credential) => {
    // A session its system lists says by name what it logged in with; one made from a log points to it.
    const own = live.filter((one) => one.credentialId === credential.id || one.key === credential.externalId);
    const ids = new Set(own.map((one) => one.id));
    const how = (one: Live, word: string) => ({ sessionId: one.id, label: one.label, how: word });
    return {
      id: credential.id,
      kind: credential.kind,
      name: credential.externalId,
      source: credential.source,
      state: stateAt(credential, now),
      firstSeenAt: credential.firstSeenAt.toISOString(),
      lastUsedAt: iso(credential.lastUsedAt),
      expiresAt: iso(credential.expiresAt),
      outlives: [
        ...own.map((one) => how(one, 'opened with it')),
        ...heirs
          .filter((one) => one.parentId && ids.has(one.parentId) && !ids.has(one.id))
          .map((one) => how(one, (one.lineage ?? 'descends from it').replace('_', ' '))),
      ].slice(0, 50),
      rotatedBy: rotated.find((one) => one.credentialId === credential.id)?.revocationId ?? null,
    };
  });
}

export type Material = Omit<
  PlaybookDetail,
  Exclude<keyof Stored, 'granted' | 'objects'> | 'identityName' | 'findingTitle' | 'tracks'
> & {
  watch: { until: string | null; regrown: boolean };
  /** What it is granted now, as it was kept when the playbook was started. */
  standsNow: GrantedThen;
  /** Whose sessions have to end. */
  holders: Holder[];
};

/** Everything the steps of a playbook are worked with, as it is now. */
export async function material(playbook: Stored): Promise<Material> {
  const { identityId, since } = playbook;
  const now = clock.now();
  const back = new Date(now.getTime() - USED_MS);
  const [finding] = playbook.findingId ? await readFindings([playbook.findingId]) : [];
  const evidence = (finding?.evidence as { sessions?: string[] } | undefined)?.sessions ?? [];
  const [identity, found, credentials, scopes, used, sources, verdicts, findings, given] = await Promise.all([
    readIdentity(identityId),
    readCase(playbook, evidence.length ? evidence : null),
    secrets(identityId, since),
    scopesOf(identityId, back),
    usedSince(identityId, back),
    eventsBySource(identityId, since, now),
    verdictsOf(identityId, since, now),
    findingsOf(identityId, since),
    givenTo(identityId, now),
  ]);
  const { closings, ...inCase } = found;
  const standing = closings.find((one) => one.undoneBy === null && one.regrowthUntil);
  const standsNow = { rights: rightsOf(identity?.attributes), consents: given };
  const until = standing?.regrowthUntil && standing.regrowthUntil > now ? standing.regrowthUntil.toISOString() : null;
  return {
    identityState: identity?.state ?? 'revoked',
    watch: { until, regrown: closings.some((one) => one.state === 'regrown' && one.undoneBy === null) },
    ...inCase,
    credentials,
    granted: grantsOf(
      identity?.attributes,
      scopes,
      used.map((one) => one.action),
    ).map(({ what, from, used }) => ({ what, from, used })),
    vanished: playbook.granted ? vanishedOf(playbook.granted as unknown as GrantedThen, standsNow) : null,
    grantedThen: playbook.granted ? standingOf(playbook.granted as unknown as GrantedThen, standsNow) : null,
    standsNow,
    used: used.map((one) => ({ ...one, lastAt: one.lastAt.toISOString() })),
    log: {
      from: since.toISOString(),
      to: now.toISOString(),
      sources: sources.map((one) => ({
        ...one,
        firstAt: one.firstAt.toISOString(),
        lastAt: one.lastAt.toISOString(),
      })),
      verdicts,
      findings: findings.map((one) => ({ ...one, lastSeenAt: one.lastSeenAt.toISOString() })),
    },
  };
}
