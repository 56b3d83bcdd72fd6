import { closingsSince, liveOf } from '@/lib/playbooks/material/store';
import type { PlaybookDetail } from '@/lib/playbooks/model';
import { type LiveObject, liveOfObjects, namesOfRefs } from '@/lib/playbooks/objects/store';
import type { CaseObject } from '@/lib/playbooks/objects-model';
import type { Holder } from '@/lib/playbooks/state';
import { type Stored, statesOf } from '@/lib/playbooks/store';

type Closing = Awaited<ReturnType<typeof closingsSince>>[number];

export interface Case {
  live: PlaybookDetail['live'];
  /** Whose sessions have to end. */
  holders: Holder[];
  objects: CaseObject[];
  closings: Closing[];
  revocations: PlaybookDetail['revocations'];
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function objectsIn(playbook: Stored, live: readonly LiveObject[], names: Map<string, { name: string }>): CaseObject[] {
  return playbook.objects.map((one) => ({
    id: one.id,
    kind: one.kind as CaseObject['kind'],
    ref: one.ref,
    name: (names.get(one.ref)?.name ?? one.ref).slice(0, 512),
    role: one.role as CaseObject['role'],
    reason: one.reason,
    linkedAt: one.linkedAt.toISOString(),
    linkedBy: one.linkedBy,
    live: live.filter((session) => session.objectIds.includes(one.id)).length,
    removedAt: iso(one.removedAt),
    removedBy: one.removedBy,
    removedReason: one.removedReason,
  }));
}

/**
 * Whose sessions the incident is about: its identity's, of a finding those in evidence (`evidence`; null: all), and those of
 * everything else that is involved; with what ended any of them since.
 */
export async function readCase(playbook: Stored, evidence: string[] | null): Promise<Case> {
  const standing = playbook.objects.filter((one) => !one.removedAt);
  const involved = new Set(standing.filter((one) => one.role === 'involved').map((one) => one.id));
  const [own, linked, refs] = await Promise.all([
    liveOf(playbook.identityId, evidence),
    liveOfObjects(playbook.id),
    namesOfRefs(playbook.objects),
  ]);
  const counted = linked.filter((one) => one.objectIds.some((id) => involved.has(id)));
  const inCase = standing.flatMap((one) => refs.get(one.ref)?.identityId ?? []);
  const ids = [...new Set([playbook.identityId, ...inCase, ...counted.map((one) => one.identityId)])];
  const [identities, closings] = await Promise.all([statesOf(ids), closingsSince(ids, playbook.since)]);
  const known = new Map(identities.map((one) => [one.id, one]));
  const nameOf = (id: string) => known.get(id)?.name ?? 'an identity';
  const sessions = new Map([...own, ...counted].map((one) => [one.id, one]));
  const live = [...sessions.values()].map((one) => ({
    id: one.id,
    identityId: one.identityId,
    identityName: nameOf(one.identityId),
    label: one.label,
    source: one.source,
    lastValidatedAt: iso(one.lastValidatedAt ?? one.lastEventAt),
  }));
  return {
    live,
    holders: ids.map((identityId) => ({
      identityId,
      name: nameOf(identityId),
      state: known.get(identityId)?.state ?? 'revoked',
      live: live.filter((one) => one.identityId === identityId).length,
      own: identityId === playbook.identityId,
    })),
    objects: objectsIn(playbook, linked, refs),
    closings,
    revocations: closings.map((one) => ({
      id: one.id,
      kind: one.kind as PlaybookDetail['revocations'][number]['kind'],
      state: one.state as PlaybookDetail['revocations'][number]['state'],
      identityId: one.identityId,
      identityName: nameOf(one.identityId),
      requestedAt: one.requestedAt.toISOString(),
      sessions: one.sessionIds.length,
      undone: one.undoneBy !== null,
    })),
  };
}
