import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../../package-root.js';

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface DashboardFile {
  /** Where the API serves it. */
  path: string;
  mediaType: string;
  content: Buffer;
}

/** The files of `web/` that a browser asks for, read once: no request ever names a file. */
export function dashboardFiles(): DashboardFile[] {
  const folder = join(packageRoot(), 'web');
  return readdirSync(folder).flatMap((name) => {
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined) return [];
    return [{ path: name === 'index.html' ? '/' : `/${name}`, mediaType, content: readFileSync(join(folder, name)) }];
  });
}
