import { isForeseeable } from '@/lib/exposures/foreseen';
import type { Lane } from '@/lib/exposures/lane/store';
import { type Asking, type Prepared, speaks } from '@/lib/exposures/prepare';
import { type Ground, questionOf } from '@/lib/exposures/question-of';
import { readIdentities } from '@/lib/exposures/who/identities';
import { noWrites } from '@/lib/exposures/writes';
import type { CompiledSet, IdentitySeen, SessionSeen, Touch } from '@/lib/policies/compiled-model';
import { touch } from '@/lib/policies/touch';

/** The rows the items will touch, as far as can be told before the locks. A wrong guess is put right by another attempt. */
export async function foresee(lane: Lane, prepared: Prepared, sets: CompiledSet[]): Promise<Touch[]> {
  const { known } = lane;
  const identities = await identitiesOf(lane, prepared);
  const guess: Ground = {
    nowMs: 0,
    sets,
    zonesOf: known.sets?.zonesOf ?? null,
    identities,
    sessions: new Map(),
    live: new Map(),
    workflowSessions: new Map(),
    states: new Map(),
    keys: new Map(),
    holds: new Map(),
    writes: noWrites(0),
  };
  return prepared.asking.flatMap((asking) => {
    const { item, sessionId, identityId } = asking;
    if (item.spooledAt) return [];
    if (!guess.sessions.has(sessionId))
      guess.sessions.set(sessionId, known.sessions.get(sessionId)?.session ?? unseen(asking));
    if (!guess.live.has(identityId)) guess.live.set(identityId, known.identities.get(identityId)?.liveIds ?? []);
    const session = guess.sessions.get(sessionId)!;
    const question = questionOf(asking, guess);
    const touched = touch(question);
    if (speaks(item)) guess.sessions.set(sessionId, question.session);
    const identity = guess.identities.get(identityId)!;
    if (isForeseeable(sets)) asking.foreseen = { touched, sets, identity, session };
    return touched.touches;
  });
}

/** Identities as last seen: good enough to guess which rows a request touches. What is decided on is read behind the locks. */
async function identitiesOf({ client, known }: Lane, { asking }: Prepared): Promise<Map<string, IdentitySeen>> {
  const ids = [...new Set(asking.map((one) => one.identityId))];
  const identities = await readIdentities(
    client,
    ids.filter((id) => !known.identities.has(id)),
  );
  for (const id of ids) {
    const last = known.identities.get(id);
    if (last) identities.set(id, last.identity);
  }
  return identities;
}

const unseen = ({ identityId, sessionId }: Asking): SessionSeen => ({
  id: sessionId,
  identityId,
  label: '',
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  startedMs: 0,
  lastEventMs: 0,
  liveUntilMs: null,
  ended: false,
  network: null,
  region: null,
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
});
