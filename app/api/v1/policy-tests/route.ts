import { route } from '@/lib/http/route';
import { runTestsInputSchema } from '@/lib/policies/life-model';
import { testReportSchema } from '@/lib/policies/rest-model';
import { runTests } from '@/lib/policies/run-tests';

export const POST = route({
  name: 'testPolicySet',
  summary: 'Runs fixtures on a policy set in memory; nothing is stored.',
  permission: 'console.read',
  body: runTestsInputSchema,
  bodyLimit: 5_000_000,
  response: testReportSchema,
  handle: async ({ body }) => runTests({ policies: body.source, tests: body.tests }),
});
