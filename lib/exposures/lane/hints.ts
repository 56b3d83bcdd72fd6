import type pg from 'pg';
import { HINT_CHANNEL, type Hint } from '@/lib/db/hint';
import { type Statement, send } from '@/lib/exposures/lane/send';

const HINTS: Statement = {
  name: 'hints',
  text: 'select count(pg_notify($1::text, h)) from unnest($2::text[]) as h',
  rows: true,
};

/** Tells what has changed, when the transaction commits: one statement, whatever their number. */
export const tellHints = (client: pg.Client, hints: readonly Hint[]): Promise<unknown>[] =>
  hints.length
    ? [
        send(client, HINTS, (parameters) =>
          parameters.value('text', HINT_CHANNEL).array('text', hints, (hint) => JSON.stringify(hint)),
        ),
      ]
    : [];
