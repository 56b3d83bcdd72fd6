import os from 'node:os';
import type { Ctx } from '@/lib/access/model';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { refusal } from '@/lib/server/commands/refusal';
import { openDatabase } from '@/lib/server/database';
import { chooseHome } from '@/lib/server/running';

/** Whoever can open the database may do everything; the audit says it was this OS user at the command line. */
export const cliCtx = (): Ctx => ({
  actor: { kind: 'cli', name: `cli:${os.userInfo().username}` },
  requestId: newId(),
});

export const print = (value: unknown): void => {
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, bigints, 2)}\n`);
};

const bigints = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

/** Says an error in one line (or as JSON) and sets the exit code: 1 refused or failed, 2 wrong input. */
export function complain(error: unknown, json: boolean): void {
  const known = toBraidError(refusal(error, process.argv.slice(2)));
  const message = known.code === 'internal' && known.cause instanceof Error ? known.cause.message : known.publicMessage;
  const details = Array.isArray(known.detail) ? (known.detail as { path?: string; message?: string }[]) : [];
  if (json) print({ error: { code: known.code, message, details } });
  else {
    process.stderr.write(`braid: ${message}\n`);
    for (const detail of details)
      process.stderr.write(`  ${detail.path ? `${detail.path}: ` : ''}${detail.message ?? ''}\n`);
  }
  process.exitCode = known.status < 500 ? 2 : 1;
}

/** Runs one command on the installation's database and closes it again, whatever happens. */
export async function onDatabase(json: boolean, command: (ctx: Ctx) => Promise<void>): Promise<void> {
  try {
    chooseHome();
    const database = await openDatabase();
    try {
      await command(cliCtx());
    } finally {
      await database.close();
    }
  } catch (error) {
    complain(error, json);
  }
  await said();
  process.exit(process.exitCode ?? 0);
}

/** Until all that was printed has left: a pipe takes it in pieces, and what ends before is cut. */
const said = () =>
  Promise.all([process.stdout, process.stderr].map((out) => new Promise((done) => out.write('', () => done(null)))));

/** Rows as aligned columns; nothing to show says so. */
export function table(rows: Record<string, string | number | null | undefined>[], empty: string): string {
  if (rows.length === 0) return empty;
  const columns = Object.keys(rows[0]!);
  const text = rows.map((row) => columns.map((column) => String(row[column] ?? '–')));
  const widths = columns.map((column, i) => Math.max(column.length, ...text.map((cells) => cells[i]!.length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.toUpperCase())), ...text.map(line)].join('\n');
}
