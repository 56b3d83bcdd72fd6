// A payment service behind Braid. `node docs/examples/express/server.mjs` needs BRAID_PDP_URL and BRAID_TOKEN.
import http from 'node:http';
import { Braid } from 'braid/client';
import { guard } from './guard.mjs';

const braid = new Braid({ url: process.env.BRAID_PDP_URL, token: process.env.BRAID_TOKEN });

/** What a payment asks. Who calls is known by whatever authenticates your callers; here a header stands for it. */
const payment = (request) => ({
  subject: { type: 'service_account', id: request.headers['x-caller'] ?? 'unknown' },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: request.body.account },
  context: { amount: request.body.amount },
  session: { id: String(request.headers['x-session'] ?? 'default'), network: request.socket.remoteAddress },
  // How the caller was authenticated, from the claims of its verified token; here too a header stands for it.
  assurance: request.headers['x-acr'] ? { acr: request.headers['x-acr'] } : undefined,
});

const guarded = guard(braid, payment, { amountOf: (request) => request.charged });

const pay = (request, response) => {
  if (request.body.fail) return respond(response, 502, { error: 'the bank is away' });
  request.charged = request.body.charged ?? request.body.amount;
  respond(response, 201, { paid: request.charged, decision: request.braid.decisionId });
};

// With Express: app.use(express.json()); app.post('/payments', guarded, pay);
const server = http.createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/payments') return respond(response, 404, {});
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  request.body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  guarded(request, response, (error) =>
    error ? respond(response, 500, { error: error.message }) : pay(request, response),
  );
});

function respond(response, status, body) {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

server.listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on ${server.address().port}`));
