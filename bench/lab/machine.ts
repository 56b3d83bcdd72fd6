import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { projectRoot } from '@/lib/platform/env';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  node: string;
  postgres: string;
  settings: Record<string, string>;
}

/** What the figures were measured on, with the settings that durability hangs on as the server itself reports them. */
export async function machine(database: pg.Client): Promise<Machine> {
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'wal_sync_method',
    'shared_buffers',
    'server_version',
  ];
  const { rows } = await database.query<{ name: string; setting: string }>(
    `select name, current_setting(name) as setting from pg_settings where name = any($1)`,
    [names],
  );
  const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
  if (settings.fsync !== 'on' || settings.synchronous_commit !== 'on')
    throw new Error('fsync or synchronous_commit is off: these figures would mean nothing.');
  const { server_version, ...rest } = settings;
  return {
    cpu: os.cpus()[0]?.model.trim() || 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    postgres: server_version ?? 'unknown',
    settings: rest,
  };
}

export const resultsDir = path.join(projectRoot(), 'bench', 'results');

/** Writes a result where `npm run bench report` finds it, or into `file`. */
export function keepResult(name: string, result: unknown, file = path.join(resultsDir, `${name}.json`)): string {
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
