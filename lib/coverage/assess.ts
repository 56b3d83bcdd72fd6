import {
  type Assessment,
  type ConnectorFact,
  type CoverageFacts,
  type Gap,
  TESTS,
  type Test,
  type Tested,
} from '@/lib/coverage/model';

/** A system that answered longer ago than this does not show what lives now, ms. */
const FRESH_MS = 3_600_000;
/** A proof of revocation older than this proves nothing any more, ms. */
const PROOF_MS = 90 * 86_400_000;

const yes = (why: string): Tested => ({ pass: true, why });
const no = (why: string): Tested => ({ pass: false, why });
const day = (at: string): string => at.slice(0, 10);
const names = (connectors: readonly ConnectorFact[]): string => connectors.map((each) => each.name).join(', ');
const within = (at: string | null, ms: number, now: string): boolean =>
  at !== null && Date.parse(now) - Date.parse(at) <= ms;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

const owner = (facts: CoverageFacts): Tested =>
  facts.owner
    ? yes(
        `${facts.owner}${facts.ownerSource ? `, from ${facts.ownerSource}` : ''}${facts.ownerAttestedAt ? `, attested ${day(facts.ownerAttestedAt)}` : ''}.`,
      )
    : no('Nobody is recorded who answers for it.');

const purpose = (facts: CoverageFacts): Tested =>
  facts.purpose ? yes(facts.purpose.slice(0, 300)) : no('What it is for is not written down.');

function credentials(facts: CoverageFacts): Tested {
  const listing = facts.connectors.filter((each) => each.discovers && each.lastSyncAt !== null);
  if (listing.length === 0)
    return no(
      facts.credentialsSeen > 0
        ? `${facts.credentialsSeen} seen in logs; no connected system lists them all.`
        : 'No connected system lists its credentials.',
    );
  if (facts.credentialsListed === 0) return no(`${names(listing)} knows it but lists no credential.`);
  return yes(`${facts.credentialsListed} listed by ${names(listing)}.`);
}

function lastUse(facts: CoverageFacts, now: string): Tested {
  if (facts.lastSeenAt) return yes(`Last used ${day(facts.lastSeenAt)}.`);
  const watching = facts.connectors.filter(
    (each) => each.enabled && each.listsSessions && within(each.lastSyncAt, FRESH_MS, now),
  );
  return watching.length > 0
    ? yes(`Watched by ${names(watching)}, not used since.`)
    : no('No use was seen, and nothing would have shown one.');
}

function sessions(facts: CoverageFacts, now: string): Tested {
  const listing = facts.connectors.filter((each) => each.listsSessions);
  if (listing.length === 0)
    return no(
      facts.sources.length > 0
        ? 'Seen in logs after the fact; no connected system shows its live sessions.'
        : 'No connected system shows its live sessions.',
    );
  const blind = listing.filter((each) => !each.enabled || !within(each.lastSyncAt, FRESH_MS, now));
  if (blind.length > 0) return no(`${names(blind)} has not answered within the hour.`);
  return yes(`${names(listing)} shows them while they live.`);
}

function revocation(facts: CoverageFacts, now: string): Tested {
  if (facts.connectors.length === 0) return no('No connected system can end its access.');
  if (facts.protected) return no('Protected: Braid does not end its access.');
  if (facts.proven && within(facts.proven.at, PROOF_MS, now))
    return yes(`Proven on itself on ${day(facts.proven.at)}, verified after ${seconds(facts.proven.ms)}.`);
  const unable = facts.connectors.filter((each) => !each.revokes);
  if (unable.length > 0) return no(`${names(unable)} can't end its access.`);
  const unproven = facts.connectors.filter((each) => !each.proven || !within(each.proven.at, PROOF_MS, now));
  if (unproven.length > 0) return no(`Declared by ${names(unproven)}, not proven within 90 days.`);
  const last = facts.connectors[0]!.proven!;
  return yes(
    `Proven through ${names(facts.connectors)} on ${day(last.at)} with ${last.identityName}, verified after ${seconds(last.ms)}.`,
  );
}

/** Judges one identity by the six tests of full visibility and names what its governance lacks. */
export function assess(facts: CoverageFacts, now: string): Assessment {
  const tests: Record<Test, Tested> = {
    owner: owner(facts),
    purpose: purpose(facts),
    credentials: credentials(facts),
    lastUse: lastUse(facts, now),
    sessions: sessions(facts, now),
    revocation: revocation(facts, now),
  };
  const failed: Gap[] = TESTS.filter((test) => !tests[test].pass);
  const bound = facts.recentSessions > 0 && facts.boundSessions === facts.recentSessions;
  const more: [boolean, Gap][] = [
    [facts.concurrencyLimit === null, 'limit'],
    [!bound, 'binding'],
    [facts.peakSessions > 1 && facts.concurrencyLimit === null && !bound && !tests.revocation.pass, 'overlap'],
    [facts.connectors.length === 0, 'managed'],
    [facts.protected, 'protected'],
    [Boolean(facts.excess), 'excess'],
  ];
  return {
    tests,
    visibility: TESTS.length - failed.length,
    gaps: [...failed, ...more.flatMap(([lacks, gap]) => (lacks ? [gap] : []))],
  };
}
