import type { Ctx } from '@/lib/access/model';
import { type ExportInput, exportFile } from '@/lib/exports/export-file';

/** An export as the answer to a request: streamed, at the pace of who takes it. */
export async function fileResponse(ctx: Ctx, input: ExportInput): Promise<Response> {
  const { lines, name, type } = await exportFile(ctx, input);
  const from = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await from.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await from.return?.();
    },
  });
  return new Response(body, {
    headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` },
  });
}
