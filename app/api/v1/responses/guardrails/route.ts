import { route } from '@/lib/http/route';
import { guardrailsSchema, guardrailsSetSchema } from '@/lib/responses/model';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { showGuardrails } from '@/lib/responses/show-guardrails';

export const GET = route({
  name: 'showGuardrails',
  summary: 'What bounds every act: how many an hour, whom never, from when on two have to agree',
  permission: 'console.read',
  response: guardrailsSchema,
  handle: ({ ctx }) => showGuardrails(ctx),
});

export const PATCH = route({
  name: 'setGuardrails',
  summary: 'Sets the guardrails as a whole; what is not given is as usual',
  permission: 'response.manage',
  body: guardrailsSchema,
  response: guardrailsSetSchema,
  handle: ({ ctx, body }) => setGuardrails(ctx, body),
});
