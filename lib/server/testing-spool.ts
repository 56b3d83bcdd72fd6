// For tests only: a decision point's spool in a process that is killed at a chosen stage (SIGKILL to itself, from inside).
// `npx tsx lib/server/testing-spool.ts spool <n>` answers n requests without a database and dies;
// `… recover <stage>` writes what is spooled into the log and dies at the stage, or ends by itself.
import fs from 'node:fs';
import pg from 'pg';
import type { Ctx } from '@/lib/access/model';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { decide } from '@/lib/decisions/decide';
import { recover } from '@/lib/decisions/recover';
import { closeLane } from '@/lib/exposures/close-lane';
import { env } from '@/lib/platform/env';

const [, , task, argument] = process.argv;
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
const say = (value: unknown): number => fs.writeSync(1, `${JSON.stringify(value)}\n`);

async function spoolAndDie(n: number): Promise<void> {
  connectDatabase('postgresql://braid:none@127.0.0.1:1/braid');
  const actor = {
    kind: 'token',
    id: '0190aaaa-0000-7000-8000-00000000000a',
    name: 't',
    scopes: ['decide'],
    issuer: 'default',
  };
  const one = async (i: number) => {
    const answer = await decide({ actor } as Ctx, {
      subject: { type: 'service_account', id: `svc-dark-${i % 7}` },
      action: { name: 'payment.create' },
      resource: { type: 'account', id: 'acct' },
      context: { amount: 1, braid: { session: { id: 's1' } } },
    });
    const { decision_id: id, reason } = {
      ...(answer.context.braid as { decision_id: string }),
      reason: answer.context.reason,
    };
    say({ id, reason, decision: answer.decision });
  };
  await Promise.all(
    Array.from({ length: n }, (_, i) => one(i).catch((error: { code: string }) => say({ error: error.code }))),
  );
  die();
}

/** Kills this process when `stage` is reached. */
function trap(stage: string): void {
  const { renameSync, rmSync } = fs;
  if (stage === 'before it is taken') fs.renameSync = die;
  if (stage === 'taken')
    fs.renameSync = (from, to) => {
      renameSync(from, to);
      die();
    };
  if (stage === 'before it is forgotten') fs.rmSync = die;
  if (stage === 'forgotten')
    fs.rmSync = (...args) => {
      rmSync(...args);
      die();
    };
  const inCommit = /^(before|after) commit (\d)$/.exec(stage);
  if (!inCommit) return;
  let commits = 0;
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const ours = args[0] === 'commit' && ++commits === Number(inCommit[2]);
    if (ours && inCommit[1] === 'before') die();
    const sent = query.apply(this, args);
    if (ours) void (sent as Promise<unknown>).then(die);
    return sent;
  } as typeof pg.Client.prototype.query;
}

if (task === 'spool') await spoolAndDie(Number(argument));
if (task === 'recover') {
  connectDatabase(env().DATABASE_URL!);
  trap(argument ?? '');
  say({ written: await recover() });
  await closeLane();
  await disconnectDatabase();
  process.exit(0);
}
