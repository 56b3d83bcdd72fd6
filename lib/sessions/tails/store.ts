import { prisma } from '@/lib/db/client';
import { type TailCursor, tailCursorSchema } from '@/lib/sessions/tail-model';

/** How far a path has been read; nothing where it never was. */
export async function readTail(path: string): Promise<{ format: string; cursor: TailCursor } | null> {
  const tail = await prisma().tail.findUnique({ where: { path } });
  if (!tail) return null;
  const parsed = tailCursorSchema.safeParse(tail.cursor);
  return { format: tail.format, cursor: parsed.success ? parsed.data : {} };
}

export const writeTail = (path: string, format: string, cursor: TailCursor, at: Date): Promise<unknown> =>
  prisma().tail.upsert({
    where: { path },
    create: { path, format, cursor, updatedAt: at },
    update: { format, cursor, updatedAt: at },
  });
