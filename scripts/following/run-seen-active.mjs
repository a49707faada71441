import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A proxy before a workspace, to which an ended run appears active as long as `isActive` says so of a look (counted from 1): a run of any length
 * without a process.
 * @returns url, what counts looks and requests, and what closes it
 */
export async function runSeenActive(target, runId, isActive) {
  let looks = 0;
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const chunks = await request.toArray();
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    let body = await answer.text();
    const isLook = request.url.includes('/runs/get?') && request.url.includes(`run_id=${runId}`);
    looks += isLook && !request.url.includes('page_token') ? 1 : 0;
    if (isLook && isActive(looks)) {
      body = body.replaceAll('"TERMINATED"', '"RUNNING"').replaceAll(/"(result_state|code)":"[A-Z_]+",?/g, '');
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    looks: () => looks,
    requests: () => requests,
    close: () => server.close(),
  };
}
