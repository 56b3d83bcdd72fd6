// A connection lost with the answer to a commit that happened: what was decided stands, also in what the process remembers.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { applyTestPolicies, ask, consistent } from '@/lib/decisions/testing-ask';
import { drop, onLane } from '@/lib/exposures/lane/store';
import { flushSessions } from '@/lib/exposures/touch/store';

testDatabase();
beforeAll(applyTestPolicies);

const pay = () => ask({ subject: 'svc-lost', context: { amount: 1 }, session: { id: 'lost' } });

/** The next commit arrives, and its answer does not. */
const loseNextAnswer = () =>
  onLane(async (lane) => {
    const finish = lane.client.finish.bind(lane.client);
    lane.client.finish = () =>
      finish().then((result) => {
        expect(result.command).toBe('COMMIT');
        drop(lane, 'lost by a test');
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      });
  });

test('each decision is one event of its session, whichever answer was lost', async () => {
  await pay();
  for (let n = 0; n < 3; n++) {
    await loseNextAnswer();
    expect((await pay()).decision).toBe(true);
    await pay();
  }
  await flushSessions();
  const { rows } = await pool().query(
    `select s.event_count, (select count(*)::int from decisions d where d.session_id = s.id) as decisions
     from sessions s join identities i on i.id = s.identity_id where i.name = 'svc-lost'`,
  );
  expect(rows).toEqual([{ event_count: 7, decisions: 7 }]);
  await consistent();
});
