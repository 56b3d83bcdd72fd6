import { assertFound, judged } from '@/lib/findings/assert-model';
import { counted } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';
import type { LifeFact, Picture } from '@/lib/findings/picture-model';

const GRACE_MS = 10_000;

/** Of whom: the identity as a whole, by one of its names. A key that is replaced by another is a rotation, not this. */
const endedAs = (picture: Picture): LifeFact[] =>
  picture.lives.filter(
    (life) =>
      life.of === 'identity' &&
      (life.what === 'disabled' || life.what === 'deleted') &&
      picture.identity.names.some((name) => name.externalId.toLowerCase() === life.externalId.toLowerCase()),
  );

/**
 * A new session or credential of an identity after it had been disabled or deleted at its system, without having been
 * enabled again. What Braid itself ended is watched by the revocation.
 */
export function detectRegrowth(picture: Picture): Found[] {
  for (const life of endedAs(picture)) {
    const back = (at: number) =>
      picture.lives.some(
        (other) =>
          other.of === 'identity' &&
          (other.what === 'enabled' || other.what === 'created') &&
          other.at >= life.at &&
          other.at <= at,
      );
    const keys = picture.lives.filter(
      (other) =>
        other.of === 'credential' &&
        other.what === 'created' &&
        other.at > life.at + GRACE_MS &&
        other.at >= picture.from &&
        !back(other.at),
    );
    const opened = judged(picture).filter((event) => {
      const session = event.sessionId ? picture.sessions.get(event.sessionId) : undefined;
      const began = session && session.from > life.at + GRACE_MS && event.outcome === 'success';
      return Boolean(began || (event.told.minted && event.at > life.at + GRACE_MS)) && !back(event.at);
    });
    if (keys.length + opened.length === 0) continue;
    return [
      assertFound(picture, {
        detector: 'regrowth',
        cause: `identity:${life.what}:${new Date(life.at).toISOString()}`,
        severity: 'critical',
        title: 'Access grew back',
        summary: `${picture.identity.name} was ${life.what} at ${new Date(life.at).toISOString().slice(0, 19)}Z and not enabled since; after it came ${keys.length > 0 ? counted(keys.length, 'new credential') : counted(new Set(opened.map((event) => event.sessionId)).size, 'new session')}.`,
        reasons: ['Access was ended on purpose and is there again.', 'Nobody enabled it: somebody kept a way in.'],
        events: opened,
        since: Math.min(...keys.map((key) => key.at), ...opened.map((event) => event.at)),
        facts: { ended: new Date(life.at).toISOString() },
      }),
    ];
  }
  return [];
}
