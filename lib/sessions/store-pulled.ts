import { gzipSync } from 'node:zlib';
import type { Tx } from '@/lib/db/transaction';
import { newId } from '@/lib/platform/ids';
import { appendPulled } from '@/lib/sessions/inbox/store';
import { BATCH_MOST } from '@/lib/sessions/inbox-model';

/** What a connected system handed over of its audit log, as it wrote it. */
export interface Pulled {
  connectorId: string;
  /** Its name, for the list of batches. */
  name: string;
  /** A format of connectors/formats. */
  format: string;
  lines: string[];
}

/** One record a line, whatever it was written like: outside of a text a line end in JSON is a blank. */
const onOneLine = (line: string): string => (/^\s*[[{]/.test(line) ? line.replace(/\r?\n/g, ' ') : line);

/** Lines in bodies of at most `most` characters. A line longer than that stands alone. */
function bodiesOf(lines: string[], most: number): string[] {
  const bodies: string[] = [];
  let some: string[] = [];
  let size = 0;
  for (const line of lines.map(onOneLine)) {
    if (size > 0 && size + line.length > most) {
      bodies.push(`${some.join('\n')}\n`);
      some = [];
      size = 0;
    }
    some.push(line);
    size += line.length + 1;
  }
  if (some.length > 0) bodies.push(`${some.join('\n')}\n`);
  return bodies;
}

/**
 * Puts what was pulled into the inbox, in the caller's transaction: it is there if and only if the cursor has moved. A worker
 * ingests it like what callers send. false: the inbox takes no more at the moment, and nothing was put.
 */
export async function storePulled(tx: Tx, { connectorId, name, format, lines }: Pulled): Promise<boolean> {
  const batches = bodiesOf(lines, BATCH_MOST).map((body) => ({ id: newId(), body: gzipSync(body, { level: 1 }) }));
  return appendPulled(tx, { connectorId, actorName: name.slice(0, 300), format, batches });
}
