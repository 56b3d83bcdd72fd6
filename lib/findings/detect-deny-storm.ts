import type { DenialsFact } from '@/lib/findings/denials-model';
import { counted } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';

/** Refusals within `STORM_MS` that are more than a mistake and its repetition. */
export const DENIALS = 30;
/** So many times what it was refused per such a time in the hours before: who is always refused much is told once. */
const TIMES_USUAL = 4;
/** So much of what it asks is refused: a busy service with an error here and there is none. */
const SHARE = 0.5;
/** Different requests that are refused: trying what may be had, and not one call in a loop. */
const PROBING = 8;

/**
 * An identity that is refused again and again within minutes (requirement A8): it tries what it may not, or goes on asking
 * after its access was ended, or is a client in a loop. Refusals by a limit are told as what they are by others, and those
 * for want of shared state are Braid's own.
 */
export function detectDenyStorm(denials: readonly DenialsFact[]): Found[] {
  return denials.flatMap((one): Found[] => {
    const { denied, asked, usual } = one;
    if (denied < DENIALS || denied < TIMES_USUAL * usual || denied < SHARE * asked) return [];
    const shutOut = one.shutOut * 2 > denied;
    const probing = !shutOut && one.targets >= PROBING;
    const minutes = Math.max(1, Math.ceil((Date.parse(one.lastAt) - Date.parse(one.firstAt)) / 60_000));
    return [
      {
        identityId: one.identityId,
        detector: 'deny-storm',
        cause: 'deny-storm',
        severity: probing ? 'high' : shutOut ? 'medium' : 'low',
        title: probing
          ? 'Tries again and again what it may not'
          : shutOut
            ? 'Goes on asking after its access was ended'
            : 'One request is refused again and again',
        summary: `${one.identityName}: ${denied} of ${counted(asked, 'request')} refused within ${minutes} min, for ${counted(one.targets, 'action and resource', 'different actions and resources')}.`,
        reasons: [
          `${denied} refusals; in the hours before, ${usual < 1 ? 'less than one' : Math.round(usual)} in five minutes.`,
          probing
            ? `${one.targets} different actions and resources: what is tried is what may be had, not one call that fails.`
            : shutOut
              ? 'Most were refused because the identity, its session or its task is over: somebody still holds its credential.'
              : `Most often: ${one.most}. A client in a loop looks like this.`,
        ],
        evidence: {
          sessions: one.sessions.slice(0, 50),
          decisions: one.decisions.slice(-100),
          events: [],
          facts: { denied, asked, targets: one.targets, most: one.most.slice(0, 300) },
        },
        firstSeenAt: one.firstAt,
        lastSeenAt: one.lastAt,
      },
    ];
  });
}
