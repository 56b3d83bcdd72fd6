// Version 2 of a trace as it is stored and hashed: RFC 8785 text in which nothing stands that follows from the rest of it
// or from the sources of the policy sets it names by hash. `expandTrace` makes of it what everybody reads.
//
//   alone       as a per-session control would have decided; absent: no session was named
//   also        further members of the trace, as they are
//   at          ms
//   dryRun      true; absent: it counts
//   exposures   [set?, meter, key, "revision settled held amount own (own amount)", "holder:settled(:held) …", more?]
//               set: place in `sets`, absent for the first; key: 0 = the identity's id, 1 = the session's
//               holder: place in `sessions`, + = all others; a number instead: as that exposure's
//               more: limit, where it is not the usual one; formerly: keys that count as well, of who was merged into who asks
//   holdId      absent: no hold
//   id          of the decision
//   identity    [id, name, kind, state?, managed?]; absent: active, managed
//   live        number of live sessions of the identity; absent: those of `sessions` with an age, and the one that asks
//   reason      absent: ok
//   request     as asked
//   rules       what is not as usual: {rule, set?, …} as in a trace; null: no rule was judged
//   seen        what the sets read beyond all this, but for the other sessions
//   session     [place in `sessions`, age (ms), observedBy]; absent: declared
//   sessions    [id, label, identity?, age (ms)?, fields?]; with an age: it was live and could be looked at
//   sets        [name, version, hash, "shadow"?]
//   skipped     [rule, set?] places of rules that did not apply
//   supersedes  absent: none
//   v           2
//   verdict
//   warnings    absent: none
//
// Ids are written as 22 characters of base64url, hashes as 43; what is not in the usual form stands as it is behind a `=`.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const shortId = (id: string): string =>
  UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url') : `=${id}`;

export function longId(text: string): string {
  if (text.startsWith('=')) return text.slice(1);
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const shortHash = (hash: string): string =>
  /^[0-9a-f]{64}$/.test(hash) ? Buffer.from(hash, 'hex').toString('base64url') : `=${hash}`;

export const longHash = (text: string): string =>
  text.startsWith('=') ? text.slice(1) : Buffer.from(text, 'base64url').toString('hex');

export type Entry = [id: string, label: string, ...rest: (string | number | Record<string, unknown>)[]];

/** A trace of version 2 as its JSON is. */
export interface TraceV2 {
  alone?: string;
  also?: Record<string, unknown>;
  at: number;
  dryRun?: true;
  exposures: unknown[][];
  holdId?: string;
  id: string;
  identity: [id: string, name: string, kind: string, ...rest: (string | false)[]];
  live?: number;
  reason?: string;
  request: Record<string, unknown>;
  rules?: ({ rule: number; set?: number } & Record<string, unknown>)[] | null;
  seen?: Record<string, unknown>;
  session: [place: number, ageMs: number, observedBy?: string];
  sessions: Entry[];
  sets: [name: string, version: number, hash: string, mode?: 'shadow'][];
  skipped?: [rule: number, set?: number][];
  supersedes?: string;
  v: 2;
  verdict: string;
  warnings?: { ruleId: string; percent: number }[];
}
