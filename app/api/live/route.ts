import { operatorOfRequest } from '@/lib/access/operator';
import { liveResponse } from '@/lib/http/live';

export async function GET(request: Request): Promise<Response> {
  const operator = await operatorOfRequest(request);
  if (!operator) return new Response(null, { status: 401 });
  return liveResponse(operator.sessionId, request.signal);
}
