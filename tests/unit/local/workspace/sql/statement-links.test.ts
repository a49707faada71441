import assert from 'node:assert/strict';
import { SqlWorkspace } from './sql-workspace';

interface ExternalLink {
  readonly external_link: string;
  readonly expiration: string;
  readonly chunk_index: number;
  readonly row_offset: number;
  readonly row_count: number;
  readonly byte_count: number;
  readonly next_chunk_internal_link?: string;
}

describe('links to results of statements', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
    await workspace.rows(`CREATE TABLE digits (n INT)`);
    await workspace.rows(
      `INSERT INTO digits VALUES ${Array.from({ length: 100 }, (_, index) => `(${index})`).join(', ')}`,
    );
    await workspace.rows('CREATE TABLE many AS SELECT x.n * 100 + y.n AS id FROM digits AS x, digits AS y');
    await workspace.rows('INSERT INTO many SELECT id + 10000 FROM many');
  });
  after(() => workspace.remove());

  const query = 'SELECT n, CASE WHEN n = 1 THEN NULL ELSE \'a,"b"\' END AS t FROM digits ORDER BY n LIMIT 2';
  const linkOf = async (statement: string, format: string) => {
    const reply = await workspace.post(statement, { disposition: 'EXTERNAL_LINKS', format });
    const [link, ...more] = (reply.result as { external_links: ExternalLink[] }).external_links;
    assert.ok(link !== undefined && more.length === 0);
    return { reply, link };
  };
  const fetch = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    workspace.open(method, url, headers);

  it('lead to the chunks as JSON and as CSV, of which only the first has a header', async () => {
    const json = await linkOf(query, 'JSON_ARRAY');
    assert.equal(json.link.expiration, new Date(workspace.clock.now() + 900_000).toISOString());
    const body = String((await fetch(json.link.external_link))?.body);
    assert.deepEqual(JSON.parse(body), [
      ['0', 'a,"b"'],
      ['1', null],
    ]);
    assert.deepEqual(
      [json.link.chunk_index, json.link.row_offset, json.link.row_count, json.link.byte_count],
      [0, 0, 2, body.length],
    );
    assert.equal(json.reply.manifest?.total_byte_count, body.length);
    const csv = await linkOf(query, 'CSV');
    assert.equal(csv.reply.manifest?.format, 'CSV');
    assert.equal(String((await fetch(csv.link.external_link))?.body), 'n,t\r\n0,"a,""b"""\r\n1,null\r\n');
  });

  it('name the next chunk in themselves', async () => {
    const { reply, link } = await linkOf('SELECT id FROM many ORDER BY id', 'CSV');
    assert.match(
      link.next_chunk_internal_link ?? '',
      new RegExp(`^/api/2.0/sql/statements/${reply.statement_id}/result/chunks/1\\?`),
    );
    let lines: string[] = [];
    for (let next: ExternalLink | undefined = link; next !== undefined; ) {
      lines = [
        ...lines,
        ...String((await fetch(next.external_link))?.body)
          .trimEnd()
          .split('\r\n'),
      ];
      const path: string | undefined = next.next_chunk_internal_link;
      next =
        path === undefined
          ? undefined
          : ((await workspace.send('GET', path)).json as { external_links: ExternalLink[] }).external_links[0];
    }
    assert.deepEqual(lines, ['id', ...Array.from({ length: 20_000 }, (_, index) => String(index))]);
  });

  it('give nothing with a token, another signature, another chunk, or after 15 minutes', async () => {
    const { link } = await linkOf(query, 'CSV');
    const url = link.external_link;
    const status = async (...request: Parameters<typeof fetch>) => (await fetch(...request))?.status;
    assert.equal(await status(url, { authorization: 'Bearer x' }), 400);
    assert.equal(await status(url.replace(/sig=./, 'sig=z')), 403);
    assert.equal(await status(url.replace('/0?', '/1?')), 403);
    assert.equal(await status(url, {}, 'PUT'), 404);
    await workspace.clock.advance(900_000);
    const late = await fetch(url);
    assert.equal(late?.status, 403);
    assert.match(String(late?.body), /Signature not valid in the specified time frame/);
  });

  it('are not there for an empty result', async () => {
    const reply = await workspace.post('SELECT n FROM digits WHERE n < 0', { disposition: 'EXTERNAL_LINKS' });
    assert.deepEqual(reply.result, {});
    assert.equal(reply.manifest?.total_chunk_count, 0);
  });

  it('are not needed where byte_limit cuts off, and carry more than 25 MiB by links', async () => {
    const wide = 'SELECT concat(:text, CAST(x.n AS STRING)) AS t FROM digits AS x, digits AS y';
    const parameters = [{ name: 'text', value: 'x'.repeat(3_000) }];
    const cut = await workspace.post(wide, { parameters, byte_limit: 10_000 });
    assert.deepEqual([cut.manifest?.truncated, cut.manifest?.total_row_count], [true, 3]);
    const links = await workspace.post(wide, { parameters, disposition: 'EXTERNAL_LINKS' });
    assert.deepEqual(
      [links.status.state, links.manifest?.truncated, links.manifest?.total_row_count],
      ['SUCCEEDED', false, 10_000],
    );
  });
});
