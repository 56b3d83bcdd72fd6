import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { keep } from '@/lib/decisions/checkpoint/keep';
import { writeCheckpoint } from '@/lib/decisions/checkpoint/write';
import { build } from '@/lib/decisions/evidence/build';
import {
  type EvidenceFormat,
  type EvidenceQuery,
  type EvidenceSummary,
  evidenceQuerySchema,
} from '@/lib/decisions/evidence/model';
import { pack } from '@/lib/decisions/evidence/pack';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * Writes an evidence bundle: the decisions, ledger entries and audit rows asked for, the proof that they stand in the log as
 * of a checkpoint taken now, the public key and a script that verifies it all without Braid. `out` is a new folder, or a file
 * of the given format. Throws `input.invalid`, `input.too_large`, `not_found` when nothing matches, and `conflict` where the
 * log can't be proven.
 */
export async function exportEvidence(
  ctx: Ctx,
  input: EvidenceQuery,
  to: { format: EvidenceFormat | 'folder'; out: string },
): Promise<EvidenceSummary> {
  authorise(ctx, 'console.read');
  const query = evidenceQuerySchema.parse(input);
  if (fs.existsSync(to.out)) throw new BraidError('input.invalid', `${to.out} is there already.`);
  await seal();
  const taken = await transaction(
    async (tx) => {
      await record(tx, ctx, {
        action: 'audit.export',
        target: targetOf(query),
        detail: { ...query, format: to.format },
      });
      await hint(tx, 'audit', []);
      return writeCheckpoint(tx, 'request');
    },
    { timeoutMs: 60_000 },
  );
  keep(taken);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-evidence-'));
  const folder = path.join(scratch, nameOf(to.out, clock.now()));
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    const summary = await build(ctx, query, folder);
    if (summary.records === 0) throw new BraidError('not_found', 'The log has nothing that matches.');
    if (to.format === 'folder') fs.cpSync(folder, to.out, { recursive: true, errorOnExist: true });
    else await pack(folder, to.format, to.out);
    return { ...summary, name: path.basename(to.out) };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function targetOf(query: EvidenceQuery): { type: string; id: string } {
  const [type, id] = Object.entries(query).find(([key, value]) => value && key !== 'from' && key !== 'to') ?? [];
  return type && id ? { type, id } : { type: 'period', id: `${query.from}/${query.to}` };
}

/** The folder inside the archive is called as the archive. */
const nameOf = (out: string, now: Date): string =>
  path
    .basename(out)
    .replace(/\.(zip|tar\.gz|tgz)$/, '')
    .slice(0, 60) || evidenceName(now);

/** What a bundle is called unless told otherwise. */
export const evidenceName = (now: Date): string =>
  `braid-evidence-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}Z`;
