import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelopeNamespaces, mediaTypes, messageNamespace } from '../../../../reconciler/api/soap/fault.js';
import { type Answer, serving } from '../serving.js';
import { faultIn, message, post, request, versions } from './messages.js';

let api: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  api = await serving();
});
afterAll(() => api.close());

const mebibyte = 1024 * 1024;
const clientCode = { '1.1': 'Client', '1.2': 'Sender' } as const;
const clientStatus = { '1.1': 500, '1.2': 400 } as const;

/** Sends `mebibytes` of body as fast as the server takes it; tells how much it took. */
async function flood(type: string, mebibytes: number, headers: Record<string, string>) {
  const sent = httpRequest(`${api.url}/v1/soap`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    agent: false,
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  const chunk = Buffer.alloc(mebibyte / 4, ' ');
  let chunks = 0;
  const send = () => {
    while (chunks < mebibytes * 4 && sent.write(chunk)) chunks += 1;
  };
  sent.on('drain', send).on('error', () => undefined);
  send();
  const [response] = await answered;
  const answer: Answer = { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  sent.destroy();
  return { answer, mebibytes: chunks / 4 };
}

describe.each(versions)('over SOAP %s', (version) => {
  const envelope = envelopeNamespaces[version];
  const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
  const laughs = [...'abcdefghi'].map((name, index, all) => {
    return `<!ENTITY ${name} "${index === 0 ? 'ha' : `&${all[index - 1]};`.repeat(10)}">`;
  });
  const paths = request('GetPaths');

  it.each([
    ['nothing', ''],
    ['no XML', 'hello'],
    ['XML that ends early', message(version, paths).slice(0, -4)],
    ['tags that do not match', message(version, '<a></b>')],
    ['two roots', `${message(version, paths)}<a/>`],
    ['an attribute twice', message(version, '<a b="1" b="2"/>')],
    ['a prefix that is not bound', message(version, '<q:GetPaths/>')],
    ['a character that XML has not', message(version, '<a>&#1;</a>')],
    ['bytes that are no UTF-8', Buffer.from([...Buffer.from(`<a>`), 0xc3, 0x28])],
    ['a document type', `<!DOCTYPE a>${message(version, paths)}`],
    ['a billion laughs', `<!DOCTYPE a [${laughs.join('')}]>${message(version, '<a>&i;</a>')}`],
    [
      'a quadratic blow-up',
      `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(20_000)}">]>${message(version, '&e;'.repeat(9000))}`,
    ],
    ['an external entity', `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${message(version, '<a>&e;</a>')}`],
    ['an external document type', `<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">${message(version, paths)}`],
    ['an entity that is not declared', message(version, '<a>&e;</a>')],
    ['a processing instruction', `<?xml-stylesheet href="a.xsl"?>${message(version, paths)}`],
    ['deep nesting', message(version, nested(5000))],
    ['nesting deeper than any request', message(version, nested(40))],
    ['many attributes', message(version, `<a ${Array.from({ length: 4000 }, (_, n) => `b${n}=""`).join(' ')}/>`)],
    ['no Body', `<s:Envelope xmlns:s="${envelope}"/>`],
    ['two Bodies', `<s:Envelope xmlns:s="${envelope}"><s:Body/><s:Body/></s:Envelope>`],
    ['an empty Body', message(version, '')],
    ['two requests', message(version, paths + paths)],
    ['text in a request', message(version, request('GetPaths', 'now'))],
    ['a member that there is not', message(version, request('Subscribe', '<v:speed>9</v:speed>'))],
    ['a member of no namespace', message(version, request('Subscribe', '<lifetimeMs>9000</lifetimeMs>'))],
    ['a member twice', message(version, request('Subscribe', '<v:lifetimeMs>9000</v:lifetimeMs>'.repeat(2)))],
    ['a number that is none', message(version, request('Subscribe', '<v:lifetimeMs>long</v:lifetimeMs>'))],
    ['a number out of range', message(version, request('Subscribe', '<v:lifetimeMs>1e99</v:lifetimeMs>'))],
    ['a missing member', message(version, request('Poll'))],
    ['elements where text belongs', message(version, request('Poll', '<v:subscription><v:a/></v:subscription>'))],
  ])('answers %s with a fault', async (_what, body) => {
    const seen = faultIn(version, await post(api.url, version, body as string));
    expect(seen).toMatchObject({ status: clientStatus[version], code: clientCode[version], reason: 'malformed' });
    expect(seen.message.length).toBeLessThan(500);
    expect(seen.message).not.toMatch(/root:|node_modules|at .*:\d+:\d+\)/);
    expect(api.logged).toEqual([]);
  });

  it('answers an attribute of any length that fits', async () => {
    const answer = await post(
      api.url,
      version,
      message(version, `<v:GetPaths xmlns:v="${messageNamespace}" a="${'x'.repeat(60_000)}"/>`),
    );
    expect([answer.status, answer.text.includes('GetPathsResponse')]).toEqual([200, true]);
    const larger = message(version, `<a b="${'x'.repeat(70_000)}"/>`);
    expect(faultIn(version, await post(api.url, version, larger))).toMatchObject({ status: 413, reason: 'too-large' });
  });

  it('names the operations when asked for another, in another namespace, or by the wrong action', async () => {
    for (const body of [request('Shutdown'), '<GetPaths/>', '<GetPaths xmlns="urn:other"/>', request('toString')]) {
      const seen = faultIn(version, await post(api.url, version, message(version, body)));
      expect(seen).toMatchObject({ code: clientCode[version], reason: 'unknown-operation' });
      expect(seen.message).toContain('GetPaths, GetTopology');
    }
    const wrong = 'urn:other#GetPaths';
    const headers: Record<string, string> =
      version === '1.1'
        ? { soapaction: `"${wrong}"` }
        : { 'content-type': `${mediaTypes['1.2']}; charset=utf-8; action="${wrong}"` };
    const seen = faultIn(version, await post(api.url, version, message(version, paths), headers));
    expect(seen).toMatchObject({ code: clientCode[version], reason: 'unknown-action' });
    expect(seen.message).toContain(`${messageNamespace}/GetPaths`);
  });

  it('understands no header, and says so of those that must be', async () => {
    const role = version === '1.1' ? 'actor' : 'role';
    const header = (attributes: string) => `<h:Tx xmlns:h="urn:h" ${attributes}>5</h:Tx>`;
    const seen = async (attributes: string) => post(api.url, version, message(version, paths, header(attributes)));
    const answer = await seen('s:mustUnderstand="1"');
    const fault = faultIn(version, answer);
    expect(fault).toMatchObject({ status: 500, code: 'MustUnderstand', reason: null });
    expect(fault.message).toContain('Tx');
    if (version === '1.2') expect(answer.text).toContain('<soap:NotUnderstood qname="h:Tx" xmlns:h="urn:h"/>');
    expect((await seen('')).status).toBe(200);
    expect((await seen('s:mustUnderstand="0"')).status).toBe(200);
    expect((await seen(`s:mustUnderstand="1" s:${role}="urn:somebody-else"`)).status).toBe(200);
  });

  it('answers an unknown version of SOAP in the version of its media type', async () => {
    const other = message(version, paths).replace(envelope, 'urn:soap-2.0');
    const answer = await post(api.url, version, other);
    expect(faultIn(version, answer)).toMatchObject({ status: 500, code: 'VersionMismatch', reason: null });
    if (version === '1.2') expect(answer.text).toContain(`xmlns:v0="${envelope}"`);
  });

  it.each([
    ['told beforehand', { 'content-length': String(100 * mebibyte) }],
    ['not told', { 'transfer-encoding': 'chunked' }],
    ['asked for first', { 'content-length': String(100 * mebibyte), expect: '100-continue' }],
  ])('takes next to nothing of a body of 100 MiB whose length is %s', async (_what, headers) => {
    const before = process.memoryUsage.rss();
    const { answer, mebibytes } = await flood(mediaTypes[version], 100, headers as Record<string, string>);
    expect(faultIn(version, answer)).toMatchObject({ status: 413, code: clientCode[version], reason: 'too-large' });
    expect(answer.headers.connection).toBe('close');
    // What the kernel holds of a connection is sent before anybody looks; the client runs in this process, too.
    expect(mebibytes).toBeLessThan(16);
    expect((process.memoryUsage.rss() - before) / mebibyte).toBeLessThan(64);
  });
});

it('takes no other media type, with or without a body', async () => {
  for (const type of ['application/json', 'text/plain', 'application/xml', 'multipart/related; boundary=x']) {
    const answer = await post(api.url, '1.1', message('1.1', request('GetPaths')), { 'content-type': type });
    expect([type, faultIn('1.1', answer)]).toMatchObject([type, { status: 415, reason: 'media-type' }]);
  }
  const charset = { 'content-type': 'text/xml; charset=iso-8859-1' };
  const answer = await post(api.url, '1.1', message('1.1', request('GetPaths')), charset);
  expect(faultIn('1.1', answer)).toMatchObject({ reason: 'malformed' });
});

it('reads UTF-16 with a byte order mark', async () => {
  const body = Buffer.from(
    `\ufeff<?xml version="1.0" encoding="utf-16"?>${message('1.1', request('GetPaths'))}`,
    'utf16le',
  );
  const answer = await post(api.url, '1.1', body as unknown as string, { 'content-type': 'text/xml; charset=utf-16' });
  expect([answer.status, answer.text.includes('GetPathsResponse')]).toEqual([200, true]);
});

it('serves every operation without the token, and changes nothing by any', async () => {
  const closed = await serving({ token: null });
  const answer = await post(closed.url, '1.1', message('1.1', request('GetPaths')));
  await closed.close();
  expect(answer.status).toBe(200);
  expect(closed.live.asked).toEqual([]);
});

it('tells a bug to the log and not to the caller', async () => {
  const broken = await serving();
  Object.assign(broken.live.inferred, {
    paths: () => {
      throw new Error('secret detail');
    },
  });
  for (const version of versions) {
    const seen = faultIn(version, await post(broken.url, version, message(version, request('GetPaths'))));
    expect(seen).toMatchObject({ status: 500, code: version === '1.1' ? 'Server' : 'Receiver', reason: 'internal' });
    expect(seen.message).not.toContain('secret');
  }
  await broken.close();
  expect(broken.logged).toHaveLength(2);
  expect(broken.logged[0]).toMatch(/^error POST \/v1\/soap: Error: secret detail/);
});
