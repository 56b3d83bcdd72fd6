import { assertFound, judged } from '@/lib/findings/assert-model';
import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';

/** What opens more doors (requirement E15): secrets, code execution, new ways in, and the end of the log itself. */
export const SENSITIVE: Record<string, RegExp> = {
  secrets:
    /getsecretvalue|getparameter(?:s|sbypath)?$|getpassworddata|secrets?[.:/ -](?:get|read|access|list)|read.{0,10}secret|accesssecretversion|vault\.secret/i,
  'code execution':
    /sendcommand|startsession$|pods?[/. ](?:exec|attach)|executecommand|updatefunctioncode|createfunction|runcommand|workflow.{0,10}dispatch|\.exec$|ssh/i,
  'a way in':
    /createaccesskey|createloginprofile|updateloginprofile|createuser|createserviceaccountkey|serviceaccountkeys?\.create|addmember|create.{0,12}(?:token|credential|api_?key)|updateassumerolepolicy|getsigninprofile|getfederationtoken|rolebindings?[. ]create/i,
  'the end of logging':
    /stoplogging|deletetrail|deleteflowlogs|puteventselectors|updatetrail|deletesink|disable.{0,12}(?:audit|log)|audit.{0,10}(?:disable|delete)|deletedetector|leaveorganization/i,
};

const kindOf = (event: EventFact): string | null =>
  Object.entries(SENSITIVE).find(([, pattern]) => pattern.test(event.action))?.[0] ?? null;

const LEAST_KINDS = 3;

/**
 * A machine's identity that for the first time does what opens more doors, though its sign-in looks as always (requirements
 * C15, C20). Judged by kinds, not by names: the tenth secret is no news. Only where its actions are learned and few.
 */
export function detectUnusualAction(picture: Picture): Found[] {
  const { envelope, identity } = picture;
  if (identity.kind === 'human' || !isLearned(envelope)) return [];
  const names = Object.keys(envelope.actions);
  const total = Object.values(envelope.actions).reduce((sum, count) => sum + count, 0);
  if (names.length < 1 || names.length >= 40 || total < 50) return [];
  const known = new Set(
    names.flatMap((name) => Object.entries(SENSITIVE).find(([, pattern]) => pattern.test(name))?.[0] ?? []),
  );
  const fresh = judged(picture).flatMap((event) => {
    const kind = event.outcome === 'success' ? kindOf(event) : null;
    return kind && !known.has(kind) ? [{ event, kind }] : [];
  });
  const [first] = fresh;
  if (!first) return [];
  const kinds = [...new Set(fresh.map(({ kind }) => kind))];
  return [
    assertFound(picture, {
      detector: 'unusual-action',
      cause: `kind:${first.kind}`,
      severity:
        kinds.length >= LEAST_KINDS
          ? 'critical'
          : kinds.length > 1 || first.kind === 'the end of logging'
            ? 'high'
            : 'medium',
      title: `First touch of ${kinds.join(', ')}`,
      summary: `${identity.name} did ${[...new Set(fresh.map(({ event }) => event.action))].slice(0, 3).join(', ')}; in ${envelope.days.length} days learned it did ${names.slice(0, 3).join(', ')} and the like.`,
      reasons: [`Nothing of the kind was seen before: ${kinds.join(', ')}.`, 'How it signed in says nothing of it.'],
      events: fresh.map(({ event }) => event),
      facts: { kinds: kinds.join(', ') },
    }),
  ];
}
