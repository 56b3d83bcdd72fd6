import { assertFound } from '@/lib/findings/assert-model';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';

/**
 * Sessions that live and act while no log and no decision tells of it (requirement E8): their system lists them, its log
 * comes in and says nothing of them. What is dark is told by the session itself.
 */
export function detectDarkSession(picture: Picture): Found[] {
  const dark = [...picture.sessions.values()].filter((session) => session.dark && !session.ended);
  if (dark.length === 0) return [];
  const lit = [...picture.sessions.values()].some((session) => !session.dark && !session.ended);
  return [
    assertFound(picture, {
      detector: 'dark-session',
      cause: 'dark',
      severity: lit ? 'medium' : 'low',
      title: dark.length === 1 ? 'A session nobody watches' : `${dark.length} sessions nobody watches`,
      summary: `${picture.identity.name}: ${dark
        .slice(0, 3)
        .map((session) => session.label)
        .join(
          ', ',
        )} ${dark.length === 1 ? 'lives' : 'live'} and nothing tells what ${dark.length === 1 ? 'it does' : 'they do'}.`,
      reasons: [
        lit
          ? 'Other sessions of the identity are told of, so these are the exception.'
          : 'No session of the identity is told of.',
      ],
      events: [],
      sessions: dark.map((session) => session.id),
      since: Math.min(...dark.map((session) => session.from)),
    }),
  ];
}
