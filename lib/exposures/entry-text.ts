import type { Entry } from '@/lib/exposures/model';

let lastMs = 0;
let lastText = new Date(0).toISOString();
/** A batch has one instant: its text is made once. */
const iso = (ms: number): string => {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
};

const quoted = (id: string | null): string => (id === null ? 'null' : `"${id}"`);

/** A ledger entry as it is hashed: RFC 8785 text of what its row holds. Ids and words need no escaping. */
export const entryText = (entry: Entry): string =>
  `{"at":"${iso(entry.atMs)}","decisionId":${quoted(entry.decisionId)},"exposureId":"${entry.exposureId}"` +
  `,"held":"${entry.held}","heldNow":"${entry.heldNow}","holdId":${quoted(entry.holdId)},"identityId":${quoted(entry.identityId)}` +
  `,"kind":"${entry.kind}","revision":"${entry.revision}","sessionId":${quoted(entry.sessionId)}` +
  `,"settled":"${entry.settled}","settledNow":"${entry.settledNow}"}`;
