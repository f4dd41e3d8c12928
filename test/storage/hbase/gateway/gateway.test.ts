import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { ServerOptions } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GatewayFailure } from '../../../../storage/hbase/gateway/failure.ts';
import { Gateway, type GatewayOptions } from '../../../../storage/hbase/gateway/gateway.ts';
import { certificatesForTests } from '../../../support/certificates.ts';
import { fakeGateway } from '../../../support/fakeGateway.ts';

const TRACE = '\n\tat org.apache.hadoop.hbase.client.HTable.get(HTable.java:1)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n';

function open(options: Partial<GatewayOptions> & { url: string }): Gateway {
  const gateway = new Gateway({ timeoutMs: 5000, ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function failureOf(call: Promise<unknown>): Promise<GatewayFailure> {
  const outcome = await call.then(() => undefined, (error: unknown) => error);
  if (outcome instanceof GatewayFailure) return outcome;
  throw new Error('expected a GatewayFailure', { cause: outcome });
}

/** What a call becomes when the gateway answers so. */
async function failureAfter(answer: RequestListener, options: Partial<GatewayOptions> = {}, path = '/t/x'): Promise<GatewayFailure> {
  const { url } = await fakeGateway(answer);
  const gateway = open({ url, ...options });
  return failureOf(gateway.call({ method: 'GET', path }).then((given) => given.json()));
}

describe('an answer that is none of 2xx', () => {
  test.each([
    [
      400,
      'text/plain',
      `Bad request\r\njava.lang.IllegalArgumentException: Row length 0 is > 32767${TRACE}`,
      'poison',
      "the gateway answered 400: it can't take the request (IllegalArgumentException)",
    ],
    [
      400,
      'text/html',
      '<h1>400 The plain HTTP request was sent to HTTPS port</h1>',
      'refused',
      'the gateway answered 400: it wants TLS; write https:// in store.url',
    ],
    [
      400,
      'text/html',
      '<h1>400 No required SSL certificate was sent</h1>',
      'refused',
      'the gateway answered 400: it wants a client certificate; set store.tls.cert and store.tls.key',
    ],
    [400, 'text/html', '<h1>Bad Request</h1>', 'refused', "the gateway answered 400: it can't take the request"],
    [401, 'text/html', '<h1>Unauthorized</h1>', 'refused', /^the gateway answered 401: it wants other credentials/],
    [
      403,
      'text/plain',
      `Forbidden\r\norg.apache.hadoop.hbase.security.AccessDeniedException: Insufficient permissions for user=x${TRACE}`,
      'refused',
      /\(AccessDeniedException\)$/,
    ],
    [
      404,
      'text/plain',
      `Not found\r\norg.apache.hadoop.hbase.TableNotFoundException: sensor${TRACE}`,
      'refused',
      'the gateway answered 404: the table does not exist (TableNotFoundException)',
    ],
    [
      404,
      'text/plain',
      `Not found\r\norg.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException: ` +
        `org.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException: Column family x${TRACE}`,
      'refused',
      'the gateway answered 404: the table lacks a column family (NoSuchColumnFamilyException)',
    ],
    [
      404,
      'text/html',
      '<title>nginx</title>',
      'refused',
      'the gateway answered 404: nothing like a gateway answers there; check store.url and its path',
    ],
    [404, 'application/json', '{"servlet":"x"}', 'refused', /check store.url/],
    [405, 'text/html', '', 'refused', /it does not take such requests/],
    [409, 'text/html', '', 'refused', /this was not expected/],
    [410, 'text/plain', 'Gone\r\n', 'gone', /gone/],
    [413, 'text/html', '<h1>Too large</h1>', 'tooLarge', /too large/],
    [414, 'text/html', '<h1>Bad Message 414</h1>', 'tooLarge', /too large/],
    [429, 'text/html', '', 'refused', /no more requests/],
    [
      500,
      'application/json',
      '{"servlet":"org.glassfish.X","message":"Request failed.","url":"/t","status":"500"}',
      'transient',
      /^the gateway answered 500: the call failed within it/,
    ],
    [502, 'text/html', '<html>', 'transient', /does not reach the gateway/],
    [
      503,
      'text/plain',
      `Unavailable\r\norg.apache.hadoop.hbase.client.RetriesExhaustedException: Failed after attempts=4, ` +
        `exceptions:\norg.apache.hadoop.hbase.PleaseHoldException: Master is initializing${TRACE}`,
      'transient',
      'the gateway answered 503: HBase is starting (PleaseHoldException)',
    ],
    [
      503,
      'text/plain',
      `Unavailable\r\norg.apache.hadoop.hbase.client.RetriesExhaustedException: Failed${TRACE}`,
      'transient',
      'the gateway answered 503: HBase behind it is not available (RetriesExhaustedException)',
    ],
  ])('%i of %s is told in a sentence without traces and HTML: %#', async (status, type, body, kind, message) => {
    const failure = await failureAfter((_, answer) => answer.writeHead(status, { 'content-type': type }).end(body), {}, '/t/batch');
    expect(failure).toMatchObject({ kind, status });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/<\w|[{\n]|\bat java|org\.apache/);
  });

  test('a 400 to what holds no rows says nothing of any row', async () => {
    expect(await failureAfter((_, answer) => answer.writeHead(400, { 'content-type': 'text/plain' }).end('Bad request'))).toMatchObject({
      kind: 'refused',
      status: 400,
    });
  });

  test('a redirection is refused, and only the host that it leads to is told', async () => {
    let followed = false;
    const failure = await failureAfter((request, answer) => {
      followed ||= request.url !== '/t/x';
      answer.writeHead(302, { location: 'https://user:pw@login.example/sso?ticket=secret' }).end();
    });
    expect(failure).toMatchObject({ kind: 'refused', status: 302 });
    expect(failure.message).toContain('https://login.example');
    expect(failure.message).not.toMatch(/secret|pw@/);
    expect(followed).toBe(false);
  });
});

describe('no whole answer', () => {
  test.each<[string, RequestListener, RegExp]>([
    ['a connection that is cut', (request) => request.socket.destroy(), /connection to the gateway at .* failed \(ECONNRESET\)/],
    [
      'a body that is cut off',
      (_, answer) => {
        answer.writeHead(200, { 'content-length': 100 }).write('{"Row":[]}', () => answer.socket?.destroy());
      },
      /cut off|failed/,
    ],
    [
      'chunks that are cut off',
      (_, answer) => {
        answer.writeHead(200).write('{"Row":[]}', () => answer.socket?.destroy());
      },
      /cut off|failed/,
    ],
    ['JSON that ends too early', (_, answer) => answer.writeHead(200).end('{"Row":[{"key":"'), /no whole JSON/],
    ['HTML', (_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>'), /no whole JSON/],
    [
      'something that is no HTTP',
      (request) => {
        request.socket.end('SSH-2.0-OpenSSH_9.6\r\n');
      },
      /what answers there speaks no HTTP; if it is TLS, write https:\/\/ in store.url \(HPE_INVALID_CONSTANT\)/,
    ],
  ])('%s may be asked for again', async (_, answer, message) => {
    expect(await failureAfter(answer)).toMatchObject({ kind: 'transient', message: expect.stringMatching(message) as string });
  });

  test.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['stalls in the middle of a body', (_, answer) => { answer.writeHead(200, { 'content-length': 100 }).write('{"Row":['); }],
    ['lets its body trickle', (_, answer) => {
      const timer = setInterval(() => answer.write(' '), 20);
      answer.on('close', () => clearInterval(timer));
    }],
  ])('a gateway that %s is left when its time is over', async (_, answer) => {
    expect(await failureAfter(answer, { timeoutMs: 300 })).toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/gave no whole answer within 0.3 s/) as string,
    });
  });

  test('a port where nobody listens, and a host that nobody knows, are told with their codes', async () => {
    expect(await failureOf(open({ url: 'http://127.0.0.1:1' }).call({ method: 'GET', path: '/' }))).toMatchObject({
      kind: 'transient',
      message: 'the connection to the gateway at http://127.0.0.1:1 failed (ECONNREFUSED)',
    });
    expect(await failureOf(open({ url: 'http://nobody.invalid' }).call({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'transient' });
  });

  test('a call ends when its signal says so', async () => {
    const { url } = await fakeGateway(() => undefined);
    const end = new AbortController();
    const call = failureOf(open({ url }).call({ method: 'GET', path: '/', signal: end.signal }));
    end.abort();
    expect(await call).toMatchObject({ kind: 'transient', message: expect.stringContaining('was ended') as string });
  });
});

describe('requests', () => {
  const fine: RequestListener = (_, answer) => answer.end('{}');

  test('go below the path of the base URL, over one connection, with every header, and ask for no compression', async () => {
    const { url, asked, connections } = await fakeGateway(fine);
    const gateway = open({ url: `${url}/hbase/`, headers: { 'x-team': 'field' } });
    for (let i = 0; i < 3; i++) await gateway.call({ method: 'GET', path: '/version/cluster' });
    expect(asked.map((request) => request.url)).toEqual(Array(3).fill('/hbase/version/cluster'));
    expect(asked[0].headers).toMatchObject({ 'x-team': 'field', accept: 'application/json', 'accept-encoding': 'identity' });
    expect(connections()).toBe(1);
  });

  test('carry basic credentials with any characters, or a bearer token', async () => {
    const { url, asked } = await fakeGateway(fine);
    await open({ url, username: 'jörg', password: 'a:b' }).call({ method: 'GET', path: '/' });
    await open({ url, token: 't0ken' }).call({ method: 'GET', path: '/' });
    expect(asked[0].headers.authorization).toBe(`Basic ${Buffer.from('jörg:a:b').toString('base64')}`);
    expect(asked[1].headers.authorization).toBe('Bearer t0ken');
  });

  test('send a part of a larger buffer as it is', async () => {
    const chunks: Buffer[] = [];
    const { url } = await fakeGateway(
      (request, answer) => void request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => answer.end('{}')),
    );
    await open({ url }).call({ method: 'PUT', path: '/', body: Buffer.from('xx{"a":"é"}yy').subarray(2, -2) });
    expect(Buffer.concat(chunks).toString()).toBe('{"a":"é"}');
  });

  test('never let credentials into what is told of a failure', async () => {
    const secret = { username: 'user', password: 'pa55word', headers: { 'x-key': 'h3ader' } };
    const failures = [
      await failureAfter((_, answer) => answer.writeHead(401, { 'content-type': 'text/plain' }).end('bad pa55word h3ader'), secret),
      await failureAfter((_, answer) => answer.writeHead(400, { 'content-type': 'text/plain' }).end('bad pa55word h3ader'), secret),
      await failureAfter((request) => request.socket.destroy(), secret),
      await failureAfter(() => undefined, { ...secret, timeoutMs: 100 }),
      await failureOf(open({ url: 'http://user:pa55word@127.0.0.1:1', token: 't0ken' }).call({ method: 'GET', path: '/' })),
    ];
    for (const failure of failures) {
      expect(failure.message).not.toMatch(/pa55word|h3ader|t0ken/);
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/pa55word|h3ader|t0ken|cGE1NXdvcmQ|dXNlcjpwYTU1/);
    }
  });
});

describe('TLS', () => {
  const { pem } = certificatesForTests();
  const start = (name: string, more: ServerOptions = {}) =>
    fakeGateway((_, answer) => answer.end('{}'), { key: pem(`${name}.key`), cert: pem(`${name}.pem`), ...more });
  const call = (url: string, tls?: GatewayOptions['tls']) => open({ url, tls }).call({ method: 'GET', path: '/' });
  const own = () => ({ ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') });

  test('with the site\'s own authority and a client certificate lets it in', async () => {
    const { url } = await start('server', { ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true });
    expect((await call(url, own())).status).toBe(200);
  });

  test('of a gateway whose authority is not trusted is refused, with the setting to look at', async () => {
    const { url } = await start('server');
    expect(await failureOf(call(url, { ca: pem('stranger.pem') }))).toMatchObject({
      kind: 'refused',
      settings: 'store.tls.ca',
      message: `no trusted connection to the gateway at ${url}: its certificate is not signed by store.tls.ca; let that be the ` +
        'certificate of the authority that signed it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    });
    expect(await failureOf(call(url))).toMatchObject({
      settings: 'store.tls.ca',
      message: expect.stringContaining('signed by nobody whom this machine trusts; let store.tls.ca name') as string,
    });
  });

  test('of a gateway whose certificate has another name is refused', async () => {
    const { url } = await start('other');
    expect(await failureOf(call(url, { ca: pem('ca.pem') }))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('its certificate does not name 127.0.0.1; let store.url have a name that stands in it') as string,
    });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('of a gateway that wants a client certificate says so, over %s', async (maxVersion) => {
    const { url } = await start('server', { ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true, maxVersion });
    expect(await failureOf(call(url, { ca: pem('ca.pem') }))).toMatchObject({
      kind: 'refused',
      settings: 'store.tls.cert and store.tls.key',
      message: expect.stringContaining('it wants a client certificate; set store.tls.cert and store.tls.key') as string,
    });
  });

  test('where there is none, and none where there is, is told as such', async () => {
    const plain = await fakeGateway((_, answer) => answer.end('{}'));
    expect(await failureOf(call(plain.url.replace('http:', 'https:')))).toMatchObject({
      kind: 'refused',
      settings: 'store.url',
      message: expect.stringContaining('there is no TLS; write http:// in store.url') as string,
    });
    // Jetty answers plain text with an alert; Node's server just ends the connection.
    const jetty = createServer((socket) => void socket.once('data', () => socket.end(Buffer.from('15030300020250', 'hex')))).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void jetty.close());
    await once(jetty, 'listening');
    expect(await failureOf(call(`http://127.0.0.1:${(jetty.address() as AddressInfo).port}`))).toMatchObject({
      settings: 'store.url',
      message: expect.stringContaining('if it is TLS, write https:// in store.url') as string,
    });
    const { url } = await start('server');
    expect(await failureOf(call(url.replace('https', 'http')))).toMatchObject({ kind: 'transient' });
  });
});
