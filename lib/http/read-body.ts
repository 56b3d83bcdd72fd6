import { BraidError } from '@/lib/platform/errors';

const tooLarge = (max: number) =>
  new BraidError('input.too_large', `The body is larger than the ${max.toLocaleString('en')} bytes allowed here.`);

/** The request's body as a stream that fails with `input.too_large` as soon as more than `max` bytes have come. */
export function limitedBody(request: Request, max: number): ReadableStream<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge(max);
  let seen = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > max) controller.error(tooLarge(max));
      else controller.enqueue(chunk);
    },
  });
  return (request.body ?? new Blob([]).stream()).pipeThrough(counting);
}

/** Reads a JSON body of at most `max` bytes. Errors: `input.too_large`, `input.unsupported`, `input.invalid`. */
export async function readJson(request: Request, max: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const text = await new Response(limitedBody(request, max)).text();
  if (text === '') return {};
  if (type !== 'application/json')
    throw new BraidError('input.unsupported', 'The body has to be JSON: set Content-Type to application/json.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BraidError('input.invalid', 'The body is not JSON.', { cause });
  }
}
