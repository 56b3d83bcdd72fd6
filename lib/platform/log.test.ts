import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { projectRoot } from '@/lib/platform/env';

/** What a process of that environment writes on a stderr nobody sits at. */
function said(extra: Record<string, string>): string {
  const { BRAID_LOG_FORMAT: _, BRAID_PROCESS: __, BRAID_LOG_LEVEL: ___, ...env } = process.env;
  const script = `const { log } = await import('./lib/platform/log.ts'); log.warn({ waiting: 3 }, 'behind');`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const run = spawnSync(process.execPath, args, { cwd: projectRoot(), env: { ...env, ...extra }, encoding: 'utf8' });
  return run.stderr.trim();
}

test('a service writes JSON to be collected; a command, and whoever asks for it, words', { timeout: 60_000 }, () => {
  const service = { BRAID_PROCESS: 'batch' };
  expect(JSON.parse(said(service))).toMatchObject({ process: 'batch', waiting: 3, msg: 'behind' });
  expect(said({ ...service, BRAID_LOG_FORMAT: 'words' })).toMatch(
    /^\d\d:\d\d:\d\d batch warning: behind \(waiting 3\)$/,
  );
  expect(said({})).toMatch(/ cli warning: behind/);
  expect(JSON.parse(said({ BRAID_LOG_FORMAT: 'json' }))).toMatchObject({ process: 'cli', msg: 'behind' });
});
