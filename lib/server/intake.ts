// Intake worker: stores what is sent to `/v1/events` and what connectors pulled. By itself, so that looking for findings in
// what is stored keeps nothing waiting that is sent.
import { systemCtx } from '@/lib/access/model';
import { disconnectDatabase } from '@/lib/db/client';
import { every } from '@/lib/jobs/every';
import { announceReady, onStop } from '@/lib/server/lifecycle';
import { drainInbox, forgetDrained } from '@/lib/sessions/drain-inbox';

/** What was sent waits no longer than this to be taken, ms after the last that was stored. */
const DRAIN_MS = 50;
const FORGET_MS = 600_000;

const loops = [
  every('drain-inbox', DRAIN_MS, () => drainInbox(systemCtx('inbox'))),
  every('forget-batches', FORGET_MS, forgetDrained),
];
onStop(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await disconnectDatabase();
});
announceReady();
