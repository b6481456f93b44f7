import { type Client, createClientAsync } from 'soap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bottlenecks, paths, traffic, view } from '../fleet.js';
import { serving } from '../serving.js';

let api: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  api = await serving();
});
afterAll(() => api.close());

type Call = (args: object) => Promise<[unknown]>;

/** A standard client, made from the WSDL alone. */
async function clientOf(version: '1.1' | '1.2'): Promise<Client & Record<string, Call>> {
  const port = version === '1.2' ? 'Soap12' : 'Soap11';
  const made = await createClientAsync(`${api.url}/v1/soap?wsdl`, { forceSoap12Headers: version === '1.2' });
  const methods = (made as unknown as Record<string, Record<string, Record<string, unknown>>>).Virtuoso?.[port] ?? {};
  const wrapped = Object.entries(methods).map(([name, method]): [string, Call] => [
    name,
    (args) =>
      new Promise((resolve, reject) => {
        (method as unknown as (args: object, done: (error: Error | null, result: unknown) => void) => void)(
          args,
          (error, result) => (error ? reject(error) : resolve([result])),
        );
      }),
  ]);
  return Object.assign(made, Object.fromEntries(wrapped)) as unknown as Client & Record<string, Call>;
}

describe.each(['1.1', '1.2'] as const)('a standard client over SOAP %s', (version) => {
  let client: Awaited<ReturnType<typeof clientOf>>;
  const ask = async (operation: string, args: object = {}) => {
    const method = client[operation];
    if (!method) throw new Error(`the client knows no ${operation}`);
    const [result] = await method(args);
    return result as Record<string, unknown>;
  };
  beforeAll(async () => {
    client = await clientOf(version);
  });

  it('finds every operation in the WSDL', () => {
    const described = client.describe() as Record<string, Record<string, Record<string, unknown>>>;
    expect(Object.keys(described.Virtuoso?.[version === '1.2' ? 'Soap12' : 'Soap11'] ?? {})).toEqual([
      'GetDemands',
      'GetPaths',
      'GetTopology',
      'GetBottlenecks',
      'Subscribe',
      'Poll',
      'Unsubscribe',
    ]);
  });

  it('reads what the JSON API says', async () => {
    expect(await ask('GetPaths')).toEqual({ format_version: '1', paths, bottlenecks });
    expect(await ask('GetBottlenecks')).toEqual({ bottlenecks });
    const demands = await ask('GetDemands');
    expect(demands).toMatchObject({ declaredAtMs: traffic.declaredAtMs, computes: traffic.computes });
    expect(demands.demands).toHaveLength(12);
    expect(demands).toMatchObject({ demands: { 0: { sourceVm: 'vm-1', rateMbps: 50, origin: 'observed' } } });
    const topology = await ask('GetTopology');
    expect(topology).toMatchObject({ paths, applications: [{ shape: 'all-to-all', confidence: 0.875 }] });
    expect(topology.hosts).toHaveLength(6);
  });

  it('subscribes, polls what is and what comes, and unsubscribes', async () => {
    const { subscription } = await ask('Subscribe', { kinds: ['paths'], lifetimeMs: 5000 });
    expect(subscription).toMatch(/^[0-9a-f]{32}$/);
    expect(await ask('Poll', { subscription })).toMatchObject({
      measurements: [{ kind: 'paths', paths: { paths } }],
      missed: 0,
      more: false,
    });
    expect((await ask('Poll', { subscription })).measurements).toBeUndefined();
    api.live.paths = paths.map((path) => ({ ...path, lowMbps: 6 }));
    api.live.emit({ kind: 'view', view });
    const news = await ask('Poll', { subscription });
    expect(news).toMatchObject({ measurements: [{ paths: { paths: [{ lowMbps: 6 }, { lowMbps: 6 }] } }] });
    api.live.paths = paths;
    expect(await ask('Unsubscribe', { subscription })).toEqual({ status: 'ended' });
    await expect(ask('Poll', { subscription })).rejects.toThrow(/Subscribe again/);
  });

  it('is told faults as faults', async () => {
    const error = (await ask('Poll', { subscription: 'nonsense' }).catch((thrown: unknown) => thrown)) as {
      root: { Envelope: { Body: { Fault: Record<string, unknown> } } };
    };
    const fault = error.root.Envelope.Body.Fault;
    const detail = { RequestFault: { kind: 'malformed' } };
    expect(fault).toMatchObject(
      version === '1.1' ? { faultcode: 'soap:Client', detail } : { Code: { Value: 'soap:Sender' }, Detail: detail },
    );
  });
});
