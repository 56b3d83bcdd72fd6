// Respond worker: follows connected systems and carries out revocations. Nothing slow ever runs beside it.
import { expire as expireGrants } from '@/lib/access/grants/expire';
import { follow } from '@/lib/connectors/follow';
import { closeConnections } from '@/lib/connectors/registry';
import { disconnectDatabase } from '@/lib/db/client';
import { startDue } from '@/lib/drills/start-due';
import { every } from '@/lib/jobs/every';
import { applySignal } from '@/lib/jobs/tasks/apply-signal';
import { carryOut } from '@/lib/jobs/tasks/carry-out';
import { carryOutResponse } from '@/lib/jobs/tasks/carry-out-response';
import { endEnforcement } from '@/lib/jobs/tasks/end-enforcement';
import { executeRevocation } from '@/lib/jobs/tasks/execute-revocation';
import { respondToFindings } from '@/lib/jobs/tasks/respond-to-findings';
import { runDrill } from '@/lib/jobs/tasks/run-drill';
import { syncConnector } from '@/lib/jobs/tasks/sync-connector';
import { watchRegrowth } from '@/lib/jobs/tasks/watch-regrowth';
import { work } from '@/lib/jobs/work';
import { takeBackLost } from '@/lib/responses/take-back-lost';
import { stopWork } from '@/lib/revocations/stop-work';
import { sweep } from '@/lib/revocations/sweep';
import { watchRegrowth as lookForRegrowth } from '@/lib/revocations/watch-regrowth';
import { announceReady, onStop } from '@/lib/server/lifecycle';

/** What is due again, or was left by a worker that died, is found within this time, ms. */
const SWEEP_MS = 1_000;
const REGROWTH_MS = 2_000;
const ASK_MS = 30_000;
const DRILLS_MS = 30_000;
const GRANTS_MS = 1_000;

/** Starts the respond worker on this process's database; `stop` lets what runs finish. */
export async function startRespond(): Promise<{ stop: () => Promise<void> }> {
  const jobs = await work(
    {
      'apply-signal': applySignal,
      'carry-out': carryOut,
      'carry-out-response': carryOutResponse,
      'respond-to-findings': respondToFindings,
      'end-enforcement': endEnforcement,
      'execute-revocation': executeRevocation,
      'run-drill': runDrill,
      'sync-connector': syncConnector,
      'watch-regrowth': watchRegrowth,
    },
    { concurrency: 4 },
  );
  const following = follow();
  const loops = [
    every('sweep-revocations', SWEEP_MS, () => sweep({ wait: false })),
    every('start-drills', DRILLS_MS, startDue),
    every('expire-grants', GRANTS_MS, expireGrants),
    every('take-back-lost-responses', DRILLS_MS, takeBackLost),
    every('look-for-regrowth', REGROWTH_MS, () => lookForRegrowth({ ask: false })),
    every('ask-for-regrowth', ASK_MS, () => lookForRegrowth({ ask: true })),
  ];
  return {
    stop: async () => {
      await Promise.all([jobs.stop(), following.stop(), ...loops.map((loop) => loop.stop())]);
      await stopWork();
      await closeConnections();
    },
  };
}

if (process.env.BRAID_PROCESS === 'respond') {
  const respond = await startRespond();
  onStop(async () => {
    await respond.stop();
    await disconnectDatabase();
  });
  announceReady();
}
