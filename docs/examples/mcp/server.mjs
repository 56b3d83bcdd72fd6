// An MCP tool server over stdio, every call of which Braid decides. Needs BRAID_PDP_URL and BRAID_TOKEN.
import readline from 'node:readline';
import { Braid } from 'braid/client';
import { authorised, problem } from './coaz.mjs';

const braid = new Braid({ url: process.env.BRAID_PDP_URL, token: process.env.BRAID_TOKEN });

const TOOLS = {
  refund: {
    description: 'Refund an order',
    inputSchema: { type: 'object', properties: { order: { type: 'string' }, amount: { type: 'number' } } },
    run: ({ order, amount }) => {
      if (amount <= 0) throw problem(-32602, 'There is nothing to refund.');
      return `refunded ${amount} for ${order}`;
    },
  },
};

async function handle({ method, params }) {
  if (method === 'ping') return {};
  if (method === 'initialize')
    return {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'refunds', version: '1' },
    };
  if (method === 'tools/list')
    return { tools: Object.entries(TOOLS).map(([name, { run, ...tool }]) => ({ name, ...tool })) };
  const tool = TOOLS[params.name];
  if (!tool) throw problem(-32602, `There is no tool ${params.name}.`);
  return { content: [{ type: 'text', text: tool.run(params.arguments) }] };
}

// Over HTTP the claims come from the verified access token; over stdio from whoever started this process.
const who = {
  token: {
    sub: process.env.AGENT_SUB ?? 'agent-support',
    client_id: process.env.AGENT_CLIENT,
    acr: process.env.AGENT_ACR,
  },
  session: { id: process.env.AGENT_SESSION ?? `stdio-${process.pid}` },
};
const serve = authorised(braid, handle);
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, ...message } = JSON.parse(line);
  const answer = await serve(message, who).then(
    (result) => ({ result }),
    ({ code = -32603, message: text, data }) => ({ error: { code, message: text, ...(data ? { data } : {}) } }),
  );
  if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
}
