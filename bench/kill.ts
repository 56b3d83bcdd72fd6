// Kills decision points and PostgreSQL under load, and proves afterwards that nothing was lost, doubled or passed.
//   npm run bench kill -- --kills 1000 --postgres 50 --decisions 1000000
import fs from 'node:fs';
import path from 'node:path';
import { reportText } from '@/bench/kill/report';
import { runKillTest } from '@/bench/kill/run';
import { keepResult } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import { projectRoot } from '@/lib/platform/env';

const asked = options(process.argv.slice(2), {
  kills: '60',
  postgres: '6',
  decisions: '20000',
  every: '1200',
  seed: '1',
  callers: '48',
  json: '',
  report: '',
});
const enough = new AbortController();
process.once('SIGUSR2', () => enough.abort()); // proves what there is
process.env.BRAID_LOG_LEVEL ??= 'silent'; // what dies here complains about it
const report = await runKillTest({
  kills: Number(asked.kills),
  postgres: Number(asked.postgres),
  decisions: Number(asked.decisions),
  everyMs: Number(asked.every),
  seed: Number(asked.seed),
  callers: Number(asked.callers),
  enough: enough.signal,
  say: (line) => process.stdout.write(`${line}\n`),
});
const text = reportText(report);
process.stdout.write(`\n${text}`);
keepResult('kill', report, asked.json || undefined);
if (asked.report) fs.writeFileSync(path.resolve(projectRoot(), asked.report), text);
process.exit(report.ok ? 0 : 1);
