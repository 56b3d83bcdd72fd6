import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { settingsOf, unsealed } from '@/lib/notifications/channel';
import { listChannels } from '@/lib/notifications/list-channels';
import { type ChannelDetail, refSchema } from '@/lib/notifications/model';
import { findChannel } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';

const text = (value: unknown): string =>
  value === true ? 'yes' : value === false ? '' : Array.isArray(value) ? value.join(', ') : String(value ?? '');

/** One channel with its settings, secrets left out: only which there are. Throws `not_found`. */
export async function showChannel(ctx: Ctx, input: z.input<typeof refSchema>): Promise<ChannelDetail> {
  authorise(ctx, 'notification.manage');
  const { id } = refSchema.parse(input);
  const [row, { items }] = await Promise.all([findChannel(id), listChannels(ctx)]);
  const listed = items.find((item) => item.id === id);
  if (!row || !listed) throw new BraidError('not_found', 'There is no such channel.');
  const { config } = settingsOf(row);
  const stored = unsealed(row);
  return {
    ...listed,
    values: Object.fromEntries(Object.entries(config).map(([name, value]) => [name, text(value)])),
    secrets: Object.keys(stored).filter((name) => stored[name]),
  };
}
