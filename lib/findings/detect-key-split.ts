import { assertFound } from '@/lib/findings/assert-model';
import { areUsualExits } from '@/lib/findings/exits-model';
import { counted } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { isTelling } from '@/lib/findings/telling-model';
import { AT_ONCE_MS, type Credential, credentialsOf, type Holder, roams, turnsOf } from '@/lib/findings/uses-model';
import { apart, areOtherClients, whereText } from '@/lib/findings/where-model';

const TURNS_LEAST = 3;

/** Another country or operator, another client, neither at the other's place, and the key goes back and forth at once. */
function areTwo(picture: Picture, { holders }: Credential, reader: Holder, changer: Holder): boolean {
  const how = apart(reader.where, changer.where);
  return (
    (how === 'country' || how === 'asn') &&
    areOtherClients(reader.agent, changer.agent) &&
    !roams(holders, reader, changer) &&
    !areUsualExits(picture, reader, changer) &&
    turnsOf(reader, changer).filter(({ ms }) => ms <= AT_ONCE_MS).length >= TURNS_LEAST
  );
}

/**
 * One key used from two places at once, reading in one and changing in the other (requirement A11), by what was done with it,
 * whatever sessions that makes. A person's tools are apart at one place as well; who only read has to have read too much for
 * that to be chance.
 */
export function detectKeySplit(picture: Picture): Found[] {
  if (picture.identity.kind === 'human') return [];
  return credentialsOf(picture).flatMap((credential) => {
    const { holders, places } = credential;
    const changes = holders.reduce((sum, holder) => sum + holder.changes, 0);
    const all = changes + holders.reduce((sum, holder) => sum + holder.reads, 0);
    const readers = holders.filter((holder) => holder.changes === 0 && isTelling(holder.reads, changes, all, places));
    for (const reader of readers)
      for (const changer of holders)
        if (
          changer.changes > 0 &&
          Math.max(reader.uses.at(-1)!.last, changer.uses.at(-1)!.last) >= picture.from &&
          areTwo(picture, credential, reader, changer)
        )
          return [told(picture, credential, reader, changer)];
    return [];
  });
}

function told(picture: Picture, { name }: Credential, reader: Holder, changer: Holder): Found {
  const ids = new Set([reader, changer].flatMap(({ uses }) => uses.flatMap((use) => use.eventIds)));
  const sessions = [reader, changer].flatMap(({ uses }) => uses.flatMap((use) => use.sessionIds));
  const [reads, changes] = [whereText(reader.where), whereText(changer.where)];
  return assertFound(picture, {
    detector: 'read-change-split',
    cause: `key:${name}`.slice(0, 300),
    severity: reader.where.shared || changer.where.shared ? 'medium' : 'high',
    title: 'One key in two places: reading here, changing there',
    summary: `${picture.identity.name}: the key ${name} reads from ${reads} and changes from ${changes} at the same time.`,
    reasons: [
      `${counted(reader.reads, 'read')} and no change from ${reads} by ${reader.agent}; ${counted(changer.changes, 'change')} from ${changes} by ${changer.agent}.`,
      'It goes back and forth within minutes, so it was not handed over from one place to the other.',
      'Of one workload who reads so much would have changed something, too: 19 times in 20, for as many places as there are.',
    ],
    events: picture.events.filter(({ id }) => ids.has(id)),
    sessions: [...new Set(sessions)],
    facts: { key: name, reads: `${reader.reads} from ${reads}`, changes: `${changer.changes} from ${changes}` },
  });
}
