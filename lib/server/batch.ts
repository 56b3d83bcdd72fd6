// Batch worker: imports, correlation's loose ends, detection, telling people, expiry, snapshots, partitions. Never beside a revocation.
import os from 'node:os';
import { systemCtx } from '@/lib/access/model';
import { expire as endAllotments } from '@/lib/allotments/expire';
import { expire as expireRequests } from '@/lib/approvals/expire';
import { disconnectDatabase } from '@/lib/db/client';
import { askAllAgainIfChanged } from '@/lib/decisions/ask-all-again';
import { askByClock } from '@/lib/decisions/ask-by-clock';
import { catalogue } from '@/lib/decisions/catalogue';
import { expire } from '@/lib/exposures/expire';
import { watchNear } from '@/lib/exposures/watch-near';
import { every } from '@/lib/jobs/every';
import { ensurePartitions } from '@/lib/jobs/tasks/ensure-partitions';
import { reevaluateSessions } from '@/lib/jobs/tasks/reevaluate-sessions';
import { retainLog } from '@/lib/jobs/tasks/retain-log';
import { routeNotices } from '@/lib/jobs/tasks/route-notices';
import { runBacktest } from '@/lib/jobs/tasks/run-backtest';
import { runHunt } from '@/lib/jobs/tasks/run-hunt';
import { runImport } from '@/lib/jobs/tasks/run-import';
import { scanDecisions } from '@/lib/jobs/tasks/scan-decisions';
import { scanPurposes } from '@/lib/jobs/tasks/scan-purposes';
import { scanSessions } from '@/lib/jobs/tasks/scan-sessions';
import { sealAudit } from '@/lib/jobs/tasks/seal-audit';
import { sendNotifications } from '@/lib/jobs/tasks/send-notifications';
import { sendSignals } from '@/lib/jobs/tasks/send-signals';
import { takeCheckpointIfDue } from '@/lib/jobs/tasks/take-checkpoint';
import { takeCoverage, takeCoverageIfDue } from '@/lib/jobs/tasks/take-coverage';
import { tallyAgain, tallyDecisions } from '@/lib/jobs/tasks/tally-decisions';
import { verifyLog, verifyNightly } from '@/lib/jobs/tasks/verify-log';
import { work } from '@/lib/jobs/work';
import { letOldNoticesGo, sweep as sweepNotifications } from '@/lib/notifications/sweep';
import { keepLags } from '@/lib/revocations/keep-lags';
import { announceReady, onStop } from '@/lib/server/lifecycle';
import { abandon } from '@/lib/sessions/abandon';
import { forgetTasks } from '@/lib/sessions/forget-tasks';
import { sweep } from '@/lib/sessions/sweep';
import { pollSources } from '@/lib/signals/poll-source';
import { sweep as sweepSignals, tidy as tidySignals } from '@/lib/signals/sweep';

/** Passes of what looks around by itself, ms between the end of one and the next. */
const SCAN_MS = 3_000;
const SWEEP_MS = 10_000;
/** Sessions that open though their identity is not needed any more. */
const PURPOSES_MS = 10_000;
const EXPIRE_MS = 15_000;
const CATALOGUE_MS = 10_000;
/** The first snapshot waits this long, so that a system just connected has been looked at. */
const SNAPSHOT_MS = 45_000;
const SEAL_MS = 5_000;
/** How often it is looked whether a checkpoint is due. It waits behind no job. */
const CHECKPOINT_MS = 15_000;
/** A change of policies is answered by live sessions within this time and the time it takes to ask. */
const REEVALUATE_MS = 2_000;
/** A sixth of those with live sessions at each pass: each within a minute. */
const REVALIDATE_MS = 10_000;
/** How long revoking takes, as policies read it. */
const LAGS_MS = 60_000;
const TALLY_MS = 30_000;
/** What a job that got lost would have sent is sent within this time. */
const NOTIFY_MS = 10_000;
/** How often it is looked what has risen to a warning level of its limit. */
const NEAR_MS = 5_000;
/** Receivers that are waited for at the same time. */
const RECEIVERS = 6;
/** How often it is looked whether a transmitter of shared signals is to be polled. */
const POLL_MS = 1_000;
const TIDY_MS = 600_000;
const DAY_MS = 86_400_000;

/** Starts the batch worker on this process's database; `stop` lets what runs finish. */
export async function startBatch(): Promise<{ stop: () => Promise<void> }> {
  const jobs = await work(
    {
      'detect-decisions': scanDecisions, // the decision point asks for it after a refusal
      'take-coverage': takeCoverage,
      'ensure-partitions': ensurePartitions,
      'run-import': runImport,
      'run-hunt': runHunt,
      'reevaluate-sessions': reevaluateSessions,
      'scan-purposes': scanPurposes,
      'run-backtest': runBacktest,
      'retain-log': retainLog,
      'verify-log': verifyLog,
      'verify-nightly': verifyNightly,
      'tally-again': tallyAgain,
    },
    {
      concurrency: 2,
      cron: [
        { task: 'take-coverage', match: '0 6 * * 1' },
        { task: 'ensure-partitions', match: '5 0 * * *' },
        { task: 'retain-log', match: '35 * * * *' },
        { task: 'verify-nightly', match: '15 2 * * *' },
        { task: 'tally-again', match: '20 1 * * *' },
      ],
    },
  );
  // On its own: a receiver that is slow keeps nothing else waiting, and a long import no message.
  const telling = await work(
    { 'route-notices': routeNotices, 'send-notifications': sendNotifications, 'send-signals': sendSignals },
    { concurrency: RECEIVERS },
  );
  const loops = [
    every('scan-decisions', SCAN_MS, scanDecisions),
    every('scan-sessions', SCAN_MS, scanSessions, { rest: 4 }),
    every('scan-purposes', PURPOSES_MS, scanPurposes),
    every('sweep-sessions', SWEEP_MS, () => sweep(systemCtx('sweep'))),
    every('abandon-sessions', SWEEP_MS, () => abandon(systemCtx('sweep'))),
    every('expire-holds', EXPIRE_MS, () => expire(systemCtx('expiry'))),
    every('forget-tasks', DAY_MS, () => forgetTasks(systemCtx('expiry'))),
    every('watch-near', NEAR_MS, () => watchNear(systemCtx('limits'))),
    every('expire-requests', EXPIRE_MS, () => expireRequests(systemCtx('expiry'))),
    every('end-allotments', EXPIRE_MS, () => endAllotments(systemCtx('expiry'))),
    every('catalogue', CATALOGUE_MS, () => catalogue(systemCtx('catalogue'))),
    every('reevaluate-sessions', REEVALUATE_MS, () => askAllAgainIfChanged(systemCtx('reevaluation'))),
    // Not at once: a process that is still loading its code would take the database for slow.
    every('revalidate', REVALIDATE_MS, () => askByClock(systemCtx('revalidation')), { wait: true }),
    every('keep-lags', LAGS_MS, () => keepLags(systemCtx('revocation lag'))),
    every('take-coverage', SNAPSHOT_MS, takeCoverageIfDue, { wait: true }),
    every('ensure-partitions', DAY_MS, ensurePartitions),
    every('seal-audit', SEAL_MS, sealAudit),
    every('sweep-notifications', NOTIFY_MS, sweepNotifications),
    every('let-old-notices-go', DAY_MS, letOldNoticesGo),
    every('poll-signals', POLL_MS, pollSources),
    every('sweep-signals', NOTIFY_MS, sweepSignals),
    every('tidy-signals', TIDY_MS, tidySignals),
    every('take-checkpoint', CHECKPOINT_MS, takeCheckpointIfDue),
    every('tally-decisions', TALLY_MS, tallyDecisions),
  ];
  return {
    stop: async () => {
      await Promise.all([jobs.stop(), telling.stop(), ...loops.map((loop) => loop.stop())]);
      await disconnectDatabase();
    },
  };
}

if (process.env.BRAID_PROCESS === 'batch') {
  // Somebody waits for a decision, a revocation or an open page; for what is done here they wait in minutes.
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
  const batch = await startBatch();
  onStop(batch.stop);
  announceReady();
}
