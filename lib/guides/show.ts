import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Guide, guideInput } from '@/lib/guides/model';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';

/** A page of the guide that comes with Braid, so that nobody needs the internet to read it. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: { path: string[] }): Promise<Guide> {
  authorise(ctx, 'console.read');
  const parsed = guideInput.safeParse(input);
  const none = (cause?: unknown) => new BraidError('not_found', 'There is no such guide.', { cause });
  if (!parsed.success) throw none();
  const file = `${path.join(projectRoot(), 'docs', ...parsed.data.path)}.md`;
  const whole = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw none(cause);
  });
  const [, title = '', text = ''] = /^# (.+)\n([\s\S]*)$/.exec(whole) ?? [];
  return { title: title || parsed.data.path.join(' / '), text: title ? text : whole };
}
