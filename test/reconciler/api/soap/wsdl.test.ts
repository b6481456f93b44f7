import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { messageSchemas } from '../../../../reconciler/api/message-schemas.js';
import { messageNamespace } from '../../../../reconciler/api/soap/fault.js';
import { readXml } from '../../../../reconciler/api/soap/read-xml.js';
import { call, serving } from '../serving.js';
import { descend, message, post, request } from './messages.js';

let api: Awaited<ReturnType<typeof serving>>;
let text: string;
beforeAll(async () => {
  api = await serving({ names: ['virtuoso.example'] });
  text = (await call(`${api.url}/v1/soap?wsdl`)).text;
});
afterAll(() => api.close());

/** The XML Schema in the WSDL, as a document of its own. */
function schemaText(): string {
  const [, schema = ''] = /(<xsd:schema.*<\/xsd:schema>)/s.exec(text) ?? [];
  return schema.replace('<xsd:schema ', `<xsd:schema xmlns:tns="${messageNamespace}" `);
}

/** What is wrong with the Body of a message by the XML Schema. */
async function wrong(answer: string): Promise<string[]> {
  const [, body = ''] = /<\w+:Body>(.*)<\/\w+:Body>/s.exec(answer) ?? [];
  const contents = body.replace(/^<\w+ /, (tag) => `${tag}xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `);
  const checked = await validateXML({
    xml: [{ fileName: 'message.xml', contents }],
    schema: [{ fileName: 'virtuoso.xsd', contents: schemaText() }],
  });
  return checked.errors.map((error) => error.message);
}

describe('the WSDL', () => {
  it('is at the address that it was asked at', async () => {
    expect(text).toContain(`location="${api.url}/v1/soap"`);
    const named = await call(`${api.url}/v1/soap?wsdl`, { headers: { host: 'virtuoso.example:81' } });
    expect(named.text).toContain('location="http://virtuoso.example:81/v1/soap"');
    expect(named.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect((await call(`${api.url}/v1/soap?wsdl`, { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('has a type for every object of the JSON Schemas that messages are made of, with the same members', () => {
    const read = readXml(text);
    if (read.kind === 'refused') throw new Error(read.message);
    const types = descend(read.root, 'types', 'schema').children.filter(({ name }) => name === 'complexType');
    const attribute = (element: (typeof types)[number], key: string) =>
      element.attributes.find(({ name }) => name === key)?.value;
    expect(types.length).toBeGreaterThan(15);
    for (const type of types) {
      const name = attribute(type, 'name') ?? '';
      const definition = messageSchemas
        .map((schema) => (schema.$defs as Record<string, { required?: string[]; properties?: object }>)[name])
        .find((found) => found?.properties);
      const members = descend(type, 'sequence').children;
      expect([name, ...members.map((each) => attribute(each, 'name'))]).toEqual([
        name,
        ...Object.keys(definition?.properties ?? {}),
      ]);
      const isList = (each: (typeof types)[number]) => attribute(each, 'maxOccurs') !== undefined;
      const needed = members.filter((each) => attribute(each, 'minOccurs') !== '0' && !isList(each));
      const lists = members.filter(isList).map((each) => attribute(each, 'name'));
      expect([name, ...needed.map((each) => attribute(each, 'name')).sort()]).toEqual([
        name,
        ...(definition?.required ?? []).filter((each) => !lists.includes(each)).sort(),
      ]);
    }
  });

  it('describes every reply, and every detail of a fault', async () => {
    const subscribed = await post(api.url, '1.1', message('1.1', request('Subscribe')));
    const [, id = ''] = /<subscription>(.*)<\/subscription>/.exec(subscribed.text) ?? [];
    const bodies = [
      ...['GetDemands', 'GetPaths', 'GetTopology', 'GetBottlenecks', 'Subscribe'].map((name) => request(name)),
      request('Poll', `<v:subscription>${id}</v:subscription>`),
      request('Unsubscribe', `<v:subscription>${id}</v:subscription>`),
    ];
    for (const body of bodies) {
      const answer = await post(api.url, '1.2', message('1.2', body));
      expect([body, answer.status, ...(await wrong(answer.text))]).toEqual([body, 200]);
    }
    api.live.traffic = { ...api.live.traffic, declaredAtMs: null, demands: [] };
    const empty = await post(api.url, '1.1', message('1.1', request('GetDemands')));
    expect(empty.text).toContain('<declaredAtMs xsi:nil="true"/>');
    expect(await wrong(empty.text)).toEqual([]);
    const refused = await post(api.url, '1.1', message('1.1', request('Poll')));
    const [detail] = /<RequestFault.*<\/RequestFault>/.exec(refused.text) ?? [];
    expect(await wrong(`<a:Body>${detail}</a:Body>`)).toEqual([]);
  });

  it('is really compared: a reply with another member is found wrong', async () => {
    const answer = await post(api.url, '1.1', message('1.1', request('GetPaths')));
    expect(await wrong(answer.text)).toEqual([]);
    expect(await wrong(answer.text.replace('<method>two-sided</method>', '<method>guessed</method>'))).not.toEqual([]);
    expect(await wrong(answer.text.replace('<lowMbps>7.5</lowMbps>', ''))).not.toEqual([]);
  });
});
