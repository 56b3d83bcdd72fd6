import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { FindingNote } from '@/lib/findings/model';
import { newId } from '@/lib/platform/ids';

export async function readNotes(targetId: string): Promise<FindingNote[]> {
  const notes = await prisma().note.findMany({
    where: { targetType: 'finding', targetId },
    orderBy: { id: 'asc' },
    take: 200,
  });
  return notes.map(({ id, body, authorName, createdAt }) => ({
    id,
    body,
    authorName,
    createdAt: createdAt.toISOString(),
  }));
}

export async function insertNote(
  tx: Tx,
  targetId: string,
  body: string,
  author: { id: string | null; name: string },
): Promise<string> {
  const id = newId();
  await tx.note.create({
    data: { id, targetType: 'finding', targetId, body, authorId: author.id, authorName: author.name },
  });
  return id;
}
