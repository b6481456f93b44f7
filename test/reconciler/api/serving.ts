import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ApiOptions, serveApi } from '../../../reconciler/api/server.js';
import { FakeLive } from './fake-live.js';

export const token = 'correct-horse-battery-staple';

/** Serves a fake loop on a free port of the loopback interface. */
export async function serving(options: Partial<ApiOptions> = {}) {
  const live = new FakeLive();
  const logged: string[] = [];
  const served = await serveApi({
    live,
    metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => 'virtuoso_vms 4\n' },
    render: { text: (plan) => `text of ${plan.hash}`, markdown: (plan) => `# ${plan.hash}` },
    token,
    port: 0,
    log: (level, message) => logged.push(`${level} ${message}`),
    ...options,
  });
  if (served.kind !== 'serving') throw new Error(served.message);
  return { live, logged, url: served.url, close: served.close };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** One request; unlike fetch it sends any Host header. */
export function call(url: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      text(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: content }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const json = (answer: Answer): unknown => JSON.parse(answer.text);
