import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FleetView } from '../../schema/generated/types.js';
import { describeLab } from '../environment.js';
import { view } from '../reconciler/api/fleet.js';
import { serving } from '../reconciler/api/serving.js';
import { Page } from './chromium.js';

interface FleetLayout {
  places: { x: number; y: number }[];
  hostWidth: number;
  hostHeight: number;
  right: number;
}

/** 60 hosts at 4 sites, five guests on each. */
function largeFleet(): FleetView {
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  return {
    ...view,
    hosts: numbers.map((number) => ({
      name: `rack-${number}`,
      site: `site-${number < 30 ? 'a' : ['b', 'c', 'd'][number % 3]}`,
      presence: 'connected',
      guests: [1, 2, 3, 4, 5].map((guest) => `batch-${number}-worker-${guest}`),
    })),
    links: numbers.slice(1).map((number) => ({ a: 'rack-0', b: `rack-${number}`, star: true, up: true, type: 'udp' })),
  };
}

const patience = { timeout: 15_000, interval: 50 };

describeLab('the dashboard in a browser', ['chromium'], () => {
  let api: Awaited<ReturnType<typeof serving>>;
  let page: Page;
  beforeAll(async () => {
    api = await serving();
    page = await Page.open();
  });
  afterAll(async () => {
    await page?.close();
    await api?.close();
  });

  const texts = async (selector: string) =>
    (await page.evaluate(`[...document.querySelectorAll('${selector}')].map((node) => node.textContent)`)) as string[];
  const shows = (selector: string, expected: unknown) =>
    vi.waitFor(async () => expect(await texts(selector)).toEqual(expected), patience);

  it('shows hosts with their guests, links, plan, traffic and conditions', async () => {
    await page.visit(api.url, 1280, 'light');
    await shows('.host-name', ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6']);
    expect(await texts('.site-name')).toEqual(['domain-1', 'domain-2']);
    expect((await texts('.guest-name')).sort()).toEqual(['vm-1', 'vm-2', 'vm-3', 'vm-4']);
    expect(await texts('.link-label')).toEqual(['100 Mb/s', '100 Mb/s', '100 Mb/s']);
    expect(await page.evaluate("document.querySelectorAll('line.link.star').length")).toBe(5);
    expect((await texts('#traffic tbody tr'))[0]).toBe('vm-1·5050~ 5');
    await shows('#plan tbody tr', [
      'before310 Mb/s-120 Mb/s',
      'after0 Mb/s2185 Mb/s',
      'bound0 Mb/s2300 Mb/s',
      'now0 Mb/s2185 Mb/s',
    ]);
    await shows('#conditions strong', ['fleet/fleet', 'host/host-3']);
    await shows('#status > *', ['idle', 'pass 7', 'source 4f0c1d2e3b4a', '1 of 6 hosts silent']);
    await keepPicture('wide-light');
  });

  it('follows the fleet, and takes what it says for text', async () => {
    const markup = '<img src=x onerror=document.title=1>';
    api.live.emit({ kind: 'log', level: 'error', message: markup, atMs: 0 });
    api.live.emit({ kind: 'view', view: { ...view, phase: 'applying', pass: 8, source: markup } });
    await shows('#status > *', ['applying', 'pass 8', `source ${markup.slice(0, 12)}`, '1 of 6 hosts silent']);
    await vi.waitFor(async () => expect((await texts('.log li'))[0]).toContain(markup), patience);
    expect(await page.evaluate("document.querySelectorAll('main img').length")).toBe(0);
    expect(await page.evaluate('document.title')).toBe('Virtuoso');
  });

  it('fits a phone, in the dark too', async () => {
    await page.visit(api.url, 375, 'dark');
    await shows('.site-name', ['domain-1', 'domain-2']);
    for (const part of ['document.documentElement', "document.querySelector('#fleet')"]) {
      expect([part, await page.evaluate(`${part}.scrollWidth <= ${part}.clientWidth`)]).toEqual([part, true]);
    }
    const [red] = /\d+/.exec(String(await page.evaluate('getComputedStyle(document.body).backgroundColor'))) ?? [];
    expect(Number(red)).toBeLessThan(64);
    await keepPicture('phone-dark');
  });

  it('places the hosts of any fleet apart from each other, and within the width', async () => {
    for (const [sites, hosts, width] of [
      [1, 1, 375],
      [2, 2, 375],
      [3, 12, 1248],
      [4, 40, 375],
      [5, 200, 1248],
    ] as const) {
      const { places, hostWidth, hostHeight, right } = await layout(sites, hosts, width);
      const overlapping = places.flatMap((a, index) =>
        places.slice(index + 1).filter((b) => Math.abs(a.x - b.x) < hostWidth && Math.abs(a.y - b.y) < hostHeight),
      );
      expect([sites, hosts, places.length, overlapping]).toEqual([sites, hosts, hosts, []]);
      expect([hosts, right <= width]).toEqual([hosts, true]);
    }
  });

  it('draws a larger fleet', async () => {
    await page.visit(api.url, 1280, 'light');
    await shows('.site-name', ['domain-1', 'domain-2']);
    api.live.emit({ kind: 'view', view: largeFleet() });
    await vi.waitFor(async () => expect(await texts('.host-name')).toHaveLength(60), patience);
    expect((await texts('.guest-name')).filter((text) => text === '+ 2 more')).toHaveLength(60);
    await keepPicture('large-light');
  });

  it('breaks none of its own rules', () => {
    expect(page.complaints).toEqual([]);
  });

  async function layout(sites: number, hosts: number, width: number): Promise<FleetLayout> {
    const fleet = Array.from({ length: hosts }, (_, index) => ({
      name: `host-${index}`,
      site: `site-${index % sites}`,
      presence: 'connected',
      guests: [],
    }));
    return (await page.evaluate(`import('/fleet-layout.js').then(({ fleetLayout, hostWidth }) => {
      const { sites, hostHeight, width } = fleetLayout(${JSON.stringify(fleet)}, ${width});
      return { places: sites.flatMap((site) => site.hosts), hostWidth, hostHeight, right: width };
    })`)) as FleetLayout;
  }

  /** For eyes: `VIRTUOSO_PICTURES=folder` keeps what the page looked like. */
  async function keepPicture(name: string): Promise<void> {
    const folder = process.env.VIRTUOSO_PICTURES;
    if (folder !== undefined) writeFileSync(join(folder, `${name}.png`), await page.picture());
  }
});
