import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { check } from '@/lib/policies/check';
import { rows } from '@/lib/policies/store';

/** Every rule of the active sets that somebody can be exempt from, as `set/rule`. */
export async function guards(ctx: Ctx): Promise<string[]> {
  authorise(ctx, 'console.read');
  const active = await rows({ state: 'active' });
  return active.flatMap(({ name, source }) =>
    (check(source).document?.rules ?? []).filter((rule) => !('allow' in rule)).map((rule) => `${name}/${rule.id}`),
  );
}
